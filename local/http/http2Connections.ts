import type { IncomingMessage, Server, ServerResponse } from "node:http";
import {
    constants,
    createServer,
    type Http2Server,
    type Http2ServerRequest,
    type Http2ServerResponse,
    type Http2Session,
    type OutgoingHttpHeaders,
    type ServerHttp2Session,
    type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";

/** What answers a request, of either version. */
export type Handle = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Bounds that HTTP/2 shares with HTTP/1.1. */
export interface Http2Limits {
    headersTimeout: number;
    requestTimeout: number;
    keepAliveTimeout: number;
    maxHeaderSize: number;
}

/** How a client that speaks HTTP/2 without asking first begins (RFC 9113, 3.3 and 3.4). */
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/**
 * HTTP/2 in the clear, on the port of HTTP/1.1: AWS's SDK for JavaScript speaks it to Bedrock Runtime, and asks no
 * http:// endpoint whether it does. A connection is told apart by its first bytes, and each one goes its way from there.
 */
export class Http2Connections {
    readonly #http2: Http2Server;
    readonly #sessions = new Set<ServerHttp2Session>();
    /** How many requests are under way on each. */
    readonly #busy = new Map<Http2Session, number>();
    /** Connections that have not said what they are. */
    readonly #waiting = new Set<Socket>();

    /** `onSilent` answers connections that say too little to be told apart. */
    constructor(
        http1: Server,
        handle: Handle,
        private readonly limits: Http2Limits,
        private readonly onSilent: (socket: Socket, error: NodeJS.ErrnoException) => void,
    ) {
        this.#http2 = createServer({
            settings: { maxHeaderListSize: limits.maxHeaderSize, maxConcurrentStreams: 100 },
            maxSessionInvalidFrames: 10,
        });
        this.#http2.on("session", (session) => {
            this.#keep(session);
        });
        this.#http2.on("request", (request, response) => {
            this.#take(request, response, handle);
        });
        const listeners = http1.listeners("connection") as ((socket: Socket) => void)[];
        http1.removeAllListeners("connection");
        http1.on("connection", (socket) => {
            this.#tellApart(socket, () => {
                for (const listener of listeners) listener.call(http1, socket);
                // It was paused to be looked at.
                process.nextTick(() => socket.resume());
            });
        });
    }

    /** Ends every connection of HTTP/2, and those that have said nothing. */
    close(): void {
        for (const session of this.#sessions) session.destroy();
        for (const socket of this.#waiting) socket.destroy();
    }

    #tellApart(socket: Socket, toHttp1: () => void): void {
        let seen: Buffer = Buffer.alloc(0);
        const stop = () => {
            clearTimeout(timer);
            this.#waiting.delete(socket);
            socket.off("data", onData).off("end", onEnd).off("close", stop).off("error", onError);
        };
        const onData = (chunk: Buffer) => {
            seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
            const length = Math.min(seen.length, preface.length);
            const isSoFar = seen.subarray(0, length).equals(preface.subarray(0, length));
            if (isSoFar && length < preface.length) return;
            stop();
            socket.pause();
            socket.unshift(seen);
            if (isSoFar) this.#toHttp2(socket);
            else toHttp1();
        };
        const onEnd = () => {
            stop();
            if (seen.length === 0) socket.end();
            else this.onSilent(socket, new Error(`${seen.length} bytes are not one`));
        };
        const onError = () => {
            stop();
            socket.destroy();
        };
        const timer = setTimeout(() => {
            stop();
            const error = Object.assign(new Error(), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
            this.onSilent(socket, error);
        }, this.limits.headersTimeout);
        this.#waiting.add(socket);
        socket.on("data", onData).on("end", onEnd).on("close", stop).on("error", onError);
    }

    #toHttp2(socket: Socket): void {
        // HTTP/1.1 has connections that end on one side only; one of HTTP/2 is over then.
        socket.allowHalfOpen = false;
        this.#http2.emit("connection", socket);
        // Once the session has what was looked at; a paused socket would not see its end.
        process.nextTick(() => socket.resume());
    }

    #keep(session: ServerHttp2Session): void {
        this.#sessions.add(session);
        session.setTimeout(this.limits.keepAliveTimeout, () => {
            // A stream that is waited for keeps its connection.
            if (!this.#busy.has(session)) session.close();
        });
        // What is wrong with a connection ends it, and its streams see that.
        session.on("error", () => undefined);
        session.once("close", () => this.#sessions.delete(session));
    }

    #take(request: Http2ServerRequest, response: Http2ServerResponse, handle: Handle): void {
        const { session } = request.stream;
        const timer = setTimeout(() => {
            request.stream.close(constants.NGHTTP2_CANCEL);
        }, this.limits.requestTimeout);
        request.once("end", () => {
            clearTimeout(timer);
        });
        if (session !== undefined) this.#busy.set(session, (this.#busy.get(session) ?? 0) + 1);
        request.stream.once("close", () => {
            clearTimeout(timer);
            if (session === undefined) return;
            const left = (this.#busy.get(session) ?? 1) - 1;
            if (left === 0) this.#busy.delete(session);
            else this.#busy.set(session, left);
        });
        request.stream.on("error", () => undefined);
        asHttp1(request);
        handle(request as unknown as IncomingMessage, responseOf(response.stream, request));
    }
}

/** Headers of a connection, which is HTTP/2's own to manage (RFC 9113, 8.2.2). */
const connectionHeaders = ["connection", "keep-alive", "transfer-encoding", "upgrade"];

/**
 * The stream as the handler writes it. Node.js's compatibility API is not for it: there an answer whose client has
 * left counts as finished.
 */
function responseOf(stream: ServerHttp2Stream, req: Http2ServerRequest): ServerResponse {
    const end = stream.end.bind(stream) as (...args: unknown[]) => ServerHttp2Stream;
    const response = Object.assign(stream, {
        req,
        writeHead: (status: number, headers: OutgoingHttpHeaders) => {
            const own = Object.entries(headers).filter(
                ([name]) => !connectionHeaders.includes(name.toLowerCase()),
            );
            stream.respond({ ":status": status, ...Object.fromEntries(own) });
            return response;
        },
        flushHeaders: () => undefined,
        // A status without a body has ended the stream already.
        end: (...args: unknown[]) => (args[0] === "" ? end() : end(...args)),
    });
    return response as unknown as ServerResponse;
}

/** Headers as HTTP/1.1 has them: the authority is the host, and the signature may name it either way. */
function asHttp1(request: Http2ServerRequest): void {
    const raw: string[] = [];
    for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
        const [name = "", value = ""] = request.rawHeaders.slice(at, at + 2);
        if (name === ":authority") raw.push(name, value, "Host", value);
        else if (name.toLowerCase() === "host" && value === request.authority) continue;
        else if (!name.startsWith(":")) raw.push(name, value);
    }
    const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !name.startsWith(":")),
    );
    Object.defineProperty(request, "rawHeaders", { value: raw });
    Object.defineProperty(request, "headers", { value: { ...headers, host: request.authority } });
}
