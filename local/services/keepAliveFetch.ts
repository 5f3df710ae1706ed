import { Agent, request, type IncomingMessage } from "node:http";

/** An answer that is longer than who asked for it takes. */
export class AnswerTooLarge extends Error {
    constructor(maxBytes: number) {
        super(`got more than ${maxBytes} bytes; must be at most ${maxBytes}`);
        this.name = "AnswerTooLarge";
    }
}

/**
 * A `fetch` of HTTP on loopback that keeps its connections, reads each answer whole, and follows no redirects: about
 * half the time of Node.js's own.
 */
export class KeepAliveFetch {
    readonly #agent = new Agent({ keepAlive: true });

    constructor(private readonly maxAnswerBytes: number) {}

    readonly fetch: typeof fetch = (input, init = {}) =>
        new Promise((resolve, reject) => {
            const outgoing = request(
                new URL(input instanceof Request ? input.url : input),
                {
                    agent: this.#agent,
                    method: init.method ?? "GET",
                    headers: Object.fromEntries(new Headers(init.headers)),
                    ...(init.signal != null && { signal: init.signal }),
                },
                (incoming) => {
                    this.#read(incoming).then(resolve, reject);
                },
            );
            outgoing.once("error", reject);
            outgoing.end(init.body);
        });

    /** Closes the connections. */
    close(): void {
        this.#agent.destroy();
    }

    async #read(incoming: IncomingMessage): Promise<Response> {
        const parts: Buffer[] = [];
        let bytes = 0;
        for await (const part of incoming as AsyncIterable<Buffer>) {
            bytes += part.byteLength;
            // Leaving the loop ends the connection.
            if (bytes > this.maxAnswerBytes) throw new AnswerTooLarge(this.maxAnswerBytes);
            parts.push(part);
        }
        const { statusCode: status = 0, headers } = incoming;
        const hasNoBody = status === 204 || status === 205 || status === 304;
        return new Response(hasNoBody ? null : Buffer.concat(parts), {
            status,
            headers: Object.entries(headers).map(([name, value]): [string, string] => [
                name,
                [value ?? ""].flat().join(", "),
            ]),
        });
    }
}
