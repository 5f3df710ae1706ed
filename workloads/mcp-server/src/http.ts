import { createServer, type Server, type ServerResponse } from "node:http";
import {
    hostHeaderValidation,
    localhostOriginValidation,
    type NodeIncomingMessageLike,
    type NodeMcpRequestHandler,
} from "@modelcontextprotocol/node";

/**
 * The HTTP server of an MCP container on AgentCore Runtime: `/mcp`, and `/ping` for its health.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-mcp-protocol-contract.html.
 *
 * @param hostnames The names by which it may be called; without them, any: Runtime does not say by which it calls.
 */
export function httpServer(mcp: NodeMcpRequestHandler, hostnames?: string[]): Server {
    // No web page is a client, but each could reach a server on its reader's machine, if need be by a name of its own.
    const isOriginAllowed = localhostOriginValidation();
    const isHostAllowed = hostnames === undefined ? () => true : hostHeaderValidation(hostnames);
    const server = createServer((request, response) => {
        response.once("close", () => {
            if (!server.listening) server.closeIdleConnections();
        });
        const [path] = (request.url ?? "").split("?", 1);
        if (path === "/ping") ping(request.method, response);
        else if (path !== "/mcp") {
            json(response, 404, { message: "Not found: this server has /mcp and /ping" });
        } else if (isHostAllowed(request, response) && isOriginAllowed(request, response)) {
            // Node's types leave `method` out by undefined, the SDK's by absence.
            void mcp(request as NodeIncomingMessageLike, response);
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
