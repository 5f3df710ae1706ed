import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { maxAnswerBytes } from "../../agentcore/runtimeFailures";
import { endWith } from "../http/endWith";

/** A call as the container gets it. */
export interface PostedRequest {
    headers: Readonly<Record<string, string>>;
    body: Uint8Array;
    /** Aborted when the client leaves; the container's connection is closed then, so that it can stop. */
    signal?: AbortSignal;
}

/** A container's answer. */
export interface ProcessAnswer {
    httpStatus: number;
    headers: IncomingHttpHeaders;
    /** Whole, or as it comes where the container does not say how long it is. */
    body: Buffer | Readable;
    /** Resolves at the body's end with what it came to; at once for one that is whole. */
    ended: Promise<StreamEnd>;
}

/** What the end of a body is. */
export type StreamEnd = "whole" | "left" | "broken" | "timedOut";

/** Why there is no answer and no failure. */
export type Unanswered = "timedOut" | "left";

/** Where a process listens. */
export interface Place {
    port: number;
    agent: Agent;
}

/** Bounds of a call. */
export interface CallTimes {
    /** Until the answer begins, or is there where it does not stream. */
    timeoutMs: number;
    /** Until the end of an answer that streams. */
    streamMs: number;
}

/**
 * Connections that are kept for the next call, but not until the container closes them: Node.js's and Python's servers
 * do after 5 s. A call that meets a closed one fails, because the container may have had it: none is sent twice.
 */
export function keptConnections(): Agent {
    return new Agent({ keepAlive: true, timeout: 2000 });
}

/** Posts a call and reads the answer. @throws when the connection breaks off, or the answer is too large. */
export function post(
    { headers, body, signal }: PostedRequest,
    { port, agent, path, timeoutMs, streamMs }: Place & CallTimes & { path: string },
): Promise<ProcessAnswer | Unanswered> {
    if (signal?.aborted === true) return Promise.resolve("left");
    return new Promise((resolve, reject) => {
        const outgoing = request({
            ...{ host: "127.0.0.1", port, agent, path, method: "POST" },
            headers: { ...headers, "content-length": body.byteLength },
        });
        let stopped: Unanswered | undefined;
        const stop = (why: Unanswered) => () => {
            stopped = why;
            resolve(why);
            outgoing.destroy();
        };
        let timer = setTimeout(stop("timedOut"), timeoutMs);
        const leave = stop("left");
        signal?.addEventListener("abort", leave, { once: true });
        outgoing.once("response", (incoming) => {
            const readWhole = (): void => {
                readAnswer(incoming).then(resolve, reject);
            };
            if (!isStream(incoming)) {
                readWhole();
                return;
            }
            const ended = endOf(incoming, () => stopped);
            // A short answer came with its headers: once they are parsed with it, it is no stream to wait for.
            process.nextTick(() => {
                if (incoming.errored !== null) {
                    reject(incoming.errored);
                } else if (incoming.complete) {
                    readWhole();
                } else {
                    clearTimeout(timer);
                    timer = setTimeout(stop("timedOut"), streamMs);
                    resolve({ ...answerOf(incoming, incoming), ended });
                }
            });
        });
        outgoing.once("error", reject);
        outgoing.once("close", () => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", leave);
        });
        endWith(outgoing, body);
    });
}

/**
 * Whether an answer is passed on as it comes: one that has no length yet. JSON is read by its end, and a failure's
 * words by nobody.
 */
function isStream({ statusCode = 0, headers }: IncomingMessage): boolean {
    if (statusCode >= 300 || headers["content-length"] !== undefined) return false;
    return !/^application\/json\b/i.test(headers["content-type"] ?? "");
}

function answerOf(
    { statusCode, headers }: IncomingMessage,
    body: Buffer | Readable,
): Omit<ProcessAnswer, "ended"> {
    return { httpStatus: statusCode ?? 0, headers, body };
}

const whole = Promise.resolve("whole" as const);

function readAnswer(incoming: IncomingMessage): Promise<ProcessAnswer> {
    return new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on("data", (chunk: Buffer) => {
            bytes += chunk.length;
            chunks.push(chunk);
            if (bytes <= maxAnswerBytes) return;
            incoming.destroy(new Error(`it is over ${maxAnswerBytes} bytes`));
        });
        incoming.once("end", () => {
            resolve({ ...answerOf(incoming, Buffer.concat(chunks)), ended: whole });
        });
        incoming.once("error", reject);
    });
}

/** What a stream comes to; who reads it may leave it too, which closes the container's connection. */
function endOf(incoming: IncomingMessage, stopped: () => Unanswered | undefined) {
    return new Promise<StreamEnd>((resolve) => {
        let isBroken = false;
        incoming.once("error", ({ code }: NodeJS.ErrnoException) => {
            isBroken = code === "ECONNRESET";
        });
        incoming.once("close", () => {
            if (incoming.readableEnded) resolve("whole");
            else resolve(stopped() ?? (isBroken ? "broken" : "left"));
        });
    });
}
