import { ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import assert from "node:assert/strict";
import { connect } from "node:http2";
import { sigv4Fetch } from "../../../sigv4-fetch/src/index.js";
import { credentialsOf } from "../../helpers/localHub";
import { BedrockCloud, events, modelId, toolConfig, user } from "./bedrockFixture";

describe("The local Bedrock Runtime", () => {
    const bedrock = new BedrockCloud();
    before(() => bedrock.start());
    afterEach(() => {
        assert.deepEqual(bedrock.errors.splice(0), []);
    });
    after(() => bedrock.stop());

    const overHttp1 = () =>
        bedrock.client(bedrock.session(), { requestHandler: new NodeHttpHandler() });
    const messages = [user("add 3 and 4")];

    for (const [version, client] of [
        ["HTTP/2, as the SDK speaks it by default", () => bedrock.client()],
        ["HTTP/1.1", overHttp1],
    ] as const) {
        it(`answers Converse over ${version}`, async () => {
            const answer = await client().send(
                new ConverseCommand({ modelId, messages, toolConfig }),
            );
            const [block] = answer.output?.message?.content ?? [];
            assert.equal(answer.stopReason, "tool_use");
            assert.equal(block?.toolUse?.name, "add_numbers");
            assert.deepEqual(block.toolUse.input, { a: 3, b: 4 });
            const { inputTokens = 0, outputTokens = 0, totalTokens } = answer.usage ?? {};
            assert.ok(inputTokens > 0 && outputTokens > 0);
            assert.equal(totalTokens, inputTokens + outputTokens);
            assert.ok((answer.metrics?.latencyMs ?? -1) >= 0);
        });

        it(`streams ConverseStream over ${version}`, async () => {
            const all = await events(client(), { modelId, messages: [user("hello")] });
            const kinds = all.map((event) => Object.keys(event)[0]);
            const deltas = all.flatMap(
                ({ contentBlockDelta }) => contentBlockDelta?.delta?.text ?? [],
            );
            assert.ok(deltas.length > 2, "a text comes in several parts");
            assert.match(deltas.join(""), /^I have no tools, .* stand-in for a model/);
            assert.deepEqual(kinds.slice(0, 2), ["messageStart", "contentBlockDelta"]);
            assert.deepEqual(kinds.slice(-3), ["contentBlockStop", "messageStop", "metadata"]);
            assert.equal(all.at(-2)?.messageStop?.stopReason, "end_turn");
            assert.ok((all.at(-1)?.metadata?.usage?.totalTokens ?? 0) > 0);
        });
    }

    it("streams a tool call as its name, and its input in parts of JSON", async () => {
        const all = await events(bedrock.client(), { modelId, messages, toolConfig });
        const start = all.find(({ contentBlockStart }) => contentBlockStart)?.contentBlockStart;
        const input = all.map(
            ({ contentBlockDelta }) => contentBlockDelta?.delta?.toolUse?.input ?? "",
        );
        assert.equal(start?.start?.toolUse?.name, "add_numbers");
        assert.deepEqual(JSON.parse(input.join("")), { a: 3, b: 4 });
        assert.equal(all.at(-2)?.messageStop?.stopReason, "tool_use");
    });

    it("goes on with a tool's result, through each step to the answer", async () => {
        const conversation = [user("add 3 and 4, multiply by 10, greet Ann with it")];
        const results = [{ result: 7 }, { result: 70 }, { message: "Hello, Ann!" }];
        const inputs: unknown[] = [];
        for (const json of results) {
            const command = new ConverseCommand({ modelId, messages: conversation, toolConfig });
            const message = (await bedrock.client().send(command)).output?.message;
            const use = message?.content?.[0]?.toolUse;
            inputs.push(use?.input);
            const toolResult = { toolUseId: use?.toolUseId, content: [{ json }] };
            conversation.push(message ?? assert.fail(), {
                role: "user",
                content: [{ toolResult }],
            });
        }
        const command = new ConverseCommand({ modelId, messages: conversation, toolConfig });
        const { output, stopReason } = await bedrock.client().send(command);
        assert.deepEqual(inputs, [{ a: 3, b: 4 }, { a: 7, b: 10 }, { name: "Ann" }]);
        assert.equal(stopReason, "end_turn");
        assert.equal(
            output?.message?.content?.[0]?.text,
            "add_numbers answered: 7\nmultiply_numbers answered: 70\ngreet_user answered: Hello, Ann!",
        );
    });

    it("holds a text to maxTokens and to stop sequences", async () => {
        const ask = async (inferenceConfig: object) => {
            const command = new ConverseCommand({ modelId, messages, inferenceConfig });
            const { output, stopReason, usage } = await bedrock.client().send(command);
            return {
                stopReason,
                tokens: usage?.outputTokens,
                text: output?.message?.content?.[0]?.text,
            };
        };
        assert.deepEqual(await ask({ maxTokens: 3 }), {
            ...{ stopReason: "max_tokens", tokens: 3, text: "I have no" },
        });
        assert.deepEqual(await ask({ stopSequences: [" tools"] }), {
            ...{ stopReason: "stop_sequence", tokens: 3, text: "I have no" },
        });
    });

    it("asks for no tool where maxTokens cut off its input", async () => {
        const command = new ConverseCommand({
            ...{ modelId, messages, toolConfig, inferenceConfig: { maxTokens: 2 } },
        });
        const { output, stopReason } = await bedrock.client().send(command);
        assert.equal(stopReason, "max_tokens");
        assert.deepEqual(output?.message?.content, []);
    });

    it("names the operations that it does not emulate", async () => {
        const command = new InvokeModelCommand({ modelId, body: "{}" });
        await assert.rejects(bedrock.client().send(command), {
            name: "NotEmulated",
            message: /^NotEmulated: bedrock-runtime POST \/model\/us\.anthropic.*\/invoke\. /,
        });
    });

    it("refuses a request that is not signed, or signed for another service", async () => {
        const url = `${bedrock.cloud.endpoints.bedrockRuntime}/model/${modelId}/converse`;
        const init = { method: "POST", body: JSON.stringify({ messages }) };
        const unsigned = await fetch(url, init);
        assert.equal(unsigned.status, 403);
        assert.equal(
            unsigned.headers.get("x-amzn-errortype"),
            "MissingAuthenticationTokenException",
        );
        const credentials = credentialsOf(bedrock.session());
        const other = sigv4Fetch({
            service: "bedrock-agentcore",
            region: "us-east-1",
            credentials,
        });
        assert.equal((await other(url, init)).status, 403);
        const right = sigv4Fetch({ service: "bedrock", region: "us-east-1", credentials });
        assert.equal((await right(url, init)).status, 200);
    });

    it("serves loopback names only over HTTP/2 too", async () => {
        const session = connect(bedrock.cloud.url);
        const status = await new Promise((resolve) => {
            const stream = session.request({ ":path": "/sts", ":authority": "evil.example" });
            stream.on("response", (headers) => {
                resolve(headers[":status"]);
                stream.close();
            });
        });
        session.destroy();
        assert.equal(status, 403);
    });
});
