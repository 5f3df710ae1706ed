import { LambdaFunctionRunner } from "../lambda/environment";
import type { LocalAccount } from "./account";
import type { Authorizer } from "./authorizer";
import type { LambdaFunction } from "./lambdaFunctions";
import type { SessionKey } from "./sessionKey";
import type { Sts } from "./sts";

/** What an invocation came to: the handler's JSON, or the error that Lambda answers. */
export type Invocation =
    | { result: "ok"; payload: unknown }
    | { result: "denied" }
    | { result: "error"; errorType: string; errorMessage: string };

/** A runner, and the function and session that it was made for. */
interface DeployedRunner {
    lambda: LambdaFunction;
    role: SessionKey;
    runner: LambdaFunctionRunner;
}

/** Runs the real handlers of all accounts' functions, each with its execution role's credentials. */
export class LambdaInvoker {
    readonly #runners = new Map<string, DeployedRunner>();
    /** What writes the lines that wait. */
    readonly #unwritten = new Set<() => void>();

    constructor(
        private readonly accounts: ReadonlyMap<string, LocalAccount>,
        private readonly sts: Sts,
        private readonly authorizer: Authorizer,
        private readonly endpointEnvironment: () => Record<string, string>,
    ) {}

    /** `lambda:InvokeFunction` as the caller; refused when its policies do not allow it. */
    async invoke(
        caller: SessionKey,
        functionArn: string,
        event: unknown,
        clientContext: { custom: Record<string, string> },
        requestId: string,
    ): Promise<Invocation> {
        const accountId = functionArn.split(":")[4] ?? "";
        const account = this.accounts.get(accountId);
        const lambda = account?.lambda.functionByArn(functionArn);
        // As in AWS, who may not invoke learns nothing of what is there.
        const { decision } = this.authorizer.decide(caller, {
            action: "lambda:InvokeFunction",
            resource: functionArn,
            resourceAccountId: accountId,
            requestId: `${requestId}/lambda`,
        });
        if (decision.decision !== "allow") return { result: "denied" };
        if (account === undefined || lambda === undefined) {
            return {
                result: "error",
                errorType: "ResourceNotFoundException",
                errorMessage: `Function not found: ${functionArn}`,
            };
        }
        const runner = this.#runner(account, lambda);
        if (runner === undefined) {
            return {
                result: "error",
                errorType: "AccessDeniedException",
                errorMessage: `The role defined for the function cannot be assumed by Lambda: ${lambda.role}`,
            };
        }
        const outcome = await runner.invoke(event, { clientContext, requestId });
        return outcome.result === "ok"
            ? outcome
            : {
                  result: "error",
                  errorType: outcome.errorType,
                  errorMessage: outcome.errorMessage,
              };
    }

    /** Ends every handler's process, and writes what it still had to log. */
    async stop(): Promise<void> {
        const runners = [...this.#runners.values()];
        this.#runners.clear();
        await Promise.all(runners.map(({ runner }) => runner.stop()));
        for (const write of this.#unwritten) write();
    }

    #runner(account: LocalAccount, lambda: LambdaFunction): LambdaFunctionRunner | undefined {
        const role = this.sts.serviceSession(
            lambda.role,
            "lambda.amazonaws.com",
            { accountId: account.id, arn: lambda.arn },
            lambda.functionName,
        );
        if (role === undefined) return undefined;
        const current = this.#runners.get(lambda.arn);
        // An update makes another object of the function, and STS another one of the session.
        if (current?.lambda === lambda && current.role === role) return current.runner;
        void current?.runner.stop();
        this.#stopDeleted();
        const write = this.#logWriter(account, lambda, role);
        const runner = new LambdaFunctionRunner({
            codeFolder: lambda.deployedFolder,
            handler: lambda.handler,
            timeoutSeconds: lambda.timeoutSeconds,
            memoryMb: lambda.memoryMb,
            functionArn: lambda.arn,
            functionName: lambda.functionName,
            environment: {
                ...lambda.environment,
                ...this.endpointEnvironment(),
                AWS_REGION: lambda.region,
                AWS_DEFAULT_REGION: lambda.region,
                AWS_ACCESS_KEY_ID: role.accessKeyId,
                AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
                AWS_SESSION_TOKEN: role.sessionToken ?? "",
            },
            onLog: write,
        });
        this.#runners.set(lambda.arn, { lambda, role, runner });
        return runner;
    }

    /** Ends the processes of functions that are not there any more. */
    #stopDeleted(): void {
        for (const [arn, { runner }] of this.#runners) {
            const account = this.accounts.get(arn.split(":")[4] ?? "");
            if (account?.lambda.functionByArn(arn) !== undefined) continue;
            this.#runners.delete(arn);
            void runner.stop();
        }
    }

    /** Takes lines, and writes together what comes within a moment, as Lambda sends events to CloudWatch. */
    #logWriter(
        account: LocalAccount,
        lambda: LambdaFunction,
        role: SessionKey,
    ): (line: string) => void {
        let lines: string[] = [];
        const write = (): void => {
            if (!this.#unwritten.delete(write)) return;
            const written = lines;
            lines = [];
            this.#log(account, lambda, role, written);
        };
        return (line) => {
            if (lines.push(line) > 1) return;
            this.#unwritten.add(write);
            setTimeout(write, 2);
        };
    }

    /** Written as the execution role writes it: dropped, as in AWS, where its policy does not allow it. */
    #log(
        account: LocalAccount,
        lambda: LambdaFunction,
        role: SessionKey,
        lines: readonly string[],
    ): void {
        const group = account.logs.findLogGroup(
            lambda.logGroup ?? `/aws/lambda/${lambda.functionName}`,
        );
        if (group === undefined) return;
        const { decision } = this.authorizer.decide(role, {
            action: "logs:PutLogEvents",
            resource: `${group.arn}:log-stream:local`,
            resourceAccountId: account.id,
            requestId: `logs/${lambda.functionName}`,
        });
        if (decision.decision === "allow") account.logs.put(group, lines);
    }
}
