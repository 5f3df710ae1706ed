import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Health } from "./health.js";

/** What {@link httpServer} needs. */
export interface HttpServerArgs {
    health: () => Health;
    /** Called once a ping was answered. */
    onPing: () => void;
    invoke: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/**
 * The HTTP server of an agent's container on AgentCore Runtime.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-http-protocol-contract.html.
 */
export function httpServer({ health, onPing, invoke }: HttpServerArgs): Server {
    const server = createServer((request, response) => {
        response.once("close", () => {
            if (!server.listening) server.closeIdleConnections();
        });
        // No web page is a client, but each could reach an agent on its reader's machine.
        if (request.headers.origin !== undefined) {
            json(response, 403, { message: "Refused: browsers are not served" });
            return;
        }
        const [path] = (request.url ?? "").split("?", 1);
        const route = `${request.method === "HEAD" ? "GET" : (request.method ?? "")} ${path ?? ""}`;
        if (route === "GET /ping") {
            response.once("finish", onPing);
            json(response, 200, health());
        } else if (route === "POST /invocations") {
            void invoke(request, response);
        } else if (path === "/ping" || path === "/invocations") {
            const allow = path === "/ping" ? "GET, HEAD" : "POST";
            json(response.setHeader("allow", allow), 405, { message: "Method not allowed" });
        } else {
            json(response, 404, { message: "Not found: this agent has /invocations and /ping" });
        }
    });
    // An answer may take as long as Runtime waits for it.
    server.requestTimeout = 0;
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

function json(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
