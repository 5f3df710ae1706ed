import { LambdaFunctionRunner } from "../lambda/environment";
import type { LocalAccount } from "./account";
import type { Authorizer } from "./authorizer";
import type { LambdaFunction } from "./lambdaFunctions";
import { RoleLog } from "./roleLog";
import { credentialEnvironment, type SessionKey } from "./sessionKey";
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
    log: RoleLog;
}

/** Runs the real handlers of all accounts' functions, each with its execution role's credentials. */
export class LambdaInvoker {
    readonly #runners = new Map<string, DeployedRunner>();
    /** The ends of those that were replaced or deleted. */
    readonly #ending = new Set<Promise<void>>();

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
            requestId,
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
        for (const deployed of this.#runners.values()) this.#end(deployed);
        this.#runners.clear();
        await Promise.all(this.#ending);
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
        if (current !== undefined) this.#end(current);
        this.#endDeleted();
        const log = new RoleLog(this.authorizer, {
            ...{ account, role, region: lambda.region, writer: lambda.functionName },
            logGroupName: lambda.logGroup ?? `/aws/lambda/${lambda.functionName}`,
            logStreamName: "local",
        });
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
                ...credentialEnvironment(role),
            },
            onLog: (line) => {
                log.add(line);
            },
        });
        this.#runners.set(lambda.arn, { lambda, role, runner, log });
        return runner;
    }

    /** Ends the processes of functions that are not there any more. */
    #endDeleted(): void {
        for (const [arn, deployed] of this.#runners) {
            const account = this.accounts.get(arn.split(":")[4] ?? "");
            if (account?.lambda.functionByArn(arn) !== undefined) continue;
            this.#runners.delete(arn);
            this.#end(deployed);
        }
    }

    /** Ends a function's processes, and writes their last lines. */
    #end({ runner, log }: DeployedRunner): void {
        const ending = runner.stop().then(() => {
            log.flush();
            this.#ending.delete(ending);
        });
        this.#ending.add(ending);
    }
}
