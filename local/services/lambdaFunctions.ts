import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { limits } from "../../agentcore/limits";
import { AwsError, notEmulated, validation } from "../awsError";

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
            roleExists: (arn: string) => boolean;
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
        const found = this.#functions.get(functionName);
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
        return this.functions().find((candidate) => candidate.arn === arn);
    }

    functions(): LambdaFunction[] {
        return [...this.#functions.values()];
    }

    deleteFunction(functionName: string): void {
        this.function(functionName);
        this.#functions.delete(functionName);
    }

    #put(input: FunctionInput, region: string): LambdaFunction {
        const { min, max } = limits.lambdaTimeoutSeconds;
        if (input.timeoutSeconds < min || input.timeoutSeconds > max) {
            throw validation(`timeout: got ${input.timeoutSeconds}; must be ${min}-${max}`);
        }
        if (!input.runtime.startsWith("nodejs")) throw notEmulated(`Lambda ${input.runtime}`);
        if (!this.deps.roleExists(input.role)) {
            throw new AwsError(
                "InvalidParameterValueException",
                `The role defined for the function cannot be assumed by Lambda: ${input.role} is not there.`,
                400,
            );
        }
        const deployedFolder = join(
            this.deps.folder,
            this.account.id,
            `${input.functionName}-${input.codeHash.slice(0, 12)}`,
        );
        mkdirSync(deployedFolder, { recursive: true });
        cpSync(input.codeFolder, deployedFolder, { recursive: true });
        const lambda: LambdaFunction = {
            ...input,
            arn: `arn:${this.account.partition}:lambda:${region}:${this.account.id}:function:${input.functionName}`,
            region,
            lastModified: new Date(this.deps.now()),
            deployedFolder,
        };
        this.#functions.set(input.functionName, lambda);
        return lambda;
    }
}
