import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { AwsError, notEmulated } from "../awsError";
import { answerSocket, malformed, parserRefusal, RequestTooLarge } from "./earlyRefusal";
import { jsonError, type HttpRequest, type HttpResponse } from "./exchange";
import { askedService } from "./askedService";
import { Http2Connections } from "./http2Connections";
import { declaredBytes, defaultMaxBodyBytes, readBody } from "./requestBody";
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

const loopbackHosts = new Set(["127.0.0.1", "localhost", "[::1]"]);

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

    async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
        const requestId = randomUUID();
        let response: HttpResponse | undefined;
        try {
            response = await this.#answer(incoming, outgoing, requestId);
        } catch (error) {
            this.onError(error);
            response = jsonError(
                new AwsError("InternalFailure", `The local cloud failed: ${String(error)}`, 500),
            );
        }
        // The client went away in the middle of its request.
        if (response === undefined) return;
        const headers = {
            "x-amzn-requestid": requestId,
            ...response.headers,
            // HTTP/2 has no such header: a stream ends by itself.
            ...(!incoming.complete && incoming.httpVersionMajor < 2 && { connection: "close" }),
        };
        await sendResponse(outgoing, { ...response, headers }).catch(this.onError);
    }

    #service(prefix: string): Service | undefined {
        const service = Object.hasOwn(this.services, prefix) ? this.services[prefix] : undefined;
        return typeof service === "function" ? { answer: service } : service;
    }

    /** Of the service that a request is for, if it is for one. */
    #maxBodyBytes(incoming: IncomingMessage): number {
        try {
            const service = this.#service(targetOf(incoming).prefix);
            return service?.maxBodyBytes ?? defaultMaxBodyBytes;
        } catch {
            return 0;
        }
    }

    async #answer(
        incoming: IncomingMessage,
        outgoing: ServerResponse,
        requestId: string,
    ): Promise<HttpResponse | undefined> {
        let refuse: Refuse = jsonError;
        try {
            const { url, vpcEndpointId, prefix, rest } = targetOf(incoming);
            const service = this.#service(prefix);
            if (service === undefined) throw notEmulated(askedService(incoming, url));
            const { answer, refuse: own, maxBodyBytes = defaultMaxBodyBytes } = service;
            refuse = own ?? refuse;
            const read = await readBody(incoming, maxBodyBytes);
            if (read.result === "gone") return undefined;
            if (read.result === "tooLarge") throw new RequestTooLarge(read.bytes, maxBodyBytes);
            return await answer({
                method: incoming.method ?? "GET",
                url,
                path: rest === "" ? "/" : rest,
                rawHeaders: incoming.rawHeaders,
                headers: headersOf(incoming),
                body: read.body,
                requestId,
                get signal() {
                    return signalOf(outgoing);
                },
                origin: {
                    sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
                    ...(vpcEndpointId !== undefined && { vpcEndpointId }),
                    ...(incoming.headers["user-agent"] !== undefined && {
                        userAgent: incoming.headers["user-agent"],
                    }),
                },
            });
        } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            return refuse(error, requestId);
        }
    }
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

/** A request's target apart, once it is one that the local cloud may serve. */
function targetOf(incoming: IncomingMessage): {
    url: string;
    vpcEndpointId: string | undefined;
    prefix: string;
    rest: string;
} {
    // Node.js's parser takes a request line without a version, and headers after it, for HTTP/0.9.
    if (incoming.httpVersionMajor < 1) {
        throw malformed(`${incoming.url ?? ""} is not followed by HTTP/1.1`);
    }
    // `http://host/path`, as to a proxy, is the same as `/path` (RFC 9112, 3.2.2).
    const [, authority, url = "/"] =
        /^(?:https?:\/\/([^/?#]*))?(.*)$/is.exec(incoming.url ?? "/") ?? [];
    const hosts = incoming.rawHeaders.filter(
        (value, at) => at % 2 === 1 && incoming.rawHeaders[at - 1]?.toLowerCase() === "host",
    );
    const [host] = hosts;
    if (host === undefined || hosts.length > 1) {
        throw malformed(`Host: got ${hosts.length} of it; must be there once`);
    }
    // A page in a browser could reach loopback by a name of its own: only loopback names are served.
    for (const name of authority === undefined ? [host] : [host, authority]) {
        if (!loopbackHosts.has(name.replace(/:\d+$/, "").toLowerCase())) {
            throw new AwsError("AccessDeniedException", `Host ${name} is not a loopback name`, 403);
        }
    }
    // A signature covers the path without these, so they must not lead elsewhere than what was signed.
    if (/\/\/|\/\.{1,2}(?:[/?]|$)/.test(url.split("?")[0] ?? "") || isMalformed(url)) {
        throw malformed(`${url} is no normal path: no empty or dot segments, and only %XX`);
    }
    // `/vpce-…/<service>`: the same services, as through a VPC endpoint with that id.
    const [, vpcEndpointId, prefix = "", rest = ""] =
        /^(?:\/(vpce-[0-9a-f]{8,17}))?\/([^/?]*)(.*)$/s.exec(url) ?? [];
    return { url, vpcEndpointId, prefix, rest };
}

/** Whether a URL has a percent sign that encodes nothing, or bytes that are not UTF-8. */
function isMalformed(url: string): boolean {
    if (!url.includes("%")) return false;
    try {
        decodeURIComponent(url);
        return false;
    } catch {
        return true;
    }
}

/** Node.js keeps one header as a list, and that one is for answers. */
function headersOf({ headers }: IncomingMessage): HttpRequest["headers"] {
    const { "set-cookie": cookies, ...single } = headers;
    return {
        ...(single as Record<string, string | undefined>),
        ...(cookies !== undefined && { "set-cookie": cookies.join(",") }),
    };
}
