/** Sessions that are kept in mind; the longest unused are forgotten first. */
const maxSessions = 10_000;

/** The sessions of a runtime, which its clients name, or which it names for them. */
export class RuntimeSessions {
    /** When each was last used, the longest unused first. */
    readonly #lastUse = new Map<string, number>();
    /** How many calls of each are at work. */
    readonly #atWork = new Map<string, number>();
    readonly #ending = new Set<string>();

    constructor(private readonly idleMs: number) {}

    get size(): number {
        this.#forgetIdle();
        return this.#lastUse.size;
    }

    /** A call begins; its session is in use until `done` is called. */
    begin(sessionId: string): { done: () => void } {
        this.#atWork.set(sessionId, (this.#atWork.get(sessionId) ?? 0) + 1);
        this.#use(sessionId);
        return {
            done: () => {
                const left = (this.#atWork.get(sessionId) ?? 1) - 1;
                if (left > 0) this.#atWork.set(sessionId, left);
                else this.#atWork.delete(sessionId);
                // One that was ended meanwhile stays so.
                if (this.#lastUse.has(sessionId)) this.#use(sessionId);
            },
        };
    }

    has(sessionId: string): boolean {
        this.#forgetIdle();
        return this.#lastUse.has(sessionId);
    }

    isEnding(sessionId: string): boolean {
        return this.#ending.has(sessionId);
    }

    /** Ends a session; calls of it are in conflict until `whileEnding` is done. */
    async end(sessionId: string, whileEnding: () => Promise<void>): Promise<void> {
        this.#lastUse.delete(sessionId);
        this.#ending.add(sessionId);
        try {
            await whileEnding();
        } finally {
            this.#ending.delete(sessionId);
        }
    }

    /** All are in use, because the process that they share says that it is busy. */
    stay(): void {
        for (const sessionId of [...this.#lastUse.keys()]) this.#use(sessionId);
    }

    clear(): void {
        this.#lastUse.clear();
    }

    #use(sessionId: string): void {
        this.#lastUse.delete(sessionId);
        this.#lastUse.set(sessionId, performance.now());
        const [first] = this.#lastUse.keys();
        if (this.#lastUse.size > maxSessions && first !== undefined) this.#lastUse.delete(first);
    }

    #forgetIdle(): void {
        const before = performance.now() - this.idleMs;
        for (const [sessionId, at] of this.#lastUse) {
            if (at >= before) return;
            if (!this.#atWork.has(sessionId)) this.#lastUse.delete(sessionId);
        }
    }
}
