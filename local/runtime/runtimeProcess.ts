import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { LogLines } from "../lambda/logLines";
import { inFolder, spawnProgram } from "./childProgram";
import { freePort, releasePort } from "./freePort";
import { ping, untilAnswering, type Ping } from "./ping";
import {
    keptConnections,
    post,
    type PostedRequest,
    type ProcessAnswer,
    type StreamEnd,
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
    /** Whether /ping must be answered by 200, and not just at all. */
    mustBeHealthy: boolean;
    /** How long a call may take, or until its answer begins where it streams. */
    invocationSeconds: number;
    /** How long an answer may stream. */
    streamSeconds: number;
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
    /** It answered, but not to its health check. */
    | { result: "unhealthy"; reason: string }
    | { result: "timedOut"; reason: string }
    /** The client left before there was an answer. */
    | { result: "left"; reason: string }
    | { result: "broken"; reason: string }
    /** Nothing listened: the program did not get the call. */
    | { result: "unreached"; reason: string }
    /** The runtime was deleted or the local cloud stopped. */
    | { result: "stopped"; reason: string };

/** What is known of a process that takes no calls. */
type NotReady = Extract<CallOutcome, { result: "notReady" | "unhealthy" | "stopped" }>;

/** How long a process may take to end by itself once it is told to. */
const graceMs = 500;

/** How long an answer about its health may take. */
const pingMs = 2000;

/** How long after its connections the end of a process is heard of, at most. */
const exitMs = 100;

/** One process of a runtime's program, which takes calls over HTTP on loopback, many at a time. */
export class RuntimeProcess {
    readonly #options: RuntimeProcessOptions;
    readonly #agent = keptConnections();
    readonly #ready: Promise<NotReady | undefined>;
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

    /** Calls that have no answer yet, or not the end of one. */
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
        const outcome = (await this.#ready) ?? (await this.#post(request));
        if (outcome.result === "answered" && !Buffer.isBuffer(outcome.body)) {
            void outcome.ended.then((end) => {
                this.#logEnd(end);
                this.#callEnded();
            });
        } else this.#callEnded();
        return outcome;
    }

    /** What it says of its health; `undefined` when it does not. */
    ping(): Promise<Ping | undefined> {
        return ping({ port: this.#port, agent: this.#agent }, pingMs);
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
    async #start(): Promise<NotReady | undefined> {
        const { initializationSeconds, mustBeHealthy, onLog } = this.#options;
        if (!(await this.#spawned())) {
            this.#options.onGone();
            return this.#notReady();
        }
        const readiness = await untilAnswering({
            port: this.#port,
            agent: this.#agent,
            deadline: performance.now() + initializationSeconds * 1000,
            isGone: () => this.#endedBecause !== undefined,
            mustBeHealthy,
        });
        if (readiness === "ready") return undefined;
        if (this.#endedBecause === undefined) {
            const what = readiness === "silent" ? "answer" : "answer GET /ping with 200";
            this.#endedBecause = `it did not ${what} at HOST and PORT (127.0.0.1:${this.#port}) within ${initializationSeconds} s`;
            onLog(`The runtime's process is ended: ${this.#endedBecause}`);
        }
        const notReady = this.#notReady();
        void this.stop();
        return readiness === "unhealthy" ? { ...notReady, result: "unhealthy" } : notReady;
    }

    #notReady(): NotReady {
        const reason = this.#endedBecause ?? stopped.reason;
        return reason === stopped.reason ? stopped : { result: "notReady", reason };
    }

    #callEnded(): void {
        this.#calls--;
        if (this.#isRetired && this.#calls === 0) void this.stop();
    }

    /** A client's leaving is its own affair; what else ends a stream too early stands in the log. */
    #logEnd(end: StreamEnd): void {
        if (this.#isStopped) return;
        if (end === "broken") {
            this.#options.onLog("The container broke off its answer, which had begun");
        }
        if (end === "timedOut") {
            const { streamSeconds } = this.#options;
            this.#options.onLog(`The answer is cut off: it streamed for ${streamSeconds} s`);
        }
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
        const child = spawnProgram(
            args.map((argument) => inFolder(folder, argument)),
            workingFolder,
            { ...environment, HOST: "127.0.0.1", PORT: String(this.#port) },
        );
        this.#child = child;
        for (const stream of [child.stdout, child.stderr]) {
            if (stream !== null) new LogLines(stream, onLog, () => undefined);
        }
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
        const { path, invocationSeconds, streamSeconds } = this.#options;
        try {
            const answer = await post(request, {
                port: this.#port,
                agent: this.#agent,
                path,
                timeoutMs: invocationSeconds * 1000,
                streamMs: streamSeconds * 1000,
            });
            if (answer === "left") return { result: "left", reason: "the client left" };
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
