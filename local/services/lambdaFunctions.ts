import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { refusals } from "../../agentcore/refusals";
import { AwsError, notEmulated, validation } from "../awsError";
import { refusal, refuseProblems } from "./refuse";
import type { ServiceRoles } from "./serviceRoles";

/** What CreateFunction takes. */
export interface FunctionInput {
    functionName: string;
    description?: string;
    runtime: string;
    handler: string;
    architectures: string[];
    role: string;
    timeoutSeconds: number;
    memoryMb: number;
    environment: Record<string, string>;
    logGroup?: string;
    /** Folder with the code, as it stands on this machine. */
    codeFolder: string;
    /** Digest of the code; another one is another version of it. */
    codeHash: string;
}

/** A Lambda function of one account, with its code as it was when deployed. */
export interface LambdaFunction extends FunctionInput {
    arn: string;
    region: string;
    lastModified: Date;
    /** The local cloud's own copy of the code. */
    deployedFolder: string;
}

/** Lambda of one account: functions, without aliases, layers, or other than Node.js runtimes. */
export class LambdaFunctions {
    readonly #functions = new Map<string, LambdaFunction>();

    constructor(
        private readonly account: { id: string; partition: string },
        private readonly deps: {
            folder: string;
            roles: ServiceRoles;
            now: () => number;
        },
    ) {}

    createFunction(input: FunctionInput, region: string): LambdaFunction {
        if (this.#functions.has(input.functionName)) {
            throw new AwsError(
                "ResourceConflictException",
                `Function already exist: ${input.functionName}`,
                409,
            );
        }
        return this.#put(input, region);
    }

    updateFunction(input: FunctionInput): LambdaFunction {
        return this.#put(input, this.function(input.functionName).region);
    }

    /** @throws AwsError ResourceNotFoundException */
    function(functionName: string): LambdaFunction {
        const found = this.findFunction(functionName);
        if (found === undefined) {
            throw new AwsError(
                "ResourceNotFoundException",
                `Function not found: ${functionName} in account ${this.account.id}`,
                404,
            );
        }
        return found;
    }

    functionByArn(arn: string): LambdaFunction | undefined {
        const found = this.findFunction(arn.slice(arn.lastIndexOf(":") + 1));
        return found?.arn === arn ? found : undefined;
    }

    findFunction(functionName: string): LambdaFunction | undefined {
        return this.#functions.get(functionName);
    }

    functions(): LambdaFunction[] {
        return [...this.#functions.values()];
    }

    deleteFunction(functionName: string): void {
        this.function(functionName);
        this.#functions.delete(functionName);
    }

    #put(input: FunctionInput, region: string): LambdaFunction {
        refuseProblems("aws:lambda/function:Function", functionProperties(input), validation);
        if (!input.runtime.startsWith("nodejs")) throw notEmulated(`Lambda ${input.runtime}`);
        const arn = `arn:${this.account.partition}:lambda:${region}:${this.account.id}:function:${input.functionName}`;
        this.#checkRole(input.role, arn);
        const deployedFolder = join(
            this.deps.folder,
            this.account.id,
            `${input.functionName}-${input.codeHash.slice(0, 12)}`,
        );
        mkdirSync(deployedFolder, { recursive: true });
        cpSync(input.codeFolder, deployedFolder, { recursive: true });
        const lambda: LambdaFunction = {
            ...input,
            arn,
            region,
            lastModified: new Date(this.deps.now()),
            deployedFolder,
        };
        this.#functions.set(input.functionName, lambda);
        return lambda;
    }
    /** Lambda tries to assume the role, and says the same whatever the reason is that it cannot. */
    #checkRole(role: string, functionArn: string): void {
        const service = "lambda.amazonaws.com";
        const result = this.deps.roles.assumability(role, service, functionArn);
        if (result === "admitted") return;
        if (result === "otherAccount") {
            throw refusal(
                refusals.crossAccountRole,
                `role: got ${role}; must be a role of account ${this.account.id}`,
            );
        }
        const must =
            result === "missing"
                ? "must be a role that is there"
                : `its trust policy must admit ${service} for ${functionArn}`;
        throw refusal(refusals.functionRole, `role: got ${role}; ${must}`);
    }
}

/** CreateFunction's input in the names of the constraints. */
function functionProperties(input: FunctionInput): Record<string, unknown> {
    return {
        name: input.functionName,
        description: input.description,
        role: input.role,
        code: { path: input.codeFolder },
        handler: input.handler,
        runtime: input.runtime,
        timeout: input.timeoutSeconds,
        memorySize: input.memoryMb,
        architectures: input.architectures,
        environment: { variables: input.environment },
        ...(input.logGroup !== undefined && {
            loggingConfig: { logFormat: "JSON", logGroup: input.logGroup },
        }),
    };
}
