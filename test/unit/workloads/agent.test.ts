import assert from "node:assert/strict";
import { exampleTools, FakeGateway, toolText } from "./agentFakeGateway";
import { FakeModel, toolNames, toolTexts, type Asked, type Say } from "./agentFakeModel";
import { AgentProcess, buildAgent, sessionHeader } from "./agentProcess";

const add: Say = { tools: [{ name: "math___add_numbers", input: { a: 3, b: 4 } }] };

/** Calls add once, and then says what it gave. */
const addOnce = (asked: Asked): Say => {
    const results = toolTexts(asked);
    return results.length === 0 ? add : { text: `It is ${results.join(" and ")}.` };
};

describe("The agent", () => {
    let model: FakeModel;
    let gateway: FakeGateway;
    let agent: AgentProcess;

    before(async () => {
        buildAgent();
        model = await FakeModel.start();
        gateway = await FakeGateway.start();
        agent = await AgentProcess.start({
            GATEWAY_URL: gateway.url,
            GATEWAY_REGION: "eu-west-1",
            AWS_ENDPOINT_URL_BEDROCK_RUNTIME: model.url,
            BEDROCK_MODEL_ID: "us.anthropic.claude-test-v1:0",
            SYSTEM_PROMPT: "Be brief.",
            MAX_TURNS: "4",
        });
    });

    beforeEach(() => {
        model.asked.length = 0;
        gateway.requests.length = 0;
        gateway.override = () => undefined;
        gateway.tools = exampleTools;
        gateway.pageSize = 100;
        gateway.sessions = undefined;
    });

    after(async () => {
        await agent.stop();
        model.stop();
        await gateway.stop();
    });

    it("is healthy, since when it has been so", async () => {
        const before = Math.floor(Date.now() / 1000);
        const { status, text } = await agent.send("GET", "/ping");
        const health = JSON.parse(text) as { status: string; time_of_last_update: number };
        assert.deepEqual([status, health.status], [200, "Healthy"]);
        assert.ok(health.time_of_last_update <= before && health.time_of_last_update > 1.7e9);
    });

    it("is busy while it answers", async () => {
        model.script = async () => ({ text: (await agent.send("GET", "/ping")).text });
        const { body } = await agent.ask({ prompt: "Are you busy?" });
        assert.match(body.response ?? "", /"HealthyBusy"/);
        assert.match((await agent.send("GET", "/ping")).text, /"Healthy"/);
    });

    it("answers a prompt with what a tool gave, its time, the usage and the reason for the end", async () => {
        model.script = addOnce;
        const { status, body } = await agent.ask({ prompt: "What is 3 and 4?" });
        const { toolCalls = [], milliseconds, ...rest } = body;
        assert.equal(status, 200);
        assert.deepEqual(rest, {
            response: "It is 7.",
            status: "success",
            usage: { inputTokens: 20, outputTokens: 10, totalTokens: 30 },
            stopReason: "endTurn",
        });
        assert.deepEqual(
            toolCalls.map(({ name, isError }) => ({ name, isError })),
            [{ name: "math___add_numbers", isError: false }],
        );
        assert.ok(toolCalls.every(({ milliseconds: each }) => each > 0));
        assert.ok((milliseconds?.total ?? 0) > (milliseconds?.model ?? Infinity));
    });

    it("signs for Bedrock with its own region, and for the gateway with the gateway's", async () => {
        model.script = addOnce;
        await agent.ask({ prompt: "Sign." });
        const scope = (text = "") => /\/(\w+-\w+-\d\/[\w-]+)\/aws4_request/.exec(text)?.[1];
        assert.equal(scope(model.authorizations.at(-1)), "us-east-1/bedrock");
        const scopes = gateway.requests.map(({ headers }) => scope(headers.authorization));
        assert.deepEqual([...new Set(scopes)], ["eu-west-1/bedrock-agentcore"]);
    });

    it("asks the model that is configured, with the system prompt and the tools' schemas", async () => {
        model.script = () => ({ text: "Yes." });
        await agent.ask({ message: "By message." });
        const [asked] = model.asked;
        assert.equal(asked?.modelId, "us.anthropic.claude-test-v1:0");
        assert.deepEqual(asked.system, [{ text: "Be brief." }]);
        assert.deepEqual(asked.messages[0]?.content, [{ text: "By message." }]);
        assert.deepEqual(
            asked.toolConfig?.tools.map(({ toolSpec }) => toolSpec.inputSchema.json),
            exampleTools.map(({ inputSchema }) => inputSchema),
        );
    });

    it("loads every page of tools, but not the search over them", async () => {
        const search = { name: "x_amz_bedrock_agentcore_search", inputSchema: { type: "object" } };
        const many = Array.from({ length: 5 }, (_, index) => ({
            name: `t___tool_${index}`,
            description: "A tool.",
            inputSchema: { type: "object" },
        }));
        gateway.tools = [search, ...many];
        gateway.pageSize = 2;
        model.script = () => ({ text: "Yes." });
        await agent.ask({ prompt: "Page." });
        assert.deepEqual(model.asked.map(toolNames), [many.map(({ name }) => name)]);
        assert.equal(gateway.methods().filter((method) => method === "tools/list").length, 3);
    });

    it("streams text, each tool's start and end, and the answer", async () => {
        model.script = addOnce;
        const events = await agent.stream("What is 3 and 4?");
        assert.deepEqual(
            events.map(({ type }) => type),
            ["toolStart", "toolEnd", "text", "text", "text", "result"],
        );
        const [start, end] = events;
        assert.deepEqual(start?.input, { a: 3, b: 4 });
        assert.equal(start.name, "math___add_numbers");
        assert.equal(end?.id, start.id);
        assert.equal(end?.isError, false);
        assert.equal(events.map(({ text = "" }) => text).join(""), "It is 7.");
        assert.deepEqual([events.at(-1)?.response, events.at(-1)?.status], ["It is 7.", "success"]);
    });

    it("streams to who names event streams first, and only to those", async () => {
        model.script = () => ({ text: "Yes." });
        const type = async (accept: string) =>
            (await agent.send("POST", "/invocations", { accept }, '{"prompt":"Type."}')).headers[
                "content-type"
            ];
        assert.equal(await type("text/event-stream, application/json"), "text/event-stream");
        assert.equal(await type("application/json, text/event-stream"), "application/json");
        assert.equal(await type("*/*"), "application/json");
    });

    it("keeps each session's conversation, and none without a session", async () => {
        model.script = ({ messages }) => ({ text: `${messages.length} messages` });
        const ask = async (session?: string) =>
            (await agent.ask({ prompt: "Count." }, session ? { [sessionHeader]: session } : {}))
                .body.response;
        assert.equal(await ask("session-one-000000000000000000000001"), "1 messages");
        assert.equal(await ask("session-one-000000000000000000000001"), "3 messages");
        assert.equal(await ask("session-two-000000000000000000000002"), "1 messages");
        assert.equal(await ask(), "1 messages");
        assert.equal(await ask(), "1 messages");
    });

    it("leaves the conversation as it was when a turn fails", async () => {
        const headers = { [sessionHeader]: "session-failing-00000000000000000001" };
        model.script = () => ({ text: "First." });
        await agent.ask({ prompt: "One" }, headers);
        model.script = () => ({ status: 400, type: "ValidationException", message: "no" });
        assert.equal((await agent.ask({ prompt: "Two" }, headers)).body.status, "error");
        model.script = ({ messages }) => ({ text: `${messages.length}` });
        assert.equal((await agent.ask({ prompt: "Three" }, headers)).body.response, "3");
    });

    it("answers fifty sessions at once, each with its own", async () => {
        model.script = (asked) => {
            const said = asked.messages.flatMap(({ content }) =>
                content.flatMap(({ text }) => (text === undefined ? [] : [text])),
            );
            const a = Number(said.at(-1));
            const results = toolTexts(asked);
            return results.length < said.length
                ? { tools: [{ name: "math___add_numbers", input: { a, b: 1000 } }] }
                : { text: `${said.length}:${results.at(-1)}` };
        };
        const ids = Array.from({ length: 50 }, (_, index) => index);
        const turn = (index: number) =>
            agent.ask(
                { prompt: String(index) },
                { [sessionHeader]: `session-${String(index).padStart(30, "0")}` },
            );
        const answers = await Promise.all(ids.map(turn));
        assert.deepEqual(
            answers.map(({ body }) => body.response),
            ids.map((index) => `1:${1000 + index}`),
        );
    });

    it("gives the model a tool's error as an error, and goes on", async () => {
        gateway.override = ({ method }) =>
            method === "tools/call" ? { result: toolText("Division by zero", true) } : undefined;
        model.script = addOnce;
        const { body } = await agent.ask({ prompt: "Divide." });
        assert.equal(body.response, "It is Division by zero.");
        assert.equal(body.toolCalls?.[0]?.isError, true);
        const [, , results] = model.asked.at(-1)?.messages ?? [];
        assert.equal(results?.content[0]?.toolResult?.status, "error");
    });

    it("gives the model what the gateway says against one call", async () => {
        const error = { code: -32002, message: "Tool Execution Denied: no policy applies" };
        gateway.override = ({ method }) => (method === "tools/call" ? { error } : undefined);
        model.script = addOnce;
        const { body } = await agent.ask({ prompt: "Denied." });
        assert.equal(body.response, `It is ${error.message}.`);
        assert.equal(body.toolCalls?.[0]?.isError, true);
    });

    it("tells a model that asks for a tool that is not there so", async () => {
        model.script = (asked) =>
            toolTexts(asked).length === 0
                ? { tools: [{ name: "no___such_tool", input: {} }] }
                : { text: toolTexts(asked).join() };
        const { body } = await agent.ask({ prompt: "Invent." });
        assert.match(body.response ?? "", /no___such_tool.*not found/);
        assert.deepEqual(gateway.calls(), []);
    });

    it("stops a model that never has enough", async () => {
        model.script = () => add;
        const { body } = await agent.ask({ prompt: "Go on." });
        assert.equal(body.errorType, "TurnLimit");
        assert.match(body.error ?? "", /4 turns \(MAX_TURNS\), with 4 tool calls/);
        assert.equal(model.asked.length, 4);
    });

    it("begins a new MCP session when the gateway's is over", async () => {
        gateway.sessions = new Set();
        model.script = addOnce;
        const headers = { [sessionHeader]: "session-expiring-0000000000000000001" };
        await agent.ask({ prompt: "Once." }, headers);
        gateway.sessions.clear();
        model.script = (asked) =>
            toolTexts(asked).length < 2 ? add : { text: toolTexts(asked).join() };
        const { body } = await agent.ask({ prompt: "Again." }, headers);
        assert.equal(body.response, "7,7");
        assert.equal(gateway.methods().filter((method) => method === "initialize").length, 2);
    });
});
