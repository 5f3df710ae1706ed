import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import {
    Client,
    StreamableHTTPClientTransport,
    type ClientOptions,
} from "@modelcontextprotocol/client";
import { routeMcp, type CallTarget, type GatewayView } from "../../../local/gateway/mcpRouter";
import { toolsPerPage } from "../../../agentcore/mcp";
import { gatewayWith, toolNamed } from "./gatewayFixture";

const many = Array.from({ length: toolsPerPage }, (_, index) => toolNamed(`tool${index}`));
const gateway = gatewayWith({
    instructions: "Be brief.",
    targets: [
        {
            name: "echo-tools",
            targetId: "TARGET0001",
            tools: [
                toolNamed("echo_message"),
                toolNamed("typed", { outputSchema: { type: "object" } }),
                toolNamed("broken"),
            ],
        },
        { name: "many", targetId: "TARGET0002", tools: many },
    ],
});
const callTarget: CallTarget = (_target, tool, args) =>
    Promise.resolve(
        tool === "broken" ? { result: "error", debugText: "why" } : { result: "ok", payload: args },
    );

describe("The MCP SDK's client, at a gateway", () => {
    let served: GatewayView = gateway;
    let server: Server;
    let url: URL;
    const clients: Client[] = [];

    before(async () => {
        server = createServer((request, response) => void answer(request, response));
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
    });
    afterEach(async () => {
        await Promise.all(clients.splice(0).map((client) => client.close()));
        served = gateway;
    });
    after(() => {
        server.closeAllConnections();
        server.close();
    });

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        if (request.method !== "POST") {
            response.writeHead(405).end();
            return;
        }
        const headers = request.headers as Record<string, string | undefined>;
        const body = await buffer(request);
        const answered = await routeMcp(served, { headers, body, requestId: "r" }, callTarget);
        response.writeHead(answered.httpStatus, answered.headers).end(answered.body);
    }

    async function connect(options?: ClientOptions): Promise<Client> {
        const client = new Client({ name: "test", version: "1" }, options);
        clients.push(client);
        await client.connect(new StreamableHTTPClientTransport(url));
        return client;
    }

    for (const [how, options, revision] of [
        ["by its default", undefined, "2025-11-25"],
        ["when it may choose", { versionNegotiation: { mode: "auto" } }, "2026-07-28"],
    ] as const) {
        it(`speaks ${revision} ${how}: discovers, lists, calls`, async () => {
            const client = await connect(options);
            assert.equal(client.getNegotiatedProtocolVersion(), revision);
            assert.deepEqual(client.getServerVersion(), {
                name: "agentcore-gateway",
                version: "1.0.0",
            });
            assert.equal(client.getInstructions(), "Be brief.");

            const { tools } = await client.listTools();
            assert.equal(tools.length, 3 + toolsPerPage);
            assert.equal(tools[0]?.name, "echo-tools___echo_message");

            const args = { message: "grüße" };
            const said = await client.callTool({
                name: "echo-tools___echo_message",
                arguments: args,
            });
            assert.deepEqual(said.content, [{ type: "text", text: JSON.stringify(args) }]);
            assert.equal(said.isError, false);

            const typed = await client.callTool({ name: "echo-tools___typed", arguments: args });
            assert.deepEqual(typed.structuredContent, args);

            const broken = await client.callTool({ name: "echo-tools___broken", arguments: args });
            assert.equal(broken.isError, true);

            await assert.rejects(client.callTool({ name: "echo-tools___none" }), {
                code: -32602,
                message: "Unknown tool: echo-tools___none",
            });
        });
    }

    it("falls back to the handshake where the gateway has no 2026-07-28", async () => {
        served = gatewayWith({ supportedVersions: ["2025-06-18", "2025-03-26"] });
        const client = await connect({ versionNegotiation: { mode: "auto" } });
        assert.equal(client.getNegotiatedProtocolVersion(), "2025-06-18");
        assert.equal((await client.listTools()).tools.length, 1);
    });

    it("comes by what a gateway without supportedVersions speaks", async () => {
        served = gatewayWith({ supportedVersions: ["2025-03-26"] });
        const client = await connect();
        assert.equal(client.getNegotiatedProtocolVersion(), "2025-03-26");
        assert.equal((await client.listTools()).tools.length, 1);
    });
});
