import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { sigv4Fetch, type AwsCredentials } from "../../sigv4-fetch/src/index.js";

/** What {@link SigningShim} stands in front of. */
export interface SigningShimOptions {
    gatewayUrl: string;
    credentials: AwsCredentials;
    /** The target whose tools the suite calls by the names that the server gave them. */
    target: string;
}

/**
 * A gateway for the conformance suite, which can neither sign nor call tools by other names than its own: each
 * request goes to the gateway signed, answers come back as they stream, and only `<target>___` is put on and taken off.
 * `Host` and `Origin` go on as they came, because the suite looks at what becomes of foreign ones.
 */
export class SigningShim {
    /** The names of all tools that the gateway has listed, as it did. */
    readonly listed = new Set<string>();
    readonly #http: Server;

    private constructor(private readonly options: SigningShimOptions) {
        this.#http = createServer((incoming, outgoing) => {
            this.#forward(incoming, outgoing).catch(() => outgoing.destroy());
        });
    }

    static async start(options: SigningShimOptions): Promise<SigningShim> {
        const shim = new SigningShim(options);
        await new Promise<void>((resolve) => shim.#http.listen(0, "127.0.0.1", resolve));
        return shim;
    }

    get url(): string {
        return `http://${this.#host}/mcp`;
    }

    stop(): Promise<void> {
        return new Promise((resolve) => {
            this.#http.close(() => {
                resolve();
            });
            this.#http.closeAllConnections();
        });
    }

    get #host(): string {
        return `127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
    }

    get #prefix(): string {
        return `${this.options.target}___`;
    }

    async #forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
        const { gatewayUrl, credentials } = this.options;
        const body = await buffer(incoming);
        const message = messageIn(body);
        const { host } = incoming.headers;
        const left = new AbortController();
        outgoing.once("close", () => {
            left.abort();
        });
        const signed = sigv4Fetch({
            ...{ service: "bedrock-agentcore", region: "us-east-1", credentials },
            fetch: sendAs(host === this.#host ? undefined : host),
        });
        const answer = await signed(gatewayUrl, {
            method: incoming.method ?? "",
            headers: forwarded(incoming),
            signal: left.signal,
            ...(body.length > 0 && { body: this.#withTarget(message) ?? body }),
        });
        const isJson = answer.headers.get("content-type") === "application/json";
        outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
        if (message?.method === "tools/list" && isJson) {
            outgoing.end(JSON.stringify(this.#withoutTarget((await answer.json()) as Listed)));
        } else if (answer.body === null) outgoing.end();
        else await pipeline(Readable.fromWeb(answer.body as never), outgoing);
    }

    /** A call by the gateway's name of the tool; `undefined` for what is no call. */
    #withTarget(message: Message | undefined): string | undefined {
        if (message?.method !== "tools/call") return undefined;
        const { params } = message;
        const name = `${this.#prefix}${String(params?.["name"])}`;
        return JSON.stringify({ ...message, params: { ...params, name } });
    }

    #withoutTarget({ result, ...rest }: Listed): object {
        if (result === undefined) return rest;
        const tools = result.tools.map((tool) => {
            this.listed.add(tool.name);
            const isOurs = tool.name.startsWith(this.#prefix);
            return { ...tool, name: isOurs ? tool.name.slice(this.#prefix.length) : tool.name };
        });
        return { ...rest, result: { ...result, tools } };
    }
}

interface Message {
    method?: string;
    params?: Record<string, unknown>;
}

interface Listed {
    result?: { tools: { name: string }[] };
}

function messageIn(body: Buffer): Message | undefined {
    try {
        return JSON.parse(body.toString()) as Message;
    } catch {
        return undefined;
    }
}

/** All headers but those of the connection; the global fetch sets the host by itself, and takes no other. */
function forwarded({ headers }: IncomingMessage): [string, string][] {
    return Object.entries(headers).flatMap(([name, value]) =>
        typeof value !== "string" || ofConnection.has(name) ? [] : [[name, value]],
    );
}

const ofConnection = new Set(["host", "connection", "content-length", "transfer-encoding"]);

/** A `fetch` that names the host it is told to, where that is not the URL's. */
function sendAs(host: string | undefined): typeof fetch {
    return (url, { method, headers, body, signal } = {}) =>
        new Promise((resolve, reject) => {
            const outgoing = request(url as URL, {
                ...(method !== undefined && { method }),
                headers: {
                    ...(headers as Record<string, string>),
                    ...(host !== undefined && { host }),
                },
                ...(signal != null && { signal }),
            });
            outgoing.once("error", reject);
            outgoing.once("response", (answer) => {
                const status = answer.statusCode ?? 0;
                resolve(
                    new Response(Readable.toWeb(answer) as never, {
                        status,
                        headers: forwarded(answer),
                    }),
                );
            });
            outgoing.end(body);
        });
}
