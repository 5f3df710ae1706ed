import { RuntimeProcess, type CallOutcome, type RuntimeProcessOptions } from "./runtimeProcess";
import type { PostedRequest } from "./processHttp";
import { RuntimeSessions } from "./sessions";

/** What runs a runtime: its program, and how long its process lives. */
export interface RuntimeHostOptions extends Omit<RuntimeProcessOptions, "onGone"> {
    /** Seconds without a call after which the process ends. */
    idleSeconds: number;
    /** Seconds after which another process takes the calls. */
    lifetimeSeconds: number;
    /** A process is gone; for who waits for that. */
    onGone?: () => void;
}

/**
 * Runs a runtime's program in one process. AWS has a microVM for each session; here all sessions share the process,
 * which starts when the runtime is deployed, and again with the next call after it has ended.
 */
export class RuntimeHost {
    readonly #options: RuntimeHostOptions;
    readonly #sessions: RuntimeSessions;
    readonly #processes = new Set<RuntimeProcess>();
    #current: RuntimeProcess | undefined;
    #idleTimer: NodeJS.Timeout | undefined;
    /** When it was seen busy last, in seconds since 1970. */
    #busyAt = 0;
    #isStopped = false;

    constructor(options: RuntimeHostOptions) {
        this.#options = options;
        this.#sessions = new RuntimeSessions(options.idleSeconds * 1000);
    }

    /** Whether there is no process. */
    get isEmpty(): boolean {
        return this.#processes.size === 0;
    }

    /** Starts the program, so that the first call finds it there. */
    start(): void {
        if (!this.#isStopped) this.#endWhenIdle(this.#process(), this.#options.idleSeconds);
    }

    /** Calls the program; `conflict` while the session is being ended. */
    async call(sessionId: string, request: PostedRequest): Promise<CallOutcome | "conflict"> {
        if (this.#sessions.isEnding(sessionId)) return "conflict";
        if (this.#isStopped) return { result: "stopped", reason: "the runtime was deleted" };
        const session = this.#sessions.begin(sessionId);
        let { outcome, process } = await this.#send(request);
        // It ended between two calls: this one starts it again.
        if (outcome.result === "unreached" && this.#current?.isUsable !== true) {
            ({ outcome, process } = await this.#send(request));
        }
        const done = (): void => {
            session.done();
            this.#endWhenIdle(process, this.#options.idleSeconds);
        };
        if (outcome.result === "answered" && !Buffer.isBuffer(outcome.body)) {
            void outcome.ended.then(done);
        } else done();
        return outcome;
    }

    /** StopRuntimeSession; the process ends with the last session. */
    async endSession(sessionId: string): Promise<"ended" | "unknown" | "conflict"> {
        if (this.#sessions.isEnding(sessionId)) return "conflict";
        if (!this.#sessions.has(sessionId)) return "unknown";
        await this.#sessions.end(sessionId, async () => {
            if (this.#sessions.size === 0) await this.#current?.stop();
        });
        return "ended";
    }

    /** Takes no more calls, and ends when those at work have their answers. */
    retire(): void {
        this.#isStopped = true;
        clearTimeout(this.#idleTimer);
        for (const one of this.#processes) one.retire();
    }

    /** Ends every process; calls at work come to an error. */
    async stop(): Promise<void> {
        this.#isStopped = true;
        clearTimeout(this.#idleTimer);
        await Promise.all([...this.#processes].map((one) => one.stop()));
    }

    async #send(
        request: PostedRequest,
    ): Promise<{ outcome: CallOutcome; process: RuntimeProcess }> {
        const process = this.#process();
        clearTimeout(this.#idleTimer);
        return { outcome: await process.call(request), process };
    }

    #process(): RuntimeProcess {
        if (this.#current?.isUsable === true) return this.#current;
        const { onGone, lifetimeSeconds } = this.#options;
        const lifetime = setTimeout(() => {
            started.retire();
        }, lifetimeSeconds * 1000);
        lifetime.unref();
        const started: RuntimeProcess = new RuntimeProcess({
            ...this.#options,
            onGone: () => {
                clearTimeout(lifetime);
                this.#processes.delete(started);
                onGone?.();
            },
        });
        this.#processes.add(started);
        this.#current = started;
        return started;
    }

    /** Ends a process without calls after so many seconds, unless it is busy with what it still does. */
    #endWhenIdle(process: RuntimeProcess, seconds: number): void {
        if (process !== this.#current || process.calls > 0) return;
        clearTimeout(this.#idleTimer);
        this.#idleTimer = setTimeout(() => void this.#endIfIdle(process), seconds * 1000);
        this.#idleTimer.unref();
    }

    /**
     * A container that says HealthyBusy is not idle, and is so from when it says Healthy again
     * (https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-long-run.html).
     */
    async #endIfIdle(process: RuntimeProcess): Promise<void> {
        const { idleSeconds } = this.#options;
        const { health, changedAt = 0 } = (await process.ping()) ?? {};
        // A call came meanwhile, and is followed by a timer of its own.
        if (process !== this.#current || process.calls > 0 || this.#isStopped) return;
        const now = Date.now() / 1000;
        if (health === "HealthyBusy") {
            this.#busyAt = now;
            this.#sessions.stay();
            this.#endWhenIdle(process, Math.min(idleSeconds, busyPollSeconds));
            return;
        }
        // A container may have been busy between two looks, and says when that was over.
        const since = Math.max(changedAt <= now + 1 ? changedAt : 0, this.#busyAt);
        const left = since + idleSeconds - now;
        if (left > 0) {
            this.#endWhenIdle(process, left);
            return;
        }
        this.#sessions.clear();
        process.retire();
    }
}

/** How often a container is asked that is busy without a call. */
const busyPollSeconds = 5;
