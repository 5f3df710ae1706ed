import assert from "node:assert/strict";
import { exampleTools, FakeGateway } from "./agentFakeGateway";
import { FakeModel, toolNames, toolTexts } from "./agentFakeModel";
import { AgentProcess, buildAgent, sessionHeader } from "./agentProcess";

const searchTool = {
    name: "x_amz_bedrock_agentcore_search",
    description: "Searches the tools.",
    inputSchema: { type: "object", properties: { query: { type: "string" } } },
};

describe("The agent's tools", () => {
    let model: FakeModel;
    let gateways: FakeGateway[] = [];
    let agent: AgentProcess | undefined;

    before(() => {
        buildAgent();
    });

    beforeEach(async () => {
        model = await FakeModel.start();
        gateways = [await FakeGateway.start(), await FakeGateway.start()];
    });

    afterEach(async () => {
        await agent?.stop();
        model.stop();
        await Promise.all(gateways.map((gateway) => gateway.stop()));
    });

    const start = async (count: number, environment: Record<string, string> = {}) => {
        agent = await AgentProcess.start({
            GATEWAY_URL: gateways
                .slice(0, count)
                .map(({ url }) => url)
                .join(","),
            AWS_ENDPOINT_URL_BEDROCK_RUNTIME: model.url,
            ...environment,
        });
        return agent;
    };

    it("are none without a gateway, and the log says so", async () => {
        const bare = await start(0);
        const { body } = await bare.ask({ prompt: "Alone?" });
        assert.equal(body.response, "Hello.");
        assert.deepEqual(model.asked.map(toolNames), [[]]);
        assert.equal(bare.firstLine["message"], "No GATEWAY_URL: runs without tools");
    });

    it("have their gateway's place before a name that two gateways have", async () => {
        const [first, second] = gateways as [FakeGateway, FakeGateway];
        const only = { name: "b___only", description: "One.", inputSchema: { type: "object" } };
        second.tools = [...exampleTools.slice(0, 1), only];
        model.script = (asked) =>
            toolTexts(asked).length === 0
                ? { tools: [{ name: "g2_math___add_numbers", input: { a: 1, b: 1 } }] }
                : { text: "Done." };
        const { body } = await (await start(2)).ask({ prompt: "Add." });
        assert.equal(body.response, "Done.");
        assert.deepEqual(model.asked.map(toolNames)[0], [
            "g1_math___add_numbers",
            "math___multiply_numbers",
            "g2_math___add_numbers",
            "b___only",
        ]);
        assert.deepEqual(first.calls(), []);
        assert.equal(second.calls()[0]?.params.name, "math___add_numbers");
    });

    it("come from the first gateway, in the order of the configuration, that refuses", async () => {
        for (const gateway of gateways) {
            gateway.override = (_request, response) => {
                response.writeHead(403).end(`refused by ${gateway.port}`);
                return "taken";
            };
        }
        const { body } = await (await start(2)).ask({ prompt: "Who refuses?" });
        assert.equal(body.gateway?.url, gateways[0]?.url);
        assert.equal(body.gateway?.message, `refused by ${gateways[0]?.port}`);
    });

    it("may have names that Bedrock does not take", async () => {
        const name = `team.one___${"long_".repeat(30)}`;
        const [gateway] = gateways as [FakeGateway];
        gateway.tools = [{ name, inputSchema: { type: "object" } }];
        model.script = (asked) =>
            toolTexts(asked).length === 0
                ? { tools: [{ name: toolNames(asked)[0] ?? "", input: {} }] }
                : { text: "Done." };
        await (await start(1)).ask({ prompt: "Long." });
        assert.match(model.asked.map(toolNames)[0]?.[0] ?? "", /^[a-zA-Z0-9_-]{64}$/);
        assert.equal(gateway.calls()[0]?.params.name, name);
    });

    describe("when they are searched for", () => {
        const find = (gateway: FakeGateway, isStructured: boolean) => {
            gateway.tools = [searchTool, ...exampleTools];
            gateway.pageSize = 1;
            gateway.override = ({ method, params }) => {
                if (method !== "tools/call" || params.name !== searchTool.name) return undefined;
                const found = { tools: exampleTools.slice(0, 1) };
                const content = [{ type: "text", text: JSON.stringify(found) }];
                return {
                    result: isStructured ? { content: [], structuredContent: found } : { content },
                };
            };
        };

        for (const isStructured of [true, false]) {
            it(`begin with the search, which adds what it finds as ${isStructured ? "structure" : "text"}`, async () => {
                const [gateway] = gateways as [FakeGateway];
                find(gateway, isStructured);
                model.script = (asked) => {
                    const results = toolTexts(asked);
                    if (results.length === 0) {
                        return { tools: [{ name: searchTool.name, input: { query: "add" } }] };
                    }
                    return results.length === 1
                        ? { tools: [{ name: "math___add_numbers", input: { a: 2, b: 3 } }] }
                        : { text: results.join(" ") };
                };
                const searching = await start(1, { TOOL_LOADING: "search" });
                const headers = { [sessionHeader]: "session-searching-00000000000000001" };
                const { body } = await searching.ask({ prompt: "Add." }, headers);
                const found = { name: "math___add_numbers", description: "Adds two numbers." };
                assert.equal(body.response, `${JSON.stringify({ tools: [found] })} 5`);
                assert.deepEqual(model.asked.map(toolNames), [
                    [searchTool.name],
                    [searchTool.name, "math___add_numbers"],
                    [searchTool.name, "math___add_numbers"],
                ]);
                const lists = gateway.methods().filter((method) => method === "tools/list");
                assert.equal(lists.length, 1);
                await searching.ask({ prompt: "And again?" }, headers);
                const names = model.asked.map(toolNames).at(-1);
                assert.deepEqual(names, [searchTool.name, "math___add_numbers"]);
            });
        }

        it("have their gateway's place before each name with more than one gateway", async () => {
            for (const gateway of gateways) find(gateway, true);
            model.script = (asked) =>
                toolTexts(asked).length === 0
                    ? { tools: [{ name: `g2_${searchTool.name}`, input: { query: "add" } }] }
                    : { text: "Done." };
            await (await start(2, { TOOL_LOADING: "search" })).ask({ prompt: "Search." });
            const searches = [`g1_${searchTool.name}`, `g2_${searchTool.name}`];
            assert.deepEqual(model.asked.map(toolNames), [
                searches,
                [...searches, "g2_math___add_numbers"],
            ]);
        });

        it("are refused by a gateway without a search, by its name", async () => {
            const searching = await start(1, { TOOL_LOADING: "search" });
            const { body } = await searching.ask({ prompt: "Search." });
            assert.equal(body.errorType, "ToolSearchMissing");
            assert.equal(body.gateway?.url, gateways[0]?.url);
        });
    });
});
