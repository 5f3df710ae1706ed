import { EventEmitter } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A message as a server got it. */
export interface Received {
    method: string;
    id?: number;
    params: Record<string, unknown>;
    headers: IncomingMessage["headers"];
    rawHeaders: string[];
    url: string;
    body: string;
}

/** What a server answers: an HTTP answer as it is, or the result of a message that it understands. */
export type Reaction =
    | { status: number; body?: string; headers?: Record<string, string> }
    | { result: unknown }
    | { error: { code: number; message: string } }
    /** Never answers. */
    | "silence"
    /** Begins an answer, and never ends it. */
    | "stall"
    /** Begins a stream with these bytes, one part at a time, and never ends it. */
    | { parts: readonly Uint8Array[] };

type WholeReaction = Exclude<Reaction, string | { parts: readonly Uint8Array[] }>;

/** How a server differs from one that has the tool `add_numbers` and speaks every revision with a handshake. */
export interface Behaviour {
    form?: "json" | "sse";
    tools?: readonly unknown[];
    /** Tools on a page of `tools/list`. */
    perPage?: number;
    /** The revision that it answers a handshake with, whatever it is asked for. */
    revision?: string;
    sessionId?: string;
    /** What it declares besides tools. */
    capabilities?: object;
    /** Looks at a message first; what it gives is the answer. */
    react?: (message: Received) => Reaction | undefined;
}

/** A tool of the server's. */
export function addNumbers(more: Record<string, unknown> = {}): Record<string, unknown> {
    const number = { type: "integer" };
    return {
        name: "add_numbers",
        title: "Add",
        description: "Add two whole numbers",
        inputSchema: {
            type: "object",
            properties: { a: number, b: number },
            required: ["a", "b"],
            additionalProperties: false,
        },
        outputSchema: { type: "object", properties: { result: number } },
        annotations: { readOnlyHint: true },
        ...more,
    };
}

/** What the tool answers to 2 and 3. */
export const five = {
    content: [{ type: "text", text: "5" }],
    structuredContent: { result: 5 },
};

/** An MCP server on loopback, whatever the path, that remembers what it was sent. */
export class McpServerFixture {
    readonly received: Received[] = [];
    /** Emits `message` for each. */
    readonly events = new EventEmitter();
    readonly #server: Server;
    #port = 0;
    /** Resolves each time that a client leaves an answer that has not ended. */
    #left: (() => void)[] = [];

    constructor(public behaviour: Behaviour = {}) {
        this.#server = createServer((incoming, outgoing) => {
            void text(incoming).then((body) => {
                const { id, method, params } = JSON.parse(body) as Partial<Received> & {
                    method: string;
                };
                const message: Received = {
                    ...{ method, params: params ?? {}, body, headers: incoming.headers },
                    ...{ rawHeaders: incoming.rawHeaders, url: incoming.url ?? "" },
                    ...(id !== undefined && { id }),
                };
                this.received.push(message);
                this.events.emit("message");
                outgoing.once("close", () => {
                    if (outgoing.writableFinished) return;
                    for (const heard of this.#left.splice(0)) heard();
                });
                const reaction = this.behaviour.react?.(message) ?? this.#reaction(message);
                if (reaction === "silence") return;
                if (reaction === "stall") {
                    outgoing.writeHead(200, { "content-type": "text/event-stream" }).write(":");
                    return;
                }
                if ("parts" in reaction) {
                    outgoing.writeHead(200, { "content-type": "text/event-stream" });
                    for (const part of reaction.parts) outgoing.write(part);
                    return;
                }
                const { status, headers, body: sent } = this.#answer(message, reaction);
                outgoing.writeHead(status, headers).end(sent);
            });
        });
    }

    async start(): Promise<this> {
        await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
        this.#port = (this.#server.address() as AddressInfo).port;
        return this;
    }

    stop(): Promise<void> {
        return new Promise((resolve) => {
            this.#server.close(() => {
                resolve();
            });
            this.#server.closeAllConnections();
        });
    }

    /** Resolves when a client leaves an answer that has not ended. */
    left(): Promise<void> {
        return new Promise((resolve) => this.#left.push(resolve));
    }

    /** Where it listens, or did. */
    get url(): string {
        return `http://127.0.0.1:${this.#port}`;
    }

    /** The methods that it was sent. */
    get methods(): string[] {
        return this.received.map(({ method }) => method);
    }

    #reaction({ method, params }: Received): Reaction {
        const { tools = [addNumbers()], perPage = 1000, revision } = this.behaviour;
        switch (method) {
            case "initialize":
                return {
                    result: {
                        protocolVersion: revision ?? params["protocolVersion"],
                        capabilities: { tools: {}, ...this.behaviour.capabilities },
                        serverInfo: { name: "calculator", version: "1.0.0" },
                    },
                };
            case "notifications/initialized":
                return { status: 202 };
            case "tools/list": {
                const start = Number(params["cursor"] ?? 0);
                const end = start + perPage;
                const nextCursor = end < tools.length ? { nextCursor: String(end) } : {};
                return { result: { tools: tools.slice(start, end), ...nextCursor } };
            }
            case "tools/call":
                return { result: five };
            default:
                return { error: { code: -32601, message: `Method not found: ${method}` } };
        }
    }

    #answer({ id, method }: Received, reaction: WholeReaction) {
        if ("status" in reaction) {
            const { status, body = "", headers = {} } = reaction;
            return { status, headers: { "content-type": "application/json", ...headers }, body };
        }
        const { form = "json", sessionId } = this.behaviour;
        const json = JSON.stringify({ jsonrpc: "2.0", id, ...reaction });
        const log = JSON.stringify({ jsonrpc: "2.0", method: "notifications/message", params: {} });
        const session = method === "initialize" && sessionId !== undefined;
        return {
            status: 200,
            headers: {
                "content-type": form === "json" ? "application/json" : "text/event-stream",
                ...(session && { "mcp-session-id": sessionId }),
            },
            body:
                form === "json"
                    ? json
                    : `: hello\n\nevent: message\ndata: ${log}\n\nevent: message\ndata: ${json}\n\n`,
        };
    }
}
