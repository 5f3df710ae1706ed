import assert from "node:assert/strict";
import { toolsPerPage } from "../../../agentcore/mcp";
import { routeMcp, type CallTarget, type GatewayView } from "../../../local/gateway/mcpRouter";
import { gatewayWith, recordingTarget, toolNamed } from "./gatewayFixture";

const legacy = { "mcp-protocol-version": "2025-11-25" };
const succeed: CallTarget = () => Promise.resolve({ result: "ok", payload: "done" });
const fail: CallTarget = () => Promise.resolve({ result: "error", debugText: "RangeError: no" });

interface Posted {
    headers?: Record<string, string | undefined>;
    gateway?: GatewayView;
    callTarget?: CallTarget;
}

interface Answer {
    httpStatus: number;
    body: { id?: unknown; result?: Record<string, unknown>; error?: unknown } | undefined;
    call: unknown;
}

async function post(body: unknown, posted: Posted = {}): Promise<Answer> {
    const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
    const response = await routeMcp(
        posted.gateway ?? gatewayWith(),
        { headers: posted.headers ?? legacy, body: bytes, requestId: "request-1" },
        posted.callTarget ?? succeed,
    );
    if (response.body !== undefined) {
        assert.equal(response.headers["content-type"], "application/json");
    }
    return {
        httpStatus: response.httpStatus,
        body:
            response.body === undefined ? undefined : (JSON.parse(response.body) as Answer["body"]),
        call: response.call,
    };
}

function request(method: string, params?: unknown, id: unknown = 1): Record<string, unknown> {
    return { jsonrpc: "2.0", id, method, ...(params !== undefined && { params }) };
}

function error(code: number, message: string, data?: unknown, id: unknown = 1): unknown {
    return { jsonrpc: "2.0", id, error: { code, message, ...(data !== undefined && { data }) } };
}

const echo = { name: "echo-tools___echo_message", arguments: { message: "hi" } };

describe("A gateway's MCP endpoint refuses", () => {
    for (const [what, body, httpStatus, answer] of [
        [
            "what is not JSON",
            Buffer.from("{"),
            400,
            error(-32700, "Parse error: the body is not JSON", undefined, null),
        ],
        [
            "what is not UTF-8",
            Buffer.from([0x22, 0xff, 0x22]),
            400,
            error(-32700, "Parse error: the body is not JSON", undefined, null),
        ],
        [
            "an empty body",
            Buffer.alloc(0),
            400,
            error(-32700, "Parse error: the body is not JSON", undefined, null),
        ],
        [
            "a body over 6 MB",
            Buffer.alloc(6 * 1024 * 1024 + 1),
            413,
            error(-32600, "Request too large: got 6291457 bytes, at most 6291456", undefined, null),
        ],
        [
            "a batch",
            [request("ping")],
            400,
            error(
                -32600,
                "Invalid request: batches are not supported, send one message per request",
                undefined,
                null,
            ),
        ],
        [
            "JSON that is no object",
            7,
            400,
            error(-32600, "Invalid request: not an object", undefined, null),
        ],
        [
            "another JSON-RPC",
            { ...request("ping"), jsonrpc: "1.0" },
            400,
            error(-32600, 'Invalid request: jsonrpc must be "2.0"', undefined, null),
        ],
        [
            "an answer",
            { jsonrpc: "2.0", id: 1, result: {} },
            400,
            error(-32600, "Invalid request: method must be a text", undefined, null),
        ],
        [
            "a null id",
            request("ping", {}, null),
            400,
            error(-32600, "Invalid request: id must be a text or a number", undefined, null),
        ],
        [
            "a list of params",
            request("ping", []),
            400,
            error(-32600, "Invalid request: params must be an object", undefined, null),
        ],
        [
            "an unknown method",
            request("prompts/list"),
            200,
            error(-32601, "Method not found: prompts/list"),
        ],
        [
            "server/discover before 2026-07-28",
            request("server/discover"),
            200,
            error(-32601, "Method not found: server/discover"),
        ],
        [
            "initialize without a version",
            request("initialize"),
            200,
            error(-32602, "Invalid params: protocolVersion must be a text"),
        ],
        [
            "a call without a name",
            request("tools/call", {}),
            200,
            error(-32602, "Invalid params: name must be a text"),
        ],
        [
            "arguments that are no object",
            request("tools/call", { ...echo, arguments: ["hi"] }),
            200,
            error(-32602, "Invalid params: arguments must be an object"),
        ],
        [
            "a tool's name without its target's",
            request("tools/call", { name: "echo_message" }),
            200,
            error(-32602, "Unknown tool: echo_message"),
        ],
        [
            "another target's tool",
            request("tools/call", { name: "other___echo_message" }),
            200,
            error(-32602, "Unknown tool: other___echo_message"),
        ],
        [
            "a cursor that it did not give",
            request("tools/list", { cursor: "MA" }),
            200,
            error(-32602, "Invalid params: cursor is not one of this gateway's"),
        ],
    ] as const) {
        it(what, async () => {
            const { calls, callTarget } = recordingTarget();
            const { httpStatus: status, body: got, call } = await post(body, { callTarget });
            assert.deepEqual([status, got, call, calls], [httpStatus, answer, undefined, []]);
        });
    }

    it("a revision that it does not have, in the header of any later message", async () => {
        const gateway = gatewayWith({ supportedVersions: ["2025-06-18"] });
        const data = { requested: "2025-11-25", supported: ["2025-06-18"] };
        for (const message of [
            request("tools/list"),
            { jsonrpc: "2.0", method: "notifications/initialized" },
        ]) {
            const { httpStatus, body } = await post(message, { gateway });
            const text = "Unsupported protocol version: 2025-11-25";
            const id = "id" in message ? 1 : null;
            assert.deepEqual([httpStatus, body], [400, error(-32600, text, data, id)]);
        }
    });

    it("a message without the header where it does not have 2025-03-26", async () => {
        const gateway = gatewayWith({ supportedVersions: ["2025-06-18"] });
        const { httpStatus, body } = await post(request("ping"), { gateway, headers: {} });
        const data = { requested: "2025-03-26", supported: ["2025-06-18"] };
        const text = "Unsupported protocol version: 2025-03-26";
        assert.deepEqual([httpStatus, body], [400, error(-32600, text, data)]);
        assert.equal((await post(request("ping"), { headers: {} })).httpStatus, 200);
    });
});

describe("A gateway's MCP endpoint", () => {
    for (const [requested, supported, answered] of [
        ["2025-06-18", ["2026-07-28", "2025-11-25", "2025-06-18"], "2025-06-18"],
        ["2025-11-25", ["2025-03-26"], "2025-03-26"],
        ["2024-11-05", ["2025-03-26", "2025-11-25"], "2025-11-25"],
        ["2026-07-28", ["2026-07-28", "2025-06-18"], "2025-06-18"],
    ] as const) {
        it(`answers initialize ${requested} with ${answered} of ${supported.join(", ")}`, async () => {
            const gateway = gatewayWith({
                supportedVersions: supported,
                instructions: "Be brief.",
            });
            const { httpStatus, body } = await post(
                request("initialize", { protocolVersion: requested }, "first"),
                { gateway, headers: {} },
            );
            assert.equal(httpStatus, 200);
            assert.deepEqual(body, {
                jsonrpc: "2.0",
                id: "first",
                result: {
                    protocolVersion: answered,
                    capabilities: { tools: { listChanged: true } },
                    serverInfo: { name: "agentcore-gateway", version: "1.0.0" },
                    instructions: "Be brief.",
                },
            });
        });
    }

    it("has no handshake where it has only 2026-07-28", async () => {
        const gateway = gatewayWith({ supportedVersions: ["2026-07-28"] });
        const message = request("initialize", { protocolVersion: "2025-11-25" });
        const { httpStatus, body } = await post(message, { gateway, headers: {} });
        const data = { requested: "2025-11-25", supported: ["2026-07-28"] };
        const text = "Unsupported protocol version: 2025-11-25";
        assert.deepEqual([httpStatus, body], [400, error(-32600, text, data)]);
    });

    it("accepts notifications without a word, and does not run them", async () => {
        const { calls, callTarget } = recordingTarget();
        for (const method of ["notifications/initialized", "tools/call"]) {
            const message = { jsonrpc: "2.0", method, params: echo };
            assert.deepEqual(await post(message, { callTarget }), {
                httpStatus: 202,
                body: undefined,
                call: undefined,
            });
        }
        assert.deepEqual(calls, []);
    });

    it("answers ping", async () => {
        const { body } = await post(request("ping", undefined, 0));
        assert.deepEqual(body, { jsonrpc: "2.0", id: 0, result: {} });
    });

    it("lists the tools of all targets with the targets' names before theirs", async () => {
        const outputSchema = { type: "object" } as const;
        const gateway = gatewayWith({
            targets: [
                { name: "a", targetId: "1", tools: [toolNamed("x"), toolNamed("y")] },
                { name: "b", targetId: "2", tools: [toolNamed("x", { outputSchema })] },
            ],
        });
        const { body } = await post(request("tools/list"), { gateway });
        assert.deepEqual(body?.result, {
            tools: [
                { ...toolNamed("x"), name: "a___x" },
                { ...toolNamed("y"), name: "a___y" },
                { ...toolNamed("x", { outputSchema }), name: "b___x" },
            ],
        });
    });

    it("pages long lists, each tool once and in order", async () => {
        const names = Array.from({ length: 2 * toolsPerPage }, (_, index) => `tool${index}`);
        const gateway = gatewayWith({
            targets: [{ name: "t", targetId: "1", tools: names.map((name) => toolNamed(name)) }],
        });
        const first = await post(request("tools/list"), { gateway });
        const { nextCursor } = first.body?.result ?? {};
        const last = await post(request("tools/list", { cursor: nextCursor }), { gateway });
        assert.equal(last.body?.result?.["nextCursor"], undefined);
        const listed = [first, last].map(
            ({ body }) => body?.result?.["tools"] as { name: string }[],
        );
        assert.deepEqual(
            listed.map((tools) => tools.length),
            [toolsPerPage, toolsPerPage],
        );
        assert.deepEqual(
            listed.flat().map(({ name }) => name),
            names.map((name) => `t___${name}`),
        );
        const other = { ...gateway, gatewayId: "other-0123456789" };
        const elsewhere = await post(request("tools/list", { cursor: nextCursor }), {
            gateway: other,
        });
        assert.ok(elsewhere.body?.error, "a cursor is good for its own gateway only");
    });

    it("calls the target with the arguments and AWS's client context", async () => {
        const { calls, callTarget } = recordingTarget();
        const { httpStatus, body, call } = await post(request("tools/call", echo, 7), {
            callTarget,
        });
        const [target] = gatewayWith().targets;
        assert.deepEqual(calls, [
            [
                target,
                "echo_message",
                { message: "hi" },
                {
                    custom: {
                        bedrockAgentCoreMessageVersion: "1.0",
                        bedrockAgentCoreAwsRequestId: "request-1",
                        bedrockAgentCoreMcpMessageId: "7",
                        bedrockAgentCoreGatewayId: "tools-0123456789",
                        bedrockAgentCoreTargetId: "TARGET0001",
                        bedrockAgentCoreToolName: "echo-tools___echo_message",
                    },
                },
            ],
        ]);
        assert.equal(httpStatus, 200);
        assert.deepEqual(body?.result, {
            content: [{ type: "text", text: '{"got":{"message":"hi"}}' }],
            isError: false,
        });
        assert.deepEqual(call, { tool: "echo-tools___echo_message", outcome: "ok" });
    });

    it("calls the target with no arguments where there are none", async () => {
        const { calls, callTarget } = recordingTarget();
        await post(request("tools/call", { name: echo.name }), { callTarget });
        assert.deepEqual(calls[0]?.[2], {});
    });

    it("splits a tool's name at the first three underscores", async () => {
        const { calls, callTarget } = recordingTarget();
        const targets = [{ name: "t", targetId: "1", tools: [toolNamed("_a___b")] }];
        const gateway = gatewayWith({ targets });
        await post(request("tools/call", { name: "t____a___b" }), { gateway, callTarget });
        assert.equal(calls[0]?.[1], "_a___b");
    });

    for (const [payload, text] of [
        ["done", '"done"'],
        [null, "null"],
        [undefined, "null"],
        [{ statusCode: 200, body: "x" }, '{"statusCode":200,"body":"x"}'],
    ] as const) {
        it(`gives the JSON text ${text} of a target's answer`, async () => {
            const callTarget: CallTarget = () => Promise.resolve({ result: "ok", payload });
            const { body } = await post(request("tools/call", echo), { callTarget });
            assert.deepEqual(body?.result?.["content"], [{ type: "text", text }]);
        });
    }

    it("gives structured content only where the tool declares its output", async () => {
        const tools = [toolNamed("typed", { outputSchema: { type: "object" } })];
        const gateway = gatewayWith({ targets: [{ name: "t", targetId: "1", tools }] });
        const { callTarget } = recordingTarget();
        const message = request("tools/call", { name: "t___typed" });
        const { body } = await post(message, { gateway, callTarget });
        assert.deepEqual(body?.result?.["structuredContent"], { got: {} });
    });

    it("tells nothing of why a target failed", async () => {
        const answer = await post(request("tools/call", echo), { callTarget: fail });
        const text = "An internal error occurred. Please retry later.";
        assert.equal(answer.httpStatus, 200);
        assert.deepEqual(answer.body?.result, { content: [{ type: "text", text }], isError: true });
        assert.deepEqual(answer.call, { tool: "echo-tools___echo_message", outcome: "error" });
    });

    it("tells why a target failed where its exception level is DEBUG", async () => {
        const gateway = gatewayWith({ exceptionLevel: "DEBUG" });
        const { body } = await post(request("tools/call", echo), { gateway, callTarget: fail });
        const content = { type: "text", text: "RangeError: no" };
        assert.deepEqual(body?.result, {
            content: [content],
            isError: true,
            _meta: { debug: content },
        });
    });

    it("does not hide that the target could not be asked", async () => {
        const callTarget: CallTarget = () => Promise.reject(new Error("a bug"));
        await assert.rejects(post(request("tools/call", echo), { callTarget }), /a bug/);
    });
});
