import { once } from "node:events";
import {
    createServer,
    type IncomingHttpHeaders,
    type IncomingMessage,
    type Server,
    type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** One JSON-RPC request, as it came. */
export interface GatewayRequest {
    method: string;
    params: { name?: string; arguments?: Record<string, unknown>; cursor?: string };
    headers: IncomingHttpHeaders;
}

/** A tool, as `tools/list` gives it. */
export interface FakeTool {
    name: string;
    description?: string;
    inputSchema: object;
}

/** Answers a request in another way than the gateway does; `undefined` leaves it to the gateway. */
export type Override = (
    request: GatewayRequest,
    response: ServerResponse,
) => object | "taken" | undefined;

const numbers = {
    type: "object",
    properties: { a: { type: "integer" }, b: { type: "integer" } },
    required: ["a", "b"],
};

/** The tools of the examples. */
export const exampleTools: FakeTool[] = [
    { name: "math___add_numbers", description: "Adds two numbers.", inputSchema: numbers },
    { name: "math___multiply_numbers", description: "Multiplies numbers.", inputSchema: numbers },
];

/** A gateway's MCP over streamable HTTP, POST only, as on AWS. */
export class FakeGateway {
    readonly requests: GatewayRequest[] = [];
    tools: FakeTool[] = exampleTools;
    pageSize = 100;
    /** With sessions, each request but the first must name one that is known. */
    sessions: Set<string> | undefined;
    override: Override = () => undefined;
    /** Resolves when a client leaves before it is answered. */
    readonly left: Promise<void>;
    #leave: () => void = () => undefined;
    #made = 0;

    private constructor(private readonly server: Server) {
        this.left = new Promise((resolve) => {
            this.#leave = resolve;
        });
    }

    static async start(port = 0): Promise<FakeGateway> {
        const server = createServer((request, response) => {
            void gateway.#answer(request, response);
        });
        const gateway = new FakeGateway(server);
        server.listen(port, "127.0.0.1");
        await once(server, "listening");
        return gateway;
    }

    get port(): number {
        return (this.server.address() as AddressInfo).port;
    }

    get url(): string {
        return `http://127.0.0.1:${this.port}/mcp`;
    }

    async stop(): Promise<void> {
        const closed = once(this.server, "close");
        this.server.close();
        this.server.closeAllConnections();
        await closed;
    }

    methods(): string[] {
        return this.requests.map(({ method }) => method);
    }

    calls(): GatewayRequest[] {
        return this.requests.filter(({ method }) => method === "tools/call");
    }

    async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        response.once("close", () => {
            if (!response.writableFinished) this.#leave();
        });
        if (request.method !== "POST") {
            response.writeHead(405).end();
            return;
        }
        let body = "";
        for await (const chunk of request.setEncoding("utf8")) body += chunk as string;
        const message = JSON.parse(body) as Partial<GatewayRequest> & { id?: number };
        const { id, method = "", params = {} } = message;
        const got = { method, params, headers: request.headers };
        this.requests.push(got);
        const own = this.override(got, response);
        if (own === "taken") return;
        if (own === undefined && !this.#hasSession(got)) {
            this.#json(response, 404, {
                jsonrpc: "2.0",
                id,
                error: { code: -32001, message: "Session not found" },
            });
        } else if (id === undefined) response.writeHead(202).end();
        else {
            if (method === "initialize" && this.sessions !== undefined) {
                const session = `session-${(this.#made += 1)}`;
                this.sessions.add(session);
                response.setHeader("mcp-session-id", session);
            }
            this.#json(response, 200, { jsonrpc: "2.0", id, ...(own ?? this.#result(got)) });
        }
    }

    #hasSession({ method, headers }: GatewayRequest): boolean {
        if (this.sessions === undefined || method === "initialize") return true;
        return this.sessions.has(headers["mcp-session-id"] as string);
    }

    #result({ method, params }: GatewayRequest): object {
        if (method === "initialize") {
            const serverInfo = { name: "agentcore-gateway", version: "1.0.0" };
            const protocolVersion = "2025-11-25";
            return { result: { protocolVersion, capabilities: { tools: {} }, serverInfo } };
        }
        if (method === "tools/list") {
            const from = Number(params.cursor ?? 0);
            const to = from + this.pageSize;
            const tools = this.tools.slice(from, to);
            const more = to < this.tools.length ? { nextCursor: String(to) } : {};
            return { result: { tools, ...more } };
        }
        const { a, b } = (params.arguments ?? {}) as { a: number; b: number };
        const value = params.name?.endsWith("multiply_numbers") === true ? a * b : a + b;
        return { result: toolText(String(value)) };
    }

    #json(response: ServerResponse, status: number, body: object): void {
        response
            .writeHead(status, { "content-type": "application/json" })
            .end(JSON.stringify(body));
    }
}

/** A tool's result of one text. */
export function toolText(text: string, isError = false): object {
    return { content: [{ type: "text", text }], isError };
}

/** An answer that refuses with a status and a JSON-RPC error. */
export function refuse(status: number, code: number, message: string): Override {
    return (_request, response) => {
        response
            .writeHead(status, { "content-type": "application/json" })
            .end(JSON.stringify({ jsonrpc: "2.0", id: 0, error: { code, message } }));
        return "taken";
    };
}
