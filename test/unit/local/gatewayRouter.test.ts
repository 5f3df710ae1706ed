import assert from "node:assert/strict";
import { toolsPerPage } from "../../../agentcore/mcp";
import type { CallTarget } from "../../../local/gateway/mcpRouter";
import {
    echo,
    error,
    gatewayWith,
    post,
    recordingTarget,
    request,
    toolNamed,
} from "./gatewayFixture";

const fail: CallTarget = () => Promise.resolve({ result: "error", debugText: "RangeError: no" });

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
