import { finished, Readable } from "node:stream";
import { mcpServerLimits } from "../../agentcore/mcpServerTargets";
import type { HttpResponse, OwnRequest } from "../http/exchange";
import { EventReader } from "./eventReader";
import { isEventStream, type ServerAnswer } from "./mcpAnswer";

/** A POST, as it would go over the wire. */
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

/** Answers a request in this process. */
export type AnswerOwn = (request: OwnRequest) => Promise<HttpResponse>;

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

/**
 * POSTs to the HTTP server of this process, by its own dispatch: a connection to it would take a tenth of the time of
 * every call of a tool.
 */
export function ownPost(answer: AnswerOwn): Post {
    return ({ url, headers, body, timeoutMs, leaving }) =>
        new Promise((resolve, reject) => {
            if (leaving?.aborted === true) {
                reject(new ClientLeft());
                return;
            }
            const stopping = new AbortController();
            const timer = setTimeout(() => {
                fail(new AnswerTooLate(timeoutMs));
            }, timeoutMs);
            const settled = (): void => {
                clearTimeout(timer);
                leaving?.removeEventListener("abort", leave);
            };
            const fail = (error: Error): void => {
                settled();
                reject(error);
                // Who answers stops then, as when a connection is closed.
                stopping.abort();
            };
            const leave = (): void => {
                fail(new ClientLeft());
            };
            leaving?.addEventListener("abort", leave);
            const request = {
                method: "POST",
                url: url.pathname + url.search,
                headers,
                body: Buffer.from(body),
                signal: stopping.signal,
            };
            answer(request)
                .then((response) => read(response, stopping))
                .then((read) => {
                    settled();
                    resolve(read);
                }, fail);
        });
}

/** @throws AnswerTooLarge, or what a stream breaks off with. */
function read(
    { httpStatus, headers, body }: HttpResponse,
    stopping: AbortController,
): ServerAnswer | Promise<ServerAnswer> {
    if (typeof body === "string" || body instanceof Uint8Array) {
        checkSize(Buffer.byteLength(body));
        return { httpStatus, headers, body: textOf(body) };
    }
    const events = isEventStream(headers) ? new EventReader() : undefined;
    return readStream(body, events, stopping).then((text) => {
        const read = events === undefined ? {} : { events: events.end() };
        return { httpStatus, headers, body: text, ...read };
    });
}

/** The text of a stream, but for events, which their reader gets; as far as it is read. */
function readStream(
    body: AsyncIterable<Uint8Array>,
    events: EventReader | undefined,
    stopping: AbortController,
): Promise<string> {
    const source = body instanceof Readable ? body : Readable.from(body, { objectMode: false });
    return new Promise((resolve, reject) => {
        const parts: Uint8Array[] = [];
        let bytes = 0;
        const done = (): void => {
            resolve(Buffer.concat(parts).toString("utf8"));
        };
        const leave = (): void => {
            source.destroy();
        };
        stopping.signal.addEventListener("abort", leave);
        finished(source, (error) => {
            stopping.signal.removeEventListener("abort", leave);
            if (error == null) done();
            else reject(error);
        });
        source.on("data", (part: Buffer) => {
            bytes += part.byteLength;
            if (bytes > mcpServerLimits.answerBytes) {
                source.destroy(tooLarge());
            } else if (events === undefined) {
                parts.push(part);
            } else if (events.add(part)) {
                // The server waits for what nobody will answer, and is told so by the answer's end.
                done();
                stopping.abort();
            }
        });
        if (stopping.signal.aborted) leave();
    });
}

function checkSize(bytes: number): void {
    if (bytes > mcpServerLimits.answerBytes) throw tooLarge();
}

function tooLarge(): AnswerTooLarge {
    return new AnswerTooLarge(mcpServerLimits.answerBytes);
}

function textOf(body: string | Uint8Array): string {
    if (typeof body === "string") return body;
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
}
