import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { jsonError, type HttpRequest, type HttpResponse } from "./exchange";
import { notEmulated } from "../awsError";

/** Answers the requests under one path prefix, such as `/sts`. */
export type Api = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** Bodies over this are refused before they are read whole: a gateway's 6 MB and some envelope. */
const maxBodyBytes = 7 * 1024 * 1024;
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

    constructor(
        private readonly apis: Readonly<Record<string, Api>>,
        private readonly onError: (error: unknown) => void,
        timeouts: HttpTimeouts = defaultTimeouts,
    ) {
        this.#server = createServer({ ...timeouts }, (incoming, outgoing) => {
            void this.#handle(incoming, outgoing);
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
        });
    }

    async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
        const requestId = randomUUID();
        let response: HttpResponse;
        try {
            response = await this.#answer(incoming, requestId);
        } catch (error) {
            // The client went away in the middle of its request: there is no one to answer.
            if (incoming.destroyed && !incoming.complete) return;
            this.onError(error);
            response = {
                httpStatus: 500,
                headers: {
                    "content-type": "application/json",
                    "x-amzn-errortype": "InternalFailure",
                },
                body: JSON.stringify({ message: `The local cloud failed: ${String(error)}` }),
            };
        }
        if (outgoing.destroyed) return;
        outgoing.writeHead(response.httpStatus, {
            "x-amzn-requestid": requestId,
            ...response.headers,
            "content-length": Buffer.byteLength(response.body),
        });
        outgoing.end(response.body);
    }

    async #answer(incoming: IncomingMessage, requestId: string): Promise<HttpResponse> {
        const url = incoming.url ?? "/";
        // A page in a browser could reach loopback by a name of its own: only loopback names are served.
        const host = (incoming.headers.host ?? "").replace(/:\d+$/, "");
        if (!loopbackHosts.has(host)) {
            return refused(403, `Host ${host} is not a loopback name`);
        }
        // `/vpce-…/<service>`: the same services, as through a VPC endpoint with that id.
        const [, vpcEndpointId, prefix = "", rest = ""] =
            /^(?:\/(vpce-[0-9a-f]{8,17}))?\/([^/?]*)(.*)$/s.exec(url) ?? [];
        // A signature covers the path without these, so they must not lead elsewhere than what was signed.
        if (/\/\/|\/\.{1,2}(?:[/?]|$)/.test(url.split("?")[0] ?? "") || isMalformed(url)) {
            return refused(400, `${url} is no normal path: no empty or dot segments, and only %XX`);
        }
        const api = Object.hasOwn(this.apis, prefix) ? this.apis[prefix] : undefined;
        if (api === undefined) return jsonError(notEmulated(`${incoming.method ?? ""} ${url}`));
        const body = await readBody(incoming);
        if (body === undefined) return refused(413, `The body is over ${maxBodyBytes} bytes`);
        return api({
            method: incoming.method ?? "GET",
            url,
            path: rest === "" ? "/" : rest,
            rawHeaders: incoming.rawHeaders,
            headers: Object.fromEntries(
                Object.entries(incoming.headers).map(([name, value]) => [
                    name,
                    Array.isArray(value) ? value.join(",") : value,
                ]),
            ),
            body,
            requestId,
            origin: {
                sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
                ...(vpcEndpointId !== undefined && { vpcEndpointId }),
                ...(incoming.headers["user-agent"] !== undefined && {
                    userAgent: incoming.headers["user-agent"],
                }),
            },
        });
    }
}

/** Whether a URL has a percent sign that encodes nothing, or bytes that are not UTF-8. */
function isMalformed(url: string): boolean {
    try {
        decodeURIComponent(url);
        return false;
    } catch {
        return true;
    }
}

function refused(httpStatus: number, message: string): HttpResponse {
    return {
        httpStatus,
        headers: { "content-type": "application/json", connection: "close" },
        body: JSON.stringify({ message }),
    };
}

/** The whole body, or `undefined` when it is too large. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size <= maxBodyBytes) chunks.push(chunk);
    }
    return size > maxBodyBytes ? undefined : Buffer.concat(chunks);
}
