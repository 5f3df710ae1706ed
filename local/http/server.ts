import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { AwsError, notEmulated } from "../awsError";
import {
    answerSocket,
    headersTooLarge,
    malformed,
    parserRefusal,
    RequestTooLarge,
} from "./earlyRefusal";
import { jsonError, type HttpRequest, type HttpResponse, type OwnRequest } from "./exchange";
import { askedService } from "./askedService";
import { Http2Connections } from "./http2Connections";
import { declaredBytes, defaultMaxBodyBytes, readBody, type RequestBody } from "./requestBody";
import { targetOf, type RequestHead } from "./requestTarget";
import { sendResponse } from "./sendResponse";

/** Answers the requests under one path prefix, such as `/sts`. */
export type Api = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** Words a refusal as a service's clients read it. */
export type Refuse = (error: AwsError, requestId: string) => HttpResponse;

/** A service, and how it words what is refused before it is asked. */
export interface Service {
    answer: Api;
    /** @default as restJson services do */
    refuse?: Refuse;
    /** The largest body that it takes. @default 7 MB */
    maxBodyBytes?: number;
}

/** How long a client may take; what is slower is answered 408 and its connection closed. */
export interface HttpTimeouts {
    headersTimeout: number;
    requestTimeout: number;
    /** How often connections are looked at. */
    connectionsCheckingInterval: number;
}

const defaultTimeouts: HttpTimeouts = {
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    connectionsCheckingInterval: 5_000,
};

/** What holds whatever the timeouts are. */
const limits = {
    maxHeaderSize: 16 * 1024,
    // Our own answer names the problem; Node.js's own has no body.
    requireHostHeader: false,
    // Longer than clients keep a connection idle, so that they do not write on one that closes.
    keepAliveTimeout: 65_000,
};

/** A port that another process holds. */
export class PortInUse extends Error {
    constructor(readonly port: number) {
        super(
            `Port ${port} is in use on 127.0.0.1: stop what listens there, or choose another with --port N (0 takes any free one).`,
        );
        this.name = "PortInUse";
    }
}

/** The one HTTP listener of the local cloud, on loopback only. */
export class HttpServer {
    readonly #server: Server;
    readonly #http2: Http2Connections;

    constructor(
        private readonly services: Readonly<Record<string, Api | Service>>,
        private readonly onError: (error: unknown) => void,
        timeouts: HttpTimeouts = defaultTimeouts,
    ) {
        const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
            void this.#handle(incoming, outgoing);
        };
        this.#server = createServer({ ...limits, ...timeouts }, handle);
        // By default Node.js drops the 2,001st header without a word; their size is limited as it is.
        this.#server.maxHeadersCount = 0;
        this.#server.on("checkContinue", (incoming: IncomingMessage, outgoing: ServerResponse) => {
            if (declaredBytes(incoming) <= this.#maxBodyBytes(incoming)) outgoing.writeContinue();
            handle(incoming, outgoing);
        });
        const refused = new WeakSet<Duplex>();
        const refuse = (socket: Duplex, error: AwsError): void => {
            // What follows on a socket that is refused is no request either.
            if (refused.has(socket)) return;
            refused.add(socket);
            answerSocket(socket, jsonError(error));
        };
        this.#server.on("clientError", (error, socket) => {
            refuse(socket, parserRefusal(error));
        });
        this.#server.on("connect", (_request, socket) => {
            refuse(socket, malformed("CONNECT is for proxies, which this is not", 405));
        });
        const bounds = { ...limits, ...timeouts };
        this.#http2 = new Http2Connections(this.#server, handle, bounds, (socket, error) => {
            refuse(socket, parserRefusal(error));
        });
    }

    /** @throws PortInUse */
    listen(port: number): Promise<number> {
        return new Promise((resolve, reject) => {
            this.#server.once("error", (error: NodeJS.ErrnoException) => {
                reject(error.code === "EADDRINUSE" ? new PortInUse(port) : error);
            });
            this.#server.listen(port, "127.0.0.1", () => {
                resolve((this.#server.address() as AddressInfo).port);
            });
        });
    }

    close(): Promise<void> {
        return new Promise((resolve) => {
            this.#server.close(() => {
                resolve();
            });
            this.#server.closeAllConnections();
            this.#http2.close();
        });
    }

    /**
     * Answers a request of this process as one that came over a connection: by the same checks and the same services.
     * A body that streams is its caller's to read, or to destroy.
     *
     * @throws the signal's reason where it is aborted before the request is read.
     */
    async answer({ method, url, headers, body, signal }: OwnRequest): Promise<HttpResponse> {
        const rawHeaders = Object.entries(headers).flat();
        const response = await this.#answered({
            head: () => bounded({ method, url, rawHeaders, headers }),
            body: (maxBodyBytes) => ownBody(body, signal, maxBodyBytes),
            signal: () => signal,
            sourceIp: "127.0.0.1",
        });
        if (response === undefined) throw signal.reason;
        return response;
    }

    async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
        const response = await this.#answered({
            head: () => headOf(incoming),
            body: (maxBodyBytes) => readBody(incoming, maxBodyBytes),
            signal: () => signalOf(outgoing),
            sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
        });
        // The client went away in the middle of its request.
        if (response === undefined) return;
        // HTTP/2 has no such header: a stream ends by itself.
        if (!incoming.complete && incoming.httpVersionMajor < 2) {
            response.headers["connection"] = "close";
        }
        await sendResponse(outgoing, response).catch(this.onError);
    }

    #service(prefix: string): Service | undefined {
        const service = Object.hasOwn(this.services, prefix) ? this.services[prefix] : undefined;
        return typeof service === "function" ? { answer: service } : service;
    }

    /** Of the service that a request is for, if it is for one. */
    #maxBodyBytes(incoming: IncomingMessage): number {
        try {
            const service = this.#service(targetOf(headOf(incoming)).prefix);
            return service?.maxBodyBytes ?? defaultMaxBodyBytes;
        } catch {
            return 0;
        }
    }

    /** The answer with its request's id; `undefined` to who is gone before the request is read. */
    async #answered(arrival: Arrival): Promise<HttpResponse | undefined> {
        const requestId = randomUUID();
        let response: HttpResponse | undefined;
        try {
            response = await this.#answer(arrival, requestId);
        } catch (error) {
            this.onError(error);
            response = jsonError(
                new AwsError("InternalFailure", `The local cloud failed: ${String(error)}`, 500),
            );
        }
        if (response === undefined) return undefined;
        const headers = { "x-amzn-requestid": requestId, ...response.headers };
        return { ...response, headers };
    }

    async #answer(arrival: Arrival, requestId: string): Promise<HttpResponse | undefined> {
        let refuse: Refuse = jsonError;
        try {
            const { method, url: given, rawHeaders, headers } = arrival.head();
            const { url, vpcEndpointId, prefix, rest } = targetOf({ url: given, rawHeaders });
            const service = this.#service(prefix);
            if (service === undefined) throw notEmulated(askedService({ method, headers }, url));
            const { answer, refuse: own, maxBodyBytes = defaultMaxBodyBytes } = service;
            refuse = own ?? refuse;
            const read = await arrival.body(maxBodyBytes);
            if (read.result === "gone") return undefined;
            if (read.result === "tooLarge") throw new RequestTooLarge(read.bytes, maxBodyBytes);
            const userAgent = headers["user-agent"];
            return await answer({
                ...{ method, url, rawHeaders, headers, requestId, body: read.body },
                path: rest === "" ? "/" : rest,
                get signal() {
                    return arrival.signal();
                },
                origin: {
                    sourceIp: arrival.sourceIp,
                    ...(vpcEndpointId !== undefined && { vpcEndpointId }),
                    ...(userAgent !== undefined && { userAgent }),
                },
            });
        } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            return refuse(error, requestId);
        }
    }
}

/** A request as it comes, over a connection or from this process. */
interface Arrival {
    /** @throws AwsError where it is no request. */
    head: () => RequestHead;
    body: (maxBodyBytes: number) => RequestBody | Promise<RequestBody>;
    signal: () => AbortSignal;
    sourceIp: string;
}

/** Aborted when the client leaves an answer; made only for who asks, as most answers are there at once. */
function signalOf(outgoing: ServerResponse): AbortSignal {
    const controller = new AbortController();
    if (outgoing.destroyed && !outgoing.writableFinished) controller.abort();
    outgoing.once("close", () => {
        if (!outgoing.writableFinished) controller.abort();
    });
    return controller.signal;
}

function headOf(incoming: IncomingMessage): RequestHead {
    const { method = "GET", url = "/", rawHeaders } = incoming;
    // Node.js's parser takes a request line without a version, and headers after it, for HTTP/0.9.
    if (incoming.httpVersionMajor < 1) throw malformed(`${url} is not followed by HTTP/1.1`);
    return { method, url, rawHeaders, headers: headersOf(incoming) };
}

/** Node.js keeps one header as a list, and that one is for answers. */
function headersOf({ headers }: IncomingMessage): HttpRequest["headers"] {
    const { "set-cookie": cookies, ...single } = headers;
    return {
        ...(single as Record<string, string | undefined>),
        ...(cookies !== undefined && { "set-cookie": cookies.join(",") }),
    };
}

/** A head that the parser would have taken. @throws AwsError */
function bounded(head: RequestHead): RequestHead {
    let bytes = head.url.length;
    for (const text of head.rawHeaders) bytes += text.length;
    if (bytes > limits.maxHeaderSize) throw headersTooLarge();
    return head;
}

function ownBody(body: Uint8Array, signal: AbortSignal, maxBodyBytes: number): RequestBody {
    if (signal.aborted) return { result: "gone" };
    if (body.byteLength <= maxBodyBytes) return { result: "whole", body };
    return { result: "tooLarge", bytes: body.byteLength };
}
