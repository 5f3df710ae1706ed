import { Agent, request, type IncomingMessage } from "node:http";
import { mcpServerLimits } from "../../agentcore/mcpServerTargets";
import { EventReader } from "./eventReader";
import { isEventStream, type ServerAnswer } from "./mcpAnswer";

/** A POST over HTTP, as it goes over the wire. */
export interface OutgoingPost {
    url: URL;
    headers: Readonly<Record<string, string>>;
    body: string;
    timeoutMs: number;
    /** Aborted when who asked for it has left. */
    leaving?: AbortSignal;
}

/**
 * Sends a POST and reads the answer, whole or until the server asks something of its own; rejects when that takes
 * longer, or is larger, than it may.
 */
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

/** An answer that nobody waits for any more. */
export class ClientLeft extends Error {
    constructor() {
        super("the client left");
        this.name = "ClientLeft";
    }
}

/** POSTs over connections that are kept: half the time of `fetch`, which every call of a tool would pay. */
export class KeepAlivePost {
    readonly #agent = new Agent({ keepAlive: true });

    readonly post: Post = ({ url, headers, body, timeoutMs, leaving }) =>
        new Promise((resolve, reject) => {
            if (leaving?.aborted === true) {
                reject(new ClientLeft());
                return;
            }
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
                    leaving?.removeEventListener("abort", leave);
                    settle(value);
                };
            const fail = settled((error: Error) => {
                reject(error);
                outgoing.destroy();
            });
            const leave = (): void => {
                fail(new ClientLeft());
            };
            leaving?.addEventListener("abort", leave);
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
    const { statusCode: httpStatus = 0 } = incoming;
    const headers = incoming.headers as ServerAnswer["headers"];
    const events = isEventStream(headers) ? new EventReader() : undefined;
    const parts: Buffer[] = [];
    let bytes = 0;
    const done = (): void => {
        const body = Buffer.concat(parts).toString("utf8");
        const read = events === undefined ? {} : { events: events.end() };
        resolve({ httpStatus, headers, body, ...read });
    };
    incoming.on("data", (part: Buffer) => {
        bytes += part.byteLength;
        if (bytes > mcpServerLimits.answerBytes) {
            fail(new AnswerTooLarge(mcpServerLimits.answerBytes));
        } else if (events === undefined) {
            parts.push(part);
        } else if (events.add(part)) {
            // The server waits for what nobody will answer, and is told so by the connection's end.
            done();
            incoming.destroy();
        }
    });
    incoming.on("error", fail);
    incoming.on("end", done);
}
