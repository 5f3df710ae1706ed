import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
    hostHeaderValidation,
    localhostOriginValidation,
    type NodeIncomingMessageLike,
    type NodeMcpRequestHandler,
} from "@modelcontextprotocol/node";
import { readBody } from "./body.js";

/** What {@link httpServer} needs. */
export interface HttpServerArgs {
    mcp: NodeMcpRequestHandler;
    /** The names by which it may be called; without them, any: Runtime does not say by which it calls. */
    hostnames?: string[] | undefined;
    maxBodyBytes: number;
}

/**
 * The HTTP server of an MCP container on AgentCore Runtime: `/mcp`, and `/ping` for its health.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-mcp-protocol-contract.html.
 */
export function httpServer({ mcp, hostnames, maxBodyBytes }: HttpServerArgs): Server {
    // No web page is a client, but each could reach a server on its reader's machine, if need be by a name of its own.
    const isOriginAllowed = localhostOriginValidation();
    const isHostAllowed = hostnames === undefined ? () => true : hostHeaderValidation(hostnames);
    const message = async (request: IncomingMessage, response: ServerResponse) => {
        const body = await readBody(request, maxBodyBytes).catch(() => undefined);
        if (body === undefined) response.destroy();
        else if (body.kind === "no json") {
            const error = { code: -32700, message: "Parse error: the request body is not JSON" };
            json(response, 400, { jsonrpc: "2.0", id: null, error });
        } else {
            const parsed = body.kind === "json" ? body.value : undefined;
            // Node's types leave `method` out by undefined, the SDK's by absence.
            await mcp(request as NodeIncomingMessageLike, response, parsed);
        }
    };
    const server = createServer((request, response) => {
        response.once("close", () => {
            if (!server.listening) server.closeIdleConnections();
        });
        const [path] = (request.url ?? "").split("?", 1);
        if (path === "/ping") ping(request.method, response);
        else if (path !== "/mcp") {
            json(response, 404, { message: "Not found: this server has /mcp and /ping" });
        } else if (isHostAllowed(request, response) && isOriginAllowed(request, response)) {
            void message(request, response);
        }
    });
    return server;
}

/** Stops listening, answers the requests that have begun, and resolves once the last connection is closed. */
export function stop(server: Server): Promise<void> {
    return new Promise((resolve) => {
        server.close(() => {
            resolve();
        });
    });
}

function ping(method: string | undefined, response: ServerResponse): void {
    if (method === "GET" || method === "HEAD") {
        json(response, 200, { status: "Healthy" });
    } else {
        json(response.setHeader("allow", "GET, HEAD"), 405, { message: "Method not allowed" });
    }
}

function json(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
