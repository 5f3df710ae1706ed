import { fork, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";
import { LogLines } from "./logLines";
import {
    exited,
    notStarted,
    stopped,
    timedOut,
    type InvocationError,
    type InvocationOutcome,
} from "./outcome";

/** What one process of a function is started with. */
export interface ExecutionEnvironmentOptions {
    codeFolder: string;
    timeoutSeconds: number;
    initTimeoutSeconds: number;
    memoryMb: number;
    functionArn: string;
    /** All that the process gets to see. */
    environment: Readonly<Record<string, string>>;
    onLog: (line: string) => void;
    /** The process is gone, and takes no more invocations. */
    onGone: () => void;
}

/** One call of a function. */
export interface Invocation {
    requestId: string;
    event: unknown;
    clientContext: unknown;
}

type Message =
    | { type: "ready" }
    | { type: "initFailed"; error: Failure }
    | ({ type: "done"; payload: string } & End)
    | ({ type: "failed"; error: Failure; fatal?: true } & End);

/** Which invocation ended, and how many bytes both streams had been given by then. */
interface End {
    requestId: string;
    written: readonly number[];
}

type Failure = Omit<InvocationError, "result">;

interface Pending {
    invocation: Invocation;
    settle: (outcome: InvocationOutcome) => void;
    timer?: NodeJS.Timeout;
    /** What the handler answered, while its last lines are still on their way. */
    outcome?: InvocationOutcome;
    /** How far both streams have to be read until then. */
    written?: readonly number[];
}

/** One process that runs a function's handler, one invocation at a time. */
export class ExecutionEnvironment {
    readonly #options: ExecutionEnvironmentOptions;
    readonly #child: ChildProcess;
    readonly #output: readonly LogLines[];
    readonly #closed: Promise<void>;
    #ready = false;
    #gone: ((requestId: string) => InvocationError) | undefined;
    #pending: Pending | undefined;

    constructor(options: ExecutionEnvironmentOptions) {
        this.#options = options;
        this.#child = fork(join(__dirname, "bootstrap.cjs"), [], {
            cwd: options.codeFolder,
            env: options.environment,
            // Not this process's own: it may run under a loader or a debugger.
            execArgv: [`--max-old-space-size=${options.memoryMb}`],
            stdio: ["ignore", "pipe", "pipe", "ipc"],
        });
        this.#output = [this.#child.stdout, this.#child.stderr]
            .filter((stream) => stream !== null)
            .map(
                (stream) =>
                    new LogLines(stream, options.onLog, () => {
                        this.#settleWhenRead();
                    }),
            );
        this.#closed = this.#watch();
        this.#unref();
        running.add(this.#child);
    }

    /** Runs the handler; call it again only when the promise is settled. */
    invoke(invocation: Invocation): Promise<InvocationOutcome> {
        const { initTimeoutSeconds } = this.#options;
        return new Promise((settle) => {
            if (this.#gone !== undefined) {
                settle(this.#gone(invocation.requestId));
                return;
            }
            this.#pending = { invocation, settle };
            if (this.#ready) this.#send(this.#pending);
            else this.#limit(this.#pending, initTimeoutSeconds);
        });
    }

    /** Ends the process, whatever it does. */
    async stop(): Promise<void> {
        this.#gone ??= stopped;
        this.#child.ref();
        this.#child.kill("SIGKILL");
        await this.#closed;
    }

    /** Resolves when the process is gone and its output is read. */
    #watch(): Promise<void> {
        const child = this.#child;
        child.on("message", (message) => {
            this.#receive(message as Message);
        });
        return new Promise((resolve) => {
            const close = (): void => {
                running.delete(child);
                const pending = this.#pending;
                this.#gone ??= (requestId) => exited(requestId, child.exitCode, child.signalCode);
                if (pending !== undefined) {
                    const { requestId } = pending.invocation;
                    const outcome = pending.outcome ?? this.#gone(requestId);
                    if (pending.outcome === undefined) this.#logFailure(outcome);
                    this.#settle(pending, outcome);
                }
                this.#options.onGone();
                resolve();
            };
            child.once("close", close);
            child.once("error", (error) => {
                this.#gone ??= (requestId) => notStarted(requestId, error);
            });
            child.once("exit", () => {
                // A process that the handler started may hold the streams open; nobody waits for it.
                const timer = setTimeout(() => {
                    child.stdout?.destroy();
                    child.stderr?.destroy();
                }, 500);
                child.once("close", () => {
                    clearTimeout(timer);
                });
            });
        });
    }

    #receive(message: Message): void {
        const pending = this.#pending;
        switch (message.type) {
            case "ready":
                this.#ready = true;
                if (pending !== undefined) this.#send(pending);
                return;
            case "initFailed":
                this.#gone ??= () => ({ result: "error", ...message.error });
                return;
            case "done":
            case "failed":
                if (pending?.invocation.requestId !== message.requestId) return;
                pending.written = message.written;
                pending.outcome =
                    message.type === "done"
                        ? { result: "ok", payload: JSON.parse(message.payload) as unknown }
                        : { result: "error", ...message.error };
                // After a fatal failure the process exits: settled then, so that nobody gets it next.
                if (message.type === "failed" && message.fatal === true) return;
                this.#settleWhenRead();
        }
    }

    #send(pending: Pending): void {
        const { timeoutSeconds, functionArn } = this.#options;
        this.#limit(pending, timeoutSeconds);
        const { requestId, event, clientContext } = pending.invocation;
        // A process that died in between answers by its end.
        this.#child.send(
            {
                requestId,
                functionArn,
                event: JSON.stringify(event ?? null),
                clientContext: JSON.stringify(clientContext),
                deadline: Date.now() + timeoutSeconds * 1000,
            },
            () => undefined,
        );
    }

    #limit(pending: Pending, seconds: number): void {
        clearTimeout(pending.timer);
        pending.timer = setTimeout(() => {
            this.#gone ??= (requestId) => timedOut(requestId, seconds);
            this.#child.kill("SIGKILL");
        }, seconds * 1000);
    }

    #settleWhenRead(): void {
        const pending = this.#pending;
        if (pending?.outcome === undefined) return;
        const { outcome, written } = pending;
        if (this.#output.some(({ bytesRead }, index) => bytesRead < (written?.[index] ?? 0)))
            return;
        for (const output of this.#output) output.endLine();
        this.#settle(pending, outcome);
    }

    #settle(pending: Pending, outcome: InvocationOutcome): void {
        clearTimeout(pending.timer);
        this.#pending = undefined;
        pending.settle(outcome);
    }

    /** The runtime's own failures, which have no trace; the handler's are logged where they are. */
    #logFailure(outcome: InvocationOutcome): void {
        if (outcome.result === "error" && outcome.trace === undefined) {
            this.#options.onLog(outcome.errorMessage);
        }
    }

    /** An idle environment does not keep this process running; timers do while one is at work. */
    #unref(): void {
        this.#child.unref();
        this.#child.channel?.unref();
        for (const stream of [this.#child.stdout, this.#child.stderr]) {
            (stream as Socket | null)?.unref();
        }
    }
}

// A handler in an endless loop does not notice that its parent is gone.
const running = new Set<ChildProcess>();
process.on("exit", () => {
    for (const child of running) child.kill("SIGKILL");
});
