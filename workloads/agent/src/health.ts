/** What `GET /ping` answers. */
export interface Health {
    status: "Healthy" | "HealthyBusy";
    /** Seconds since 1970 of the last change of the status. */
    time_of_last_update: number;
}

/**
 * Counts the invocations at work: while there are some the session is busy, and Runtime does not end it as idle.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-http-protocol-contract.html.
 */
export class Work {
    #running = 0;
    #changed: number;

    constructor(private readonly now: () => number) {
        this.#changed = now();
    }

    get health(): Health {
        return {
            status: this.#running === 0 ? "Healthy" : "HealthyBusy",
            time_of_last_update: Math.floor(this.#changed / 1000),
        };
    }

    async during<Result>(work: () => Promise<Result>): Promise<Result> {
        if (this.#running === 0) this.#changed = this.now();
        this.#running += 1;
        try {
            return await work();
        } finally {
            this.#running -= 1;
            if (this.#running === 0) this.#changed = this.now();
        }
    }
}
