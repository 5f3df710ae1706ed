import { ExecutionEnvironment, type Invocation } from "./executionEnvironment";
import { stopped, type InvocationOutcome } from "./outcome";

export type { InvocationOutcome } from "./outcome";

/** A deployed function, and how to run it. */
export interface LambdaFunctionOptions {
    /** The folder of the deployed code; the handler's working folder and `LAMBDA_TASK_ROOT`. */
    codeFolder: string;
    /** File and export, `index.handler`. */
    handler: string;
    timeoutSeconds: number;
    memoryMb: number;
    /** Handlers see these variables and Lambda's own, and nothing of this process's environment. */
    environment: Readonly<Record<string, string>>;
    functionArn: string;
    functionName: string;
    /** @default `/aws/lambda/<functionName>` */
    logGroupName?: string;
    /** Called with each line that handlers write, and with those that Lambda itself would. */
    onLog: (line: string) => void;
    /** Processes at a time; more calls wait. @default 10 */
    maxConcurrency?: number;
    /** How long a call waits for a process at work before another one is started. @default 50 */
    startAfterMs?: number;
    /**
     * How long the handler's module may take to load.
     *
     * @default 10, as in https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
     */
    initTimeoutSeconds?: number;
}

/** What accompanies an event. */
export interface InvokeOptions {
    requestId: string;
    /** Lambda's client context, which handlers find in `context.clientContext`. */
    clientContext?: unknown;
}

/** A call without an environment. */
interface WaitingCall {
    /** Milliseconds on the clock of `performance`. */
    since: number;
    resolve: (environment: ExecutionEnvironment | undefined) => void;
}

/** Runs a function's real handler in processes of its own, as Lambda does in its environments. */
export class LambdaFunctionRunner {
    readonly #options: LambdaFunctionOptions;
    readonly #environments = new Set<ExecutionEnvironment>();
    readonly #idle: ExecutionEnvironment[] = [];
    readonly #queue: WaitingCall[] = [];
    #startedAt = -Infinity;
    #startTimer: NodeJS.Timeout | undefined;
    #stopped = false;

    constructor(options: LambdaFunctionOptions) {
        this.#options = options;
    }

    /** Calls the handler; its failures are outcomes, and the promise does not reject. */
    async invoke(event: unknown, options: InvokeOptions): Promise<InvocationOutcome> {
        const { requestId, clientContext } = options;
        const environment = await this.#acquire();
        if (environment === undefined) return stopped(requestId);
        const invocation: Invocation = { requestId, event, clientContext };
        const outcome = await environment.invoke(invocation);
        this.#release(environment);
        return outcome;
    }

    /** Ends all processes; calls at work or waiting come to an error. */
    async stop(): Promise<void> {
        this.#stopped = true;
        clearTimeout(this.#startTimer);
        for (const { resolve } of this.#queue.splice(0)) resolve(undefined);
        await Promise.all([...this.#environments].map((environment) => environment.stop()));
    }

    async #acquire(): Promise<ExecutionEnvironment | undefined> {
        if (this.#stopped) return undefined;
        const idle = this.#idle.pop();
        if (idle !== undefined) return idle;
        if (this.#environments.size === 0) return this.#start();
        return new Promise((resolve) => {
            this.#queue.push({ since: performance.now(), resolve });
            this.#startLater();
        });
    }

    /**
     * Lambda starts an environment for each call that finds none idle. Here they share this machine's cores: a
     * call that soon gets one that is at work now is quicker than a process that has to load.
     */
    #startLater(): void {
        const { maxConcurrency = 10, startAfterMs = 50 } = this.#options;
        const [first] = this.#queue;
        if (first === undefined || this.#startTimer !== undefined) return;
        if (this.#environments.size >= maxConcurrency) return;
        // One at a time: the last one may soon be there for all who wait.
        const waited = performance.now() - Math.max(first.since, this.#startedAt);
        this.#startTimer = setTimeout(() => {
            this.#startTimer = undefined;
            // It may have got one, and now another call be the first.
            if (this.#queue[0] === first) this.#serveNext(this.#start());
            this.#startLater();
        }, startAfterMs - waited);
    }

    #serveNext(environment: ExecutionEnvironment): void {
        const next = this.#queue.shift();
        if (next === undefined) this.#idle.push(environment);
        else next.resolve(environment);
    }

    #release(environment: ExecutionEnvironment): void {
        if (!this.#environments.has(environment)) return;
        this.#serveNext(environment);
    }

    #start(): ExecutionEnvironment {
        const { codeFolder, timeoutSeconds, memoryMb, functionArn, onLog } = this.#options;
        const environment: ExecutionEnvironment = new ExecutionEnvironment({
            codeFolder,
            timeoutSeconds,
            initTimeoutSeconds: this.#options.initTimeoutSeconds ?? 10,
            memoryMb,
            functionArn,
            environment: variables(this.#options),
            onLog,
            onGone: () => {
                this.#forget(environment);
            },
        });
        this.#environments.add(environment);
        this.#startedAt = performance.now();
        return environment;
    }

    #forget(environment: ExecutionEnvironment): void {
        this.#environments.delete(environment);
        const at = this.#idle.indexOf(environment);
        if (at >= 0) this.#idle.splice(at, 1);
        if (!this.#stopped && this.#queue.length > 0) this.#serveNext(this.#start());
    }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: reserved ones win. */
function variables(options: LambdaFunctionOptions): Record<string, string> {
    const { functionName, functionArn, memoryMb } = options;
    const region = functionArn.split(":")[3] ?? "";
    return {
        PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        TZ: ":UTC",
        ...options.environment,
        _HANDLER: options.handler,
        AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split(".")[0] ?? ""}.x`,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
        AWS_LAMBDA_FUNCTION_NAME: functionName,
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_LOG_GROUP_NAME: options.logGroupName ?? `/aws/lambda/${functionName}`,
        AWS_LAMBDA_LOG_STREAM_NAME: "local",
        AWS_REGION: region,
        LAMBDA_TASK_ROOT: options.codeFolder,
    };
}
