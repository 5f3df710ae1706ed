import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NotALoopbackUrl, openAiModel } from "../../../local/bedrock/openAiModel";
import { BedrockCloud, events, modelId, toolConfig, user } from "./bedrockFixture";

type Answer = (response: ServerResponse, body: Record<string, unknown>) => void;

/** Sends each part as an event of a stream. */
const streamed =
    (...chunks: unknown[]): Answer =>
    (response) => {
        response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
        for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
        response.end("data: [DONE]\n\n");
    };
const delta = (content: string) => ({ choices: [{ delta: { content } }] });
const finish = (reason: string) => ({ choices: [{ delta: {}, finish_reason: reason }] });
const usage = { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } };

describe("The local Bedrock Runtime with a model server", () => {
    const bedrock = new BedrockCloud();
    const requests: { url: string | undefined; body: Record<string, unknown> }[] = [];
    let server: Server;
    let answer: Answer;
    before(async () => {
        server = createServer((request: IncomingMessage, response) => {
            void (async () => {
                const parts: Buffer[] = [];
                for await (const part of request) parts.push(part as Buffer);
                const body = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>;
                requests.push({ url: request.url, body });
                answer(response, body);
            })();
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        await bedrock.start({
            models: { baseUrl: `http://localhost:${port}/v1/`, modelId: "qwen" },
        });
    });
    beforeEach(() => requests.splice(0));
    afterEach(() => {
        assert.deepEqual(bedrock.errors.splice(0), []);
    });
    after(async () => {
        await bedrock.stop();
        server.close();
        server.closeAllConnections();
    });

    it("passes a conversation on, with tools, results and limits", async () => {
        answer = streamed(delta("Hel"), delta("lo"), finish("stop"), usage);
        const command = new ConverseCommand({
            modelId,
            system: [{ text: "Be short." }],
            messages: [
                user("add"),
                {
                    role: "assistant",
                    content: [
                        { text: "I add." },
                        { toolUse: { toolUseId: "t1", name: "add_numbers", input: { a: 1 } } },
                    ],
                },
                {
                    role: "user",
                    content: [
                        {
                            toolResult: {
                                toolUseId: "t1",
                                status: "error",
                                content: [{ text: "no b" }],
                            },
                        },
                    ],
                },
            ],
            inferenceConfig: { maxTokens: 9, temperature: 0.5, topP: 0.25, stopSequences: ["x"] },
            toolConfig: { ...toolConfig, toolChoice: { any: {} } },
        });
        const { output, stopReason, usage: used } = await bedrock.client().send(command);
        assert.deepEqual(output?.message?.content, [{ text: "Hello" }]);
        assert.equal(stopReason, "end_turn");
        assert.deepEqual([used?.inputTokens, used?.outputTokens, used?.totalTokens], [5, 2, 7]);
        const [{ url, body: { tools, ...body } } = assert.fail()] = requests;
        assert.equal(url, "/v1/chat/completions");
        assert.deepEqual(body, {
            model: "qwen",
            messages: [
                { role: "system", content: "Be short." },
                { role: "user", content: "add" },
                {
                    role: "assistant",
                    content: "I add.",
                    tool_calls: [
                        {
                            id: "t1",
                            type: "function",
                            function: { name: "add_numbers", arguments: '{"a":1}' },
                        },
                    ],
                },
                { role: "tool", tool_call_id: "t1", content: "Error: no b" },
            ],
            stream: true,
            stream_options: { include_usage: true },
            max_tokens: 9,
            temperature: 0.5,
            top_p: 0.25,
            stop: ["x"],
            tool_choice: "required",
        });
        assert.deepEqual((tools as { function: object }[])[2]?.function, {
            name: "greet_user",
            description: "Greet a user by name",
            parameters: toolConfig.tools[2]?.toolSpec.inputSchema.json,
        });
    });

    it("streams text and tool calls back, each in a block of its own", async () => {
        const call = (index: number, id?: string, name?: string, args?: string) => ({
            choices: [
                { delta: { tool_calls: [{ index, id, function: { name, arguments: args } }] } },
            ],
        });
        answer = streamed(
            delta("Well"),
            call(0, "c0", "add_numbers", '{"a":'),
            call(0, undefined, undefined, "1}"),
            call(1, "c1", "greet_user", "{}"),
            finish("tool_calls"),
        );
        const all = await events(bedrock.client(), { modelId, messages: [user("x")], toolConfig });
        assert.deepEqual(
            all.slice(0, -1).map((event) => JSON.parse(JSON.stringify(event)) as unknown),
            [
                { messageStart: { role: "assistant" } },
                { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Well" } } },
                { contentBlockStop: { contentBlockIndex: 0 } },
                {
                    contentBlockStart: {
                        contentBlockIndex: 1,
                        start: { toolUse: { toolUseId: "c0", name: "add_numbers" } },
                    },
                },
                {
                    contentBlockDelta: {
                        contentBlockIndex: 1,
                        delta: { toolUse: { input: '{"a":' } },
                    },
                },
                {
                    contentBlockDelta: {
                        contentBlockIndex: 1,
                        delta: { toolUse: { input: "1}" } },
                    },
                },
                { contentBlockStop: { contentBlockIndex: 1 } },
                {
                    contentBlockStart: {
                        contentBlockIndex: 2,
                        start: { toolUse: { toolUseId: "c1", name: "greet_user" } },
                    },
                },
                {
                    contentBlockDelta: {
                        contentBlockIndex: 2,
                        delta: { toolUse: { input: "{}" } },
                    },
                },
                { contentBlockStop: { contentBlockIndex: 2 } },
                { messageStop: { stopReason: "tool_use" } },
            ],
        );
    });

    it("says what the server refuses, and what it answers that is no stream", async () => {
        const ask = () =>
            bedrock.client().send(new ConverseCommand({ modelId, messages: [user("x")] }));
        answer = (response) => response.writeHead(404).end('{"error":"model qwen not found"}');
        await assert.rejects(ask(), {
            name: "ModelErrorException",
            message: /chat\/completions answered 404: .*model qwen not found/,
        });
        answer = (response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>");
        await assert.rejects(ask(), { message: /answered text\/html; must be text\/event-stream/ });
        answer = (response) => response.writeHead(302, { location: "http://example.org/" }).end();
        await assert.rejects(ask(), { name: "ModelErrorException", message: /cannot be reached/ });
    });

    it("breaks a stream off with an exception where the server does", async () => {
        const ask = () => events(bedrock.client(), { modelId, messages: [user("x")] });
        answer = (response) => {
            response.writeHead(200, { "content-type": "text/event-stream" });
            response.write(`data: ${JSON.stringify(delta("Hel"))}\n\n`, () => response.destroy());
        };
        await assert.rejects(ask(), { name: "ModelStreamErrorException" });
        answer = streamed(delta("Hel"), { error: { message: "out of memory" } });
        await assert.rejects(ask(), {
            name: "ModelStreamErrorException",
            message: /out of memory/,
        });
        answer = streamed(delta("Hel"));
        await assert.rejects(ask(), { message: /broke off in the middle/ });
    });

    for (const version of ["HTTP/2", "HTTP/1.1"]) {
        it(`leaves the server when its client leaves over ${version}`, async () => {
            const left = new Promise<void>((resolve) => {
                answer = (response) => {
                    response.once("close", resolve);
                    response.writeHead(200, { "content-type": "text/event-stream" });
                    response.write(`data: ${JSON.stringify(delta("Hel"))}\n\n`);
                };
            });
            const { NodeHttpHandler } = await import("@smithy/node-http-handler");
            const config = version === "HTTP/2" ? {} : { requestHandler: new NodeHttpHandler() };
            const client = bedrock.client(bedrock.session(), config);
            const { ConverseStreamCommand } = await import("@aws-sdk/client-bedrock-runtime");
            const command = new ConverseStreamCommand({ modelId, messages: [user("x")] });
            const abort = new AbortController();
            const { stream } = await client.send(command, { abortSignal: abort.signal });
            for await (const event of stream ?? []) {
                if (event.contentBlockDelta !== undefined) break;
            }
            abort.abort();
            client.destroy();
            await left;
        });
    }

    it("says when no server is there", async () => {
        const model = openAiModel({ baseUrl: "http://127.0.0.1:9/v1" });
        const input = { modelId, system: [], messages: [], tools: [], stopSequences: [] };
        const answers = model.converse(
            { ...input, toolChoice: { kind: "auto" } },
            new AbortController().signal,
        );
        await assert.rejects(async () => {
            for await (const _event of answers) assert.fail("an event");
        }, /ModelErrorException|127\.0\.0\.1:9\/v1\/chat\/completions cannot be reached \(.*\)\. Start it/);
    });

    it("takes loopback addresses only", () => {
        for (const baseUrl of [
            "http://example.org/v1",
            "http://127.0.0.1.example.org",
            "http://localhost.example.org",
            "ftp://127.0.0.1",
            "http://10.0.0.1/v1",
            "127.0.0.1:11434",
            "",
        ]) {
            assert.throws(() => openAiModel({ baseUrl }), NotALoopbackUrl, baseUrl);
        }
        for (const baseUrl of [
            "http://localhost:1/v1",
            "http://[::1]:1/v1",
            "https://127.0.0.1/v1",
        ]) {
            assert.doesNotThrow(() => openAiModel({ baseUrl }), baseUrl);
        }
    });
});
