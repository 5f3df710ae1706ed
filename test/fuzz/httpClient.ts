import { Agent, request } from "node:http";
import type { Signed } from "./fuzzCloud";

/** An answer, read to its end. */
export interface Answer {
    httpStatus: number;
    headers: Readonly<Record<string, string | string[] | undefined>>;
    body: string;
}

const answerMs = 15_000;

/** Asks over connections that are kept, and takes no answer in time for a failure. */
export class HttpClient {
    readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

    constructor(private readonly port: number) {}

    send({ method, path, headers, body }: Signed): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const options = { port: this.port, method, path, headers, agent: this.#agent };
            const asked = request({ host: "127.0.0.1", ...options }, (incoming) => {
                const chunks: Buffer[] = [];
                incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
                incoming.once("error", reject);
                incoming.once("end", () => {
                    resolve({
                        httpStatus: incoming.statusCode ?? 0,
                        headers: incoming.headers,
                        body: Buffer.concat(chunks).toString("utf8"),
                    });
                });
            });
            asked.setTimeout(answerMs, () => {
                asked.destroy(new Error(`no answer in ${answerMs} ms`));
            });
            asked.once("error", reject);
            asked.end(Buffer.from(body, "latin1"));
        });
    }

    close(): void {
        this.#agent.destroy();
    }
}
