import { AgentError } from "./errors.js";

/** What {@link Sessions} needs. */
export interface SessionsDeps<State> {
    create: () => State;
    /** Called once for each that is forgotten. */
    dispose: (state: State) => void;
    /** Milliseconds on any clock. */
    now: () => number;
    limits: SessionLimits;
}

/** When a session is forgotten: the longest unused goes first. */
export interface SessionLimits {
    count: number;
    idleMs: number;
    /** Of all sessions together. */
    bytes: number;
}

interface Entry<State> {
    state: State;
    isBusy: boolean;
    lastUsed: number;
    bytes: number;
}

/**
 * What is kept of each session between its invocations. In AWS a process serves one session, because Runtime gives
 * each its own microVM; elsewhere it serves all.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-sessions.html.
 */
export class Sessions<State> {
    // In order of last use: a Map keeps the order of insertion.
    readonly #entries = new Map<string, Entry<State>>();
    #bytes = 0;

    constructor(private readonly deps: SessionsDeps<State>) {}

    get count(): number {
        return this.#entries.size;
    }

    /**
     * Gives the state of a session, which is held until {@link release}.
     *
     * @throws AgentError when it is held: two turns of one conversation have no order.
     */
    hold(id: string): State {
        this.sweep();
        const entry = this.#entries.get(id) ?? {
            state: this.deps.create(),
            isBusy: false,
            lastUsed: 0,
            bytes: 0,
        };
        if (entry.isBusy) {
            throw new AgentError(
                "SessionBusy",
                "This session is answering another prompt. Wait for its answer, or use another session id.",
            );
        }
        entry.isBusy = true;
        this.#touch(id, entry);
        return entry.state;
    }

    /** Ends the hold, and says how large the state has become. */
    release(id: string, bytes: number): void {
        const entry = this.#entries.get(id);
        if (entry === undefined) return;
        this.#bytes += bytes - entry.bytes;
        entry.bytes = bytes;
        entry.isBusy = false;
        this.#touch(id, entry);
        this.sweep();
    }

    /** Forgets a session that is not to be continued. */
    forget(id: string): void {
        const entry = this.#entries.get(id);
        if (entry === undefined) return;
        this.#entries.delete(id);
        this.#bytes -= entry.bytes;
        this.deps.dispose(entry.state);
    }

    /** Forgets what is over a limit, but never what is held. */
    sweep(): void {
        const { count, idleMs, bytes } = this.deps.limits;
        const oldest = this.deps.now() - idleMs;
        for (const [id, entry] of this.#entries) {
            const isOver = this.#entries.size > count || this.#bytes > bytes;
            if (!isOver && entry.lastUsed > oldest) return;
            if (!entry.isBusy) this.forget(id);
        }
    }

    #touch(id: string, entry: Entry<State>): void {
        entry.lastUsed = this.deps.now();
        this.#entries.delete(id);
        this.#entries.set(id, entry);
    }
}
