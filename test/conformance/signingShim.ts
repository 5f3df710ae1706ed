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
    /** The target whose tools and prompts the suite asks for by the names that the server gave them. */
    target: string;
}

/**
 * A gateway for the conformance suite, which can neither sign nor name tools and prompts otherwise than itself: each
 * request goes to the gateway signed, answers come back as they stream, and only `<target>___` is put on and taken off.
 * `Host` and `Origin` go on as they came, because the suite looks at what becomes of foreign ones.
 */
export class SigningShim {
    /** The names of all tools and prompts that the gateway has listed, as it did. */
    readonly listed = { tools: new Set<string>(), prompts: new Set<string>() };
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
        const list = lists[message?.method ?? ""];
        if (list !== undefined && isJson) {
            outgoing.end(
                JSON.stringify(this.#withoutTarget(list, (await answer.json()) as Listed)),
            );
        } else if (answer.body === null) outgoing.end();
        else await pipeline(Readable.fromWeb(answer.body as never), outgoing);
    }

    /** A request by the gateway's name of the tool or prompt; `undefined` for what names none. */
    #withTarget(message: Message | undefined): string | undefined {
        if (message?.method !== "tools/call" && message?.method !== "prompts/get") return undefined;
        const { params } = message;
        const name = `${this.#prefix}${String(params?.["name"])}`;
        return JSON.stringify({ ...message, params: { ...params, name } });
    }

    #withoutTarget(list: List, { result, ...rest }: Listed): object {
        if (result === undefined) return rest;
        const entries = result[list].map(({ name, ...entry }) => {
            this.listed[list].add(name);
            const isOurs = name.startsWith(this.#prefix);
            return { ...entry, name: isOurs ? name.slice(this.#prefix.length) : name };
        });
        return { ...rest, result: { ...result, [list]: entries } };
    }
}

type List = "tools" | "prompts";

/** What is listed by names of the gateway's, by the method. */
const lists: Readonly<Record<string, List>> = { "tools/list": "tools", "prompts/list": "prompts" };

interface Message {
    method?: string;
    params?: Record<string, unknown>;
}

interface Listed {
    result?: Record<List, { name: string }[]>;
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
