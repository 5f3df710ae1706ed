import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { maxAnswerBytes } from "../../agentcore/runtimeFailures";

/** A call as the container gets it. */
export interface PostedRequest {
    headers: Readonly<Record<string, string>>;
    body: Uint8Array;
}

/** A container's answer, read whole. */
export interface ProcessAnswer {
    httpStatus: number;
    headers: IncomingHttpHeaders;
    body: Buffer;
}

interface Place {
    port: number;
    agent: Agent;
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
    { headers, body }: PostedRequest,
    { port, agent, path, timeoutMs }: Place & { path: string; timeoutMs: number },
): Promise<ProcessAnswer | "timedOut"> {
    return new Promise((resolve, reject) => {
        const outgoing = request({
            ...{ host: "127.0.0.1", port, agent, path, method: "POST" },
            headers: { ...headers, "content-length": body.byteLength },
        });
        const timer = setTimeout(() => {
            resolve("timedOut");
            outgoing.destroy();
        }, timeoutMs);
        outgoing.once("response", (incoming) => {
            readAnswer(incoming).then(resolve, reject);
        });
        outgoing.once("error", reject);
        outgoing.once("close", () => {
            clearTimeout(timer);
        });
        outgoing.end(body);
    });
}

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
            resolve({
                httpStatus: incoming.statusCode ?? 0,
                headers: incoming.headers,
                body: Buffer.concat(chunks),
            });
        });
        incoming.once("error", reject);
    });
}

/** Waits until anything is answered to GET /ping; `false` when the process is gone or the time is over. */
export async function untilAnswering(
    place: Place & { deadline: number; isGone: () => boolean },
): Promise<boolean> {
    for (let pauseMs = 5; !place.isGone(); pauseMs = Math.min(pauseMs * 1.5, 100)) {
        const leftMs = place.deadline - performance.now();
        if (leftMs <= 0) return false;
        if (await isAnswering(place, leftMs)) return !place.isGone();
        await new Promise((resolve) => {
            setTimeout(resolve, Math.min(pauseMs, leftMs));
        });
    }
    return false;
}

function isAnswering({ port, agent }: Place, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
        const outgoing = request({ host: "127.0.0.1", port, agent, path: "/ping", method: "GET" });
        const timer = setTimeout(() => outgoing.destroy(), timeoutMs);
        outgoing.once("response", (incoming) => {
            incoming.resume();
            resolve(true);
        });
        outgoing.once("error", () => {
            resolve(false);
        });
        outgoing.once("close", () => {
            clearTimeout(timer);
            resolve(false);
        });
        outgoing.end();
    });
}
