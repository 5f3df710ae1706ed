import assert from "node:assert/strict";
import { toolSearchTool, toolsPerPage } from "../../../agentcore/mcp";
import { ToolSearch } from "../../../local/gateway/toolSearch";
import { gatewayWith, post, recordingTarget, request, toolNamed } from "./gatewayFixture";

const call = (args?: unknown) =>
    request("tools/call", {
        name: toolSearchTool.name,
        ...(args !== undefined && { arguments: args }),
    });

describe("A gateway with semantic search", () => {
    const gateway = (tools = [toolNamed("echo_message"), toolNamed("add_numbers")]) =>
        gatewayWith({
            toolSearch: new ToolSearch(),
            targets: [{ name: "echo-tools", targetId: "TARGET0001", tools }],
        });

    it("lists the search first, as AWS describes it", async () => {
        const { body } = await post(request("tools/list"), { gateway: gateway() });
        const tools = body?.result?.["tools"] as { name: string }[];
        assert.deepEqual(
            tools.map(({ name }) => name),
            [
                "x_amz_bedrock_agentcore_search",
                "echo-tools___echo_message",
                "echo-tools___add_numbers",
            ],
        );
        assert.deepEqual(tools[0], {
            name: "x_amz_bedrock_agentcore_search",
            description:
                "A special tool that returns a trimmed down list of tools given a context. Use this tool only when there are many tools available and you want to get a subset that matches the provided context.",
            inputSchema: {
                type: "object",
                properties: {
                    query: {
                        type: "string",
                        description: "search query to use for finding tools",
                    },
                },
                required: ["query"],
            },
        });
    });

    it("lists it once, on the first of many pages", async () => {
        const many = Array.from({ length: 2 * toolsPerPage }, (_, at) => toolNamed(`tool${at}`));
        const searched = gateway(many);
        const names: string[] = [];
        const sizes: number[] = [];
        let cursor: unknown;
        do {
            const params = cursor === undefined ? {} : { cursor };
            const { body } = await post(request("tools/list", params), { gateway: searched });
            const page = body?.result?.["tools"] as { name: string }[];
            names.push(...page.map(({ name }) => name));
            sizes.push(page.length);
            cursor = body?.result?.["nextCursor"];
        } while (cursor !== undefined);
        assert.deepEqual(sizes, [toolsPerPage, toolsPerPage, 1]);
        assert.deepEqual(names, [
            toolSearchTool.name,
            ...many.map(({ name }) => `echo-tools___${name}`),
        ]);
        const alone = await post(request("tools/list"), { gateway: gateway([]) });
        assert.equal((alone.body?.result?.["tools"] as unknown[]).length, 1);
    });

    it("answers the tools that fit, as structured content and as text", async () => {
        const { calls, callTarget } = recordingTarget();
        const answer = await post(call({ query: "adding numbers" }), {
            gateway: gateway(),
            callTarget,
        });
        const { name: _name, ...rest } = toolNamed("add_numbers");
        const tools = [{ name: "echo-tools___add_numbers", ...rest }];
        assert.deepEqual(answer.body?.result, {
            content: [{ type: "text", text: JSON.stringify({ tools }) }],
            structuredContent: { tools },
            isError: false,
        });
        assert.deepEqual([calls, answer.call], [[], undefined], "no target was called");
        const none = await post(call({ query: "zebra" }), { gateway: gateway() });
        assert.deepEqual(none.body?.result?.["structuredContent"], { tools: [] });
    });

    it("answers it to 2026-07-28 too", async () => {
        const _meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28" };
        const { body } = await post(
            request("tools/call", {
                ...{ name: toolSearchTool.name, arguments: { query: "add" }, _meta },
            }),
            {
                gateway: gateway(),
                headers: {
                    "mcp-protocol-version": "2026-07-28",
                    "mcp-method": "tools/call",
                    "mcp-name": toolSearchTool.name,
                },
            },
        );
        const found = body?.result?.["structuredContent"] as { tools: unknown[] } | undefined;
        assert.equal(found?.tools.length, 1, JSON.stringify(body));
    });

    it("refuses a query that is missing, empty or no text", async () => {
        for (const args of [undefined, {}, { query: "" }, { query: " \n" }, { query: 1 }]) {
            const { httpStatus, body } = await post(call(args), { gateway: gateway() });
            assert.equal(httpStatus, 200);
            assert.deepEqual(body?.error, {
                code: -32602,
                message: "Invalid params: query must be a text that is not empty",
            });
        }
    });

    it("is another one than a gateway without, which does not know the tool", async () => {
        const { body } = await post(call({ query: "add" }));
        assert.deepEqual(body?.error, {
            code: -32602,
            message: "Unknown tool: x_amz_bedrock_agentcore_search",
        });
        const listed = await post(request("tools/list"));
        assert.doesNotMatch(JSON.stringify(listed.body), /x_amz/);
    });
});
