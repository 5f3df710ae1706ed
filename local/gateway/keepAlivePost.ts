import { Agent, request, type IncomingMessage } from "node:http";
import { mcpServerLimits } from "../../agentcore/mcpServerTargets";
import type { ServerAnswer } from "./mcpAnswer";

/** A POST over HTTP, as it goes over the wire. */
export interface OutgoingPost {
    url: URL;
    headers: Readonly<Record<string, string>>;
    body: string;
    timeoutMs: number;
}

/** Sends a POST and reads the answer whole; rejects when that takes longer, or is larger, than it may. */
export type Post = (post: OutgoingPost) => Promise<ServerAnswer>;

/** An answer that is not there in time. */
export class AnswerTooLate extends Error {
    constructor(milliseconds: number) {
        super(`no answer within ${milliseconds / 1000} s`);
        this.name = "AnswerTooLate";
    }
}

/** An answer that is longer than a gateway reads. */
export class AnswerTooLarge extends Error {
    constructor(maxBytes: number) {
        super(`got more than ${maxBytes} bytes; must be at most ${maxBytes}`);
        this.name = "AnswerTooLarge";
    }
}

/** POSTs over connections that are kept: half the time of `fetch`, which every call of a tool would pay. */
export class KeepAlivePost {
    readonly #agent = new Agent({ keepAlive: true });

    readonly post: Post = ({ url, headers, body, timeoutMs }) =>
        new Promise((resolve, reject) => {
            const { hostname: host, port, pathname, search } = url;
            const outgoing = request(
                {
                    agent: this.#agent,
                    host,
                    port,
                    method: "POST",
                    path: pathname + search,
                    headers,
                },
                (incoming) => {
                    read(incoming, settled(resolve), fail);
                },
            );
            const timer = setTimeout(() => {
                fail(new AnswerTooLate(timeoutMs));
            }, timeoutMs);
            const settled =
                <T>(settle: (value: T) => void) =>
                (value: T): void => {
                    clearTimeout(timer);
                    settle(value);
                };
            const fail = settled((error: Error) => {
                reject(error);
                outgoing.destroy();
            });
            outgoing.on("error", fail);
            outgoing.end(body);
        });

    /** Closes the connections. */
    close(): void {
        this.#agent.destroy();
    }
}

function read(
    incoming: IncomingMessage,
    resolve: (answer: ServerAnswer) => void,
    fail: (error: Error) => void,
): void {
    const parts: Buffer[] = [];
    let bytes = 0;
    incoming.on("data", (part: Buffer) => {
        bytes += part.byteLength;
        if (bytes > mcpServerLimits.answerBytes) {
            fail(new AnswerTooLarge(mcpServerLimits.answerBytes));
        } else parts.push(part);
    });
    incoming.on("error", fail);
    incoming.on("end", () => {
        const { statusCode: httpStatus = 0, headers } = incoming;
        resolve({
            httpStatus,
            headers: headers as ServerAnswer["headers"],
            body: Buffer.concat(parts).toString("utf8"),
        });
    });
}
