import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
    localhostHostValidation,
    localhostOriginValidation,
    NodeStreamableHTTPServerTransport,
} from "@modelcontextprotocol/node";
import { EventLog } from "./eventLog";
import { fixture, type FixtureOptions } from "./fixture";

/**
 * The fixture of the MCP conformance suite, on a free port of loopback: with sessions, because its scenarios
 * have the server ask the client, and go on with streams that broke.
 */
export class FixtureServer {
    private readonly sessions = new Map<string, NodeStreamableHTTPServerTransport>();
    private constructor(
        private readonly http: Server,
        private readonly options: FixtureOptions,
    ) {}

    static async start(options: FixtureOptions = {}): Promise<FixtureServer> {
        const isHostAllowed = localhostHostValidation();
        const isOriginAllowed = localhostOriginValidation();
        const http = createServer((request, response) => {
            if (isHostAllowed(request, response) && isOriginAllowed(request, response)) {
                void server.handle(request, response);
            }
        });
        const server = new FixtureServer(http, options);
        await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
        return server;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/mcp`;
    }

    async stop(): Promise<void> {
        await Promise.all([...this.sessions.values()].map((transport) => transport.close()));
        await new Promise<void>((resolve) => {
            this.http.close(() => {
                resolve();
            });
            this.http.closeAllConnections();
        });
    }

    private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const id = request.headers["mcp-session-id"];
        const transport = typeof id === "string" ? this.sessions.get(id) : await this.begin();
        if (transport === undefined) {
            response.writeHead(404).end();
            return;
        }
        await transport.handleRequest(request, response);
    }

    private async begin(): Promise<NodeStreamableHTTPServerTransport> {
        const transport = new NodeStreamableHTTPServerTransport({
            sessionIdGenerator: () => randomUUID(),
            onsessioninitialized: (id) => {
                this.sessions.set(id, transport);
            },
            eventStore: new EventLog(),
            retryInterval: 500,
        });
        await fixture(this.options).connect(transport);
        return transport;
    }
}
