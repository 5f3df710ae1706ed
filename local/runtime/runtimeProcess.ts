import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { LogLines } from "../lambda/logLines";
import { freePort, releasePort } from "./freePort";
import {
    keptConnections,
    post,
    untilAnswering,
    type PostedRequest,
    type ProcessAnswer,
} from "./processHttp";

export type { ProcessAnswer } from "./processHttp";

/** What the process of a runtime is started with. */
export interface RuntimeProcessOptions {
    /** Folder that stands for `/` of the image. */
    folder: string;
    /** In the image's own paths. */
    workingDirectory: string;
    /** `node` and its arguments, in the image's own paths. */
    command: readonly string[];
    /** All that the process gets to see, but for HOST and PORT. */
    environment: Readonly<Record<string, string>>;
    /** What calls are posted to. */
    path: string;
    /** How long it may take until it answers. */
    initializationSeconds: number;
    /** How long a call may take. */
    invocationSeconds: number;
    /** Called with each line that it writes, and with why it ended. */
    onLog: (line: string) => void;
    /** The process is gone, and takes no more calls. */
    onGone: () => void;
}

/** What a call came to: the container's answer, or why there is none. */
export type CallOutcome =
    | ({ result: "answered" } & ProcessAnswer)
    /** It did not start, or did not answer in time after that. */
    | { result: "notReady"; reason: string }
    | { result: "timedOut"; reason: string }
    | { result: "broken"; reason: string }
    /** Nothing listened: the program did not get the call. */
    | { result: "unreached"; reason: string }
    /** The runtime was deleted or the local cloud stopped. */
    | { result: "stopped"; reason: string };

/** How long a process may take to end by itself once it is told to. */
const graceMs = 500;

/** How long after its connections the end of a process is heard of, at most. */
const exitMs = 100;

/**
 * A process without its parent would stay for ever. It has a channel to its parent for this only, and does not
 * see it: Node.js closes it when the parent is gone, however it went.
 */
const endWithParent = `--import=data:text/javascript,${encodeURIComponent(
    'if (process.channel) { process.on("disconnect", () => process.exit(1)); process.channel.unref(); }',
)}`;

/** One process of a runtime's program, which takes calls over HTTP on loopback, many at a time. */
export class RuntimeProcess {
    readonly #options: RuntimeProcessOptions;
    readonly #agent = keptConnections();
    readonly #ready: Promise<string | undefined>;
    #port = 0;
    #child: ChildProcess | undefined;
    #closed: Promise<void> = Promise.resolve();
    #endedBecause: string | undefined;
    #isStopped = false;
    #isRetired = false;
    #calls = 0;

    constructor(options: RuntimeProcessOptions) {
        this.#options = options;
        this.#ready = this.#start();
    }

    /** Calls that have no answer yet. */
    get calls(): number {
        return this.#calls;
    }

    /** Whether it takes calls, or may soon. */
    get isUsable(): boolean {
        return this.#endedBecause === undefined && !this.#isRetired;
    }

    /** Posts a call once the process answers; failures are outcomes, and the promise does not reject. */
    async call(request: PostedRequest): Promise<CallOutcome> {
        this.#calls++;
        try {
            const reason = await this.#ready;
            if (reason === undefined) return await this.#post(request);
            return reason === stopped.reason ? stopped : { result: "notReady", reason };
        } finally {
            this.#calls--;
            if (this.#isRetired && this.#calls === 0) void this.stop();
        }
    }

    /** Takes no more calls, and ends when those at work have their answers. */
    retire(): void {
        this.#isRetired = true;
        if (this.#calls === 0) void this.stop();
    }

    /** Ends the process: it is told to, and after a moment killed. */
    async stop(): Promise<void> {
        this.#isStopped = true;
        this.#endedBecause ??= stopped.reason;
        this.#agent.destroy();
        const child = this.#child;
        // One that is just being started is not started any more.
        if (child === undefined) {
            await this.#ready;
            return;
        }
        if (child.exitCode !== null || child.signalCode !== null) {
            await this.#closed;
            return;
        }
        child.ref();
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
        await this.#closed;
        clearTimeout(timer);
    }

    /** Why it does not take calls, once that is known; `undefined` when it does. */
    async #start(): Promise<string | undefined> {
        const { initializationSeconds, onLog } = this.#options;
        if (!(await this.#spawned())) {
            this.#options.onGone();
            return this.#endedBecause;
        }
        const isAnswering = await untilAnswering({
            port: this.#port,
            agent: this.#agent,
            deadline: performance.now() + initializationSeconds * 1000,
            isGone: () => this.#endedBecause !== undefined,
        });
        if (isAnswering) return undefined;
        if (this.#endedBecause === undefined) {
            this.#endedBecause = `it did not answer at HOST and PORT (127.0.0.1:${this.#port}) within ${initializationSeconds} s`;
            onLog(`The runtime's process is ended: ${this.#endedBecause}`);
        }
        const reason = this.#endedBecause;
        void this.stop();
        return reason;
    }

    /** Whether there is a process now. */
    async #spawned(): Promise<boolean> {
        const { folder, workingDirectory, onLog } = this.#options;
        try {
            this.#port = await freePort();
            if (this.#isStopped) return false;
            this.#closed = this.#spawn(join(folder, workingDirectory));
            return true;
        } catch (error) {
            this.#endedBecause ??= `it was not started: ${String(error)}`;
            onLog(`The runtime's process is not there: ${this.#endedBecause}`);
            return false;
        }
    }

    /** Resolves when the process is gone and its output is read. */
    #spawn(workingFolder: string): Promise<void> {
        const { command, environment, folder, onLog } = this.#options;
        const [, ...args] = command;
        const child = spawn(
            process.execPath,
            [endWithParent, ...args.map((argument) => inFolder(folder, argument))],
            {
                cwd: workingFolder,
                env: { ...environment, HOST: "127.0.0.1", PORT: String(this.#port) },
                stdio: ["ignore", "pipe", "pipe", "ipc"],
            },
        );
        this.#child = child;
        running.add(child);
        for (const stream of [child.stdout, child.stderr]) {
            if (stream !== null) new LogLines(stream, onLog, () => undefined);
        }
        unref(child);
        return new Promise((resolve) => {
            child.once("error", (error) => {
                this.#endedBecause ??= `it was not started: ${error.message}`;
            });
            child.once("exit", (code, signal) => {
                this.#ended(code, signal);
                // A process that it started may hold the streams open; nobody waits for it.
                const timer = setTimeout(() => {
                    child.stdout?.destroy();
                    child.stderr?.destroy();
                }, graceMs);
                child.once("close", () => {
                    clearTimeout(timer);
                });
            });
            child.once("close", () => {
                running.delete(child);
                releasePort(this.#port);
                this.#agent.destroy();
                this.#endedBecause ??= "it ended";
                this.#options.onGone();
                resolve();
            });
        });
    }

    #ended(code: number | null, signal: NodeJS.Signals | null): void {
        if (this.#endedBecause !== undefined) return;
        this.#endedBecause =
            signal === null ? `it ended with exit code ${code ?? 0}` : `it was ended by ${signal}`;
        this.#options.onLog(`The runtime's process is gone: ${this.#endedBecause}`);
    }

    async #post(request: PostedRequest): Promise<CallOutcome> {
        const { path, invocationSeconds } = this.#options;
        try {
            const answer = await post(request, {
                port: this.#port,
                agent: this.#agent,
                path,
                timeoutMs: invocationSeconds * 1000,
            });
            if (answer === "timedOut") {
                return {
                    result: "timedOut",
                    reason: `the container did not answer within ${invocationSeconds} s`,
                };
            }
            return { result: "answered", ...answer };
        } catch (error) {
            // So that the next call does not go to a process that has crashed.
            await this.#exited();
            if (this.#isStopped) return stopped;
            const { code, message } = error as NodeJS.ErrnoException;
            return code === "ECONNREFUSED"
                ? { result: "unreached", reason: `the container does not listen: ${message}` }
                : { result: "broken", reason: `the container broke off its answer: ${message}` };
        }
    }

    /** Waits for the end of a process that is ending; a moment for one that is not. */
    #exited(): Promise<void> {
        const child = this.#child;
        if (this.#endedBecause !== undefined || child === undefined) return Promise.resolve();
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, exitMs);
            child.once("exit", () => {
                clearTimeout(timer);
                resolve();
            });
        });
    }
}

const stopped = { result: "stopped", reason: "the runtime's process was stopped" } as const;

/** An absolute path of the image on this machine, alone or after `--option=`; anything else as it is. */
function inFolder(folder: string, argument: string): string {
    const [, option = "", path = ""] = /^(--[^=]+=)?(\/.*)$/s.exec(argument) ?? [];
    const place = join(folder, path);
    return path !== "" && existsSync(place) ? `${option}${place}` : argument;
}

/** An idle process does not keep this one running; sockets and timers do while a call is at work. */
function unref(child: ChildProcess): void {
    child.unref();
    child.channel?.unref();
    for (const stream of [child.stdout, child.stderr]) (stream as Socket | null)?.unref();
}

// A program in an endless loop does not notice that its parent is gone.
const running = new Set<ChildProcess>();
process.on("exit", () => {
    for (const child of running) child.kill("SIGKILL");
});
