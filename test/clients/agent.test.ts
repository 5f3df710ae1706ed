import assert from "node:assert/strict";
import {
    BedrockAgentCoreClient,
    type BedrockAgentCoreServiceException,
    InvokeAgentRuntimeCommand,
    type InvokeAgentRuntimeCommandInput,
} from "@aws-sdk/client-bedrock-agentcore";
import { eventsIn, type AgentAnswer, type StreamedEvent } from "../unit/workloads/agentProcess";
import { ArticleAgent } from "./articleAgent";
import { pythonOrSkip, type PythonEnvironment } from "./python";
import { ServedHub } from "./servedHub";

const prompt = "Add 3 and 4, multiply the result by 10, greet Ann.";
const steps = [
    "calculator___add_numbers answered: 7",
    "calculator___multiply_numbers answered: 70",
    "calculator___greet_user answered: Hello, Ann! Welcome to AgentCore Runtime.",
];
const tools = [
    "calculator___add_numbers",
    "calculator___multiply_numbers",
    "calculator___greet_user",
];
const shortSession = "s".repeat(32);
const longEnough = "s".repeat(33);

describe("real clients and a spoke's agent", () => {
    let hub: ServedHub;

    before(async () => {
        hub = new ServedHub();
        await hub.start();
    });
    after(() => hub.stop());

    describe("boto3's invoke_agent_runtime", () => {
        type Answer = {
            status?: number;
            type?: string;
            error?: string;
            body?: AgentAnswer;
            events?: StreamedEvent[];
        };
        let python: PythonEnvironment;
        let answers: Record<string, Answer>;

        before(async function () {
            python = await pythonOrSkip(this, "requirements-article.txt");
            answers = (await invoke("account-b"))["account-b"] ?? assert.fail("no answers");
        });
        const invoke = async (...profiles: string[]) => {
            const { stdout, stderr } = await python.script(
                "invoke_agent.py",
                [hub.agent.arn, ...profiles],
                hub.environment,
            );
            assert.notEqual(stdout, "", stderr);
            return JSON.parse(stdout) as Record<string, typeof answers>;
        };

        it("gets the whole answer, with the hub's tools used step by step", () => {
            const { status, type, body } = answers["whole"] ?? {};
            assert.deepEqual({ status, type }, { status: 200, type: "application/json" });
            assertStepByStep(body);
        });

        it("gets the stream by iter_lines, its result last", () => {
            const { type, events = [] } = answers["stream"] ?? {};
            assert.equal(type, "text/event-stream");
            assertStreamed(events);
        });

        it("gets the article's error for a payload with neither prompt nor message", () => {
            assert.deepEqual(answers["neither"]?.body, { error: "No message", status: "error" });
        });

        it("names a session with 33 characters, and gets 400 for 32 where it sends them", () => {
            assert.equal(answers["session of 33"]?.body?.status, "success");
            assert.deepEqual(answers["session of 32"], {
                status: 400,
                error: "ValidationException",
            });
            assert.deepEqual(answers["session of 32, as boto3 has it"], {
                error: "ParamValidationError",
            });
        });

        it("gets 403 as strangers: the spoke's caller, and the hub's administrator", async () => {
            const denied = { status: 403, error: "AccessDeniedException" };
            assert.deepEqual(await invoke("consumer-developer", "account-a"), {
                "consumer-developer": denied,
                "account-a": denied,
            });
        });
    });

    describe("the AWS SDK for JavaScript", () => {
        const saved = { ...process.env };
        before(() => {
            Object.assign(process.env, hub.environment, {
                // Of all profiles it takes the endpoints from this one.
                AWS_PROFILE: "account-b",
                AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
            });
        });
        after(() => {
            process.env = saved;
        });
        const invoke = (profile: string, more: Partial<InvokeAgentRuntimeCommandInput> = {}) => {
            const client = new BedrockAgentCoreClient({ profile });
            return client.send(
                new InvokeAgentRuntimeCommand({
                    agentRuntimeArn: hub.agent.arn,
                    runtimeSessionId: longEnough,
                    qualifier: "DEFAULT",
                    payload: Buffer.from(JSON.stringify({ prompt })),
                    ...more,
                }),
            );
        };

        it("gets the whole answer, with the hub's tools used step by step", async () => {
            const { contentType, response, runtimeSessionId } = await invoke("account-b");
            assert.deepEqual([contentType, runtimeSessionId], ["application/json", longEnough]);
            assertStepByStep(
                JSON.parse((await response?.transformToString()) ?? "") as AgentAnswer,
            );
        });

        it("gets the stream, its result last", async () => {
            const { contentType, response } = await invoke("account-b", {
                accept: "text/event-stream",
            });
            assert.equal(contentType, "text/event-stream");
            assertStreamed(eventsIn((await response?.transformToString()) ?? ""));
        });

        it("gets 400 for a session of 32 characters, and 403 as a stranger", async () => {
            assert.deepEqual(
                await refusal(invoke("account-b", { runtimeSessionId: shortSession })),
                [400, "ValidationException"],
            );
            for (const stranger of ["consumer-developer", "account-a"]) {
                assert.deepEqual(await refusal(invoke(stranger)), [403, "AccessDeniedException"]);
            }
        });
    });

    for (const requirements of [
        "requirements-agent-article.txt",
        "requirements-agent-newest.txt",
    ]) {
        describe(`the article's agent in Python, with ${requirements}`, () => {
            let python: PythonEnvironment;
            before(async function () {
                python = await pythonOrSkip(this, requirements);
            });

            /** What it answers to the prompts with a profile's credentials, and its log. */
            const answers = async (profile: string, prompts: readonly string[]) => {
                const agent = await ArticleAgent.start(python, {
                    ...hub.environment,
                    AWS_PROFILE: profile,
                    GATEWAY_URL: hub.gateway.url,
                });
                try {
                    const all = [];
                    for (const each of prompts) all.push(await agent.ask(each));
                    return all.map((answer) => ({ ...answer, log: agent.log }));
                } finally {
                    await agent.stop();
                }
            };

            it("answers with the hub's tools as a role that the hub grants", async () => {
                await hub.withConfig(granted, async () => {
                    const [sum, several] = await answers("account-b", ["100 + 12は", prompt]);
                    assertSaid(sum, "calculator___add_numbers answered: 112");
                    assertSaid(several, steps.join("\\n"));
                });
            });

            it("is refused by the gateway as a role that the hub does not grant", async () => {
                const [refused] = await answers("account-b", [prompt]);
                assert.equal(refused?.status, 500);
                assert.match(refused.body["error"] ?? "", /Failed to start MCP client/);
                assert.match(refused.log, /403 Forbidden/);
            });

            it("is refused by the model as a role that may only call the gateway", async () => {
                const [refused] = await answers("consumer-developer", [prompt]);
                assert.equal(refused?.status, 500);
                assert.match(
                    refused.body["error"] ?? "",
                    /AccessDeniedException.*ConverseStream.*role\/developer\/.*is not authorized to perform: bedrock:InvokeModelWithResponseStream/,
                );
            });
        });
    }
});

const grant = '- { principals: ["arn:aws:iam::444455556666:role/AdminRole"] }';
const granted = (shipped: string) => shipped.replace("grants:", `grants:\n        ${grant}`);

function assertStepByStep(body: AgentAnswer | undefined): void {
    assert.equal(body?.status, "success");
    assert.equal(body.response, steps.join("\n"));
    assert.deepEqual(
        body.toolCalls?.map(({ name, isError }) => [name, isError]),
        tools.map((name) => [name, false]),
    );
}

/** The article's agent answers with Python's text of the message, which depends on Strands' version. */
function assertSaid(answer: { body: Record<string, string> } | undefined, text: string): void {
    assert.equal(answer?.body["status"], "success", JSON.stringify(answer));
    const message = answer.body["response"] ?? "";
    const start = "{'role': 'assistant', 'content': [{'text': '";
    assert.equal(message.slice(0, start.length + text.length + 3), `${start}${text}'}]`);
}

function assertStreamed(events: readonly StreamedEvent[]): void {
    const last = events.at(-1);
    assert.equal(last?.type, "result");
    assertStepByStep(last);
    const ofType = (type: string) => events.filter((event) => event.type === type);
    assert.deepEqual(
        ofType("toolEnd").map(({ name }) => name),
        tools,
    );
    const text = ofType("text")
        .map((event) => event.text)
        .join("");
    assert.equal(text, last.response);
}

async function refusal(sent: Promise<unknown>): Promise<unknown> {
    try {
        await sent;
        return "answered";
    } catch (error) {
        const { name, $metadata } = error as BedrockAgentCoreServiceException;
        return [$metadata.httpStatusCode, name];
    }
}
