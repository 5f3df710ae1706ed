import { Agent, request } from "node:http";
import type { HttpResponse, OwnRequest } from "../../../local/http/exchange";

/** Answers requests of this process by a server on loopback, whose bodies stream as they come. */
export class Forwarder {
    readonly #agent = new Agent({ keepAlive: true });

    constructor(private readonly to: () => string) {}

    readonly answer = ({ method, url, headers, body, signal }: OwnRequest): Promise<HttpResponse> =>
        new Promise((resolve, reject) => {
            const { hostname: host, port } = new URL(this.to());
            const agent = this.#agent;
            request({ agent, host, port, method, path: url, headers, signal })
                .once("response", (incoming) => {
                    const { statusCode = 0, headers: answered } = incoming;
                    resolve({
                        httpStatus: statusCode,
                        headers: answered as Record<string, string>,
                        body: incoming,
                    });
                })
                .on("error", reject)
                .end(body);
        });

    /** Closes its connections. */
    close(): void {
        this.#agent.destroy();
    }
}
