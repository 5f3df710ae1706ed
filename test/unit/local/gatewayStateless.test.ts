import assert from "node:assert/strict";
import { routeMcp } from "../../../local/gateway/mcpRouter";
import { gatewayWith, recordingTarget, toolNamed } from "./gatewayFixture";

const revision = "2026-07-28";
const echo = "echo-tools___echo_message";

interface Posted {
    headers?: Record<string, string>;
    params?: Record<string, unknown>;
    meta?: unknown;
    gateway?: ReturnType<typeof gatewayWith>;
    id?: number | undefined;
}

/** Posts a well-formed 2026-07-28 message, but for what is given. */
async function post(
    method: string,
    posted: Posted = {},
): Promise<{ status: number; body: unknown }> {
    const meta =
        "meta" in posted ? posted.meta : { "io.modelcontextprotocol/protocolVersion": revision };
    const id = "id" in posted ? posted.id : 1;
    const params = { ...posted.params, ...(meta !== undefined && { _meta: meta }) };
    const response = await routeMcp(
        posted.gateway ?? gatewayWith(),
        {
            headers: { "mcp-protocol-version": revision, "mcp-method": method, ...posted.headers },
            body: Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, method, params })),
            requestId: "request-1",
        },
        recordingTarget().callTarget,
    );
    const body = response.body === undefined ? undefined : (JSON.parse(response.body) as unknown);
    return { status: response.httpStatus, body };
}

function result(value: object): unknown {
    return { status: 200, body: { jsonrpc: "2.0", id: 1, result: value } };
}

function refused(code: number, message: string, data?: object): unknown {
    const error = { code, message, ...(data !== undefined && { data }) };
    return { status: 400, body: { jsonrpc: "2.0", id: 1, error } };
}

describe("A gateway's MCP endpoint in revision 2026-07-28", () => {
    it("introduces itself in server/discover", async () => {
        const gateway = gatewayWith({ instructions: "Be brief." });
        assert.deepEqual(
            await post("server/discover", { gateway }),
            result({
                supportedVersions: ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"],
                capabilities: { tools: { listChanged: true } },
                instructions: "Be brief.",
                ttlMs: 0,
                cacheScope: "private",
                _meta: {
                    "io.modelcontextprotocol/serverInfo": {
                        name: "agentcore-gateway",
                        version: "1.0.0",
                    },
                },
                resultType: "complete",
            }),
        );
    });

    it("lists tools, and says how long the list keeps", async () => {
        const tools = [{ ...toolNamed("echo_message"), name: echo }];
        assert.deepEqual(
            await post("tools/list"),
            result({ tools, ttlMs: 0, cacheScope: "private", resultType: "complete" }),
        );
    });

    for (const [how, header] of [
        ["as it is", echo],
        ["in base64", `=?base64?${Buffer.from(echo).toString("base64")}?=`],
    ] as const) {
        it(`calls a tool that Mcp-Name names ${how}`, async () => {
            const params = { name: echo, arguments: { message: "hi" } };
            assert.deepEqual(
                await post("tools/call", { params, headers: { "mcp-name": header } }),
                result({
                    content: [{ type: "text", text: '{"got":{"message":"hi"}}' }],
                    isError: false,
                    resultType: "complete",
                }),
            );
        });
    }

    it("has no initialize", async () => {
        const { status, body } = await post("initialize", {
            params: { protocolVersion: "2025-11-25" },
        });
        const error = { code: -32601, message: "Method not found: initialize" };
        assert.deepEqual([status, body], [200, { jsonrpc: "2.0", id: 1, error }]);
    });

    it("accepts notifications without Mcp-Method", async () => {
        const answer = await post("notifications/cancelled", {
            id: undefined,
            headers: { "mcp-method": "" },
        });
        assert.deepEqual(answer, { status: 202, body: undefined });
    });

    it("refuses a call whose Mcp-Method or Mcp-Name is missing or another", async () => {
        const params = { name: echo };
        assert.deepEqual(
            await post("tools/call", { params, headers: { "mcp-method": "tools/list" } }),
            refused(-32020, "Header mismatch: Mcp-Method tools/list, but the body has tools/call"),
        );
        assert.deepEqual(
            await post("tools/call", { params }),
            refused(-32020, `Header mismatch: no Mcp-Name, but the body has ${echo}`),
        );
        assert.deepEqual(
            await post("tools/call", { params, headers: { "mcp-name": "other" } }),
            refused(-32020, `Header mismatch: Mcp-Name other, but the body has ${echo}`),
        );
    });

    it("wants Mcp-Name to be the prompt, or the resource's URI", async () => {
        for (const [method, params, named] of [
            ["prompts/get", { name: "a___b" }, "a___b"],
            ["resources/read", { uri: "a://b" }, "a://b"],
        ] as const) {
            assert.deepEqual(
                await post(method, { params, headers: { "mcp-name": "other" } }),
                refused(-32020, `Header mismatch: Mcp-Name other, but the body has ${named}`),
            );
            const unknown = await post(method, { params, headers: { "mcp-name": named } });
            assert.equal(unknown.status, 200);
        }
    });

    it("refuses a body of another revision than the header's", async () => {
        assert.deepEqual(
            await post("ping", { headers: { "mcp-protocol-version": "2025-11-25" } }),
            refused(
                -32020,
                "Header mismatch: MCP-Protocol-Version 2025-11-25, but the body has 2026-07-28",
            ),
        );
    });

    it("refuses a body that does not name the revision", async () => {
        for (const meta of [undefined, {}, { AWS_REGION: "us-west-2" }, 7]) {
            assert.deepEqual(
                await post("ping", { meta }),
                refused(
                    -32602,
                    "Invalid params: _meta must have io.modelcontextprotocol/protocolVersion",
                ),
            );
        }
    });

    it("is refused by a gateway without it", async () => {
        const gateway = gatewayWith({ supportedVersions: ["2025-11-25"] });
        assert.deepEqual(
            await post("server/discover", { gateway }),
            refused(-32600, "Unsupported protocol version: 2026-07-28", {
                requested: "2026-07-28",
                supported: ["2025-11-25"],
            }),
        );
    });

    it("is not taken for granted where there is a _meta", async () => {
        const answer = await post("ping", {
            meta: { AWS_REGION: "us-west-2" },
            headers: { "mcp-protocol-version": "2025-11-25" },
        });
        assert.deepEqual(answer, result({}));
    });
});
