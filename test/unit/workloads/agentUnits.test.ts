import assert from "node:assert/strict";
import { SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { AgentError } from "../../../workloads/agent/src/errors";
import { InvalidEnvironment, parseEnvironment } from "../../../workloads/agent/src/environment";
import { otlpRequest } from "../../../workloads/agent/src/otlpJson";
import { promptOf } from "../../../workloads/agent/src/payload";
import { Sessions } from "../../../workloads/agent/src/sessions";
import { bedrockName, modelNames } from "../../../workloads/agent/src/toolNames";
import { withSession } from "../../../workloads/agent/src/traceContext";

const region = { AWS_REGION: "eu-central-1" };
const onAws = "https://hub-a1b2c3d4e5.gateway.bedrock-agentcore.us-west-2.amazonaws.com/mcp";

function problems(environment: Record<string, string>): string[] {
    try {
        parseEnvironment({ ...region, ...environment });
        return [];
    } catch (error) {
        assert.ok(error instanceof InvalidEnvironment);
        return error.message.split("\n");
    }
}

describe("The agent's environment", () => {
    it("has a default for all but the region", () => {
        assert.deepEqual(parseEnvironment(region), {
            gateways: [],
            region: "eu-central-1",
            modelId: "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            toolLoading: "all",
            maxTurns: 10,
            logPrompts: false,
            systemPrompt: undefined,
            host: "0.0.0.0",
            port: 8080,
            gatewayTimeoutMs: 60_000,
            tracesUrl: undefined,
        });
    });

    it("takes an empty variable for one that is not set", () => {
        const empty = { GATEWAY_URL: "", GATEWAY_REGION: "", TOOL_LOADING: "", MAX_TURNS: "" };
        assert.deepEqual(parseEnvironment({ ...region, ...empty }), parseEnvironment(region));
    });

    it("takes a gateway's region from what is given, else from its host, else its own", () => {
        const local = "http://127.0.0.1:4000/gateway/x/mcp";
        const regions = (GATEWAY_URL: string, GATEWAY_REGION = "") =>
            parseEnvironment({ ...region, GATEWAY_URL, GATEWAY_REGION }).gateways.map(
                (gateway) => gateway.region,
            );
        assert.deepEqual(regions(`${onAws}, ${local}`), ["us-west-2", "eu-central-1"]);
        assert.deepEqual(regions(`${onAws},${local}`, "us-east-1"), ["us-east-1", "us-east-1"]);
        assert.deepEqual(regions(`${onAws},${local}`, "us-east-1,us-east-2"), [
            "us-east-1",
            "us-east-2",
        ]);
    });

    it("sends spans where OpenTelemetry's variables say, or to X-Ray with AgentCore's switch", () => {
        const url = (environment: Record<string, string>) =>
            parseEnvironment({ ...region, ...environment }).tracesUrl;
        const base = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318/" };
        const exact = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://localhost:1/x" };
        const adot = { AGENT_OBSERVABILITY_ENABLED: "true" };
        assert.equal(url(base), "http://localhost:4318/v1/traces");
        assert.equal(url({ ...base, ...exact }), "http://localhost:1/x");
        assert.equal(url(adot), "https://xray.eu-central-1.amazonaws.com/v1/traces");
        assert.equal(url({ ...adot, ...exact }), "http://localhost:1/x");
        assert.equal(url({ ...base, OTEL_SDK_DISABLED: "true" }), undefined);
        assert.equal(url({ ...adot, OTEL_TRACES_EXPORTER: "none" }), undefined);
    });

    for (const [environment, problem] of [
        [{ AWS_REGION: "" }, "AWS_REGION: got nothing; must be a region, such as us-east-1"],
        [{ AWS_REGION: "x" }, 'AWS_REGION: got "x"; must be a region, such as us-east-1'],
        [{ TOOL_LOADING: "some" }, 'TOOL_LOADING: got "some"; must be all or search'],
        [{ LOG_PROMPTS: "yes" }, 'LOG_PROMPTS: got "yes"; must be true or false'],
        [{ MAX_TURNS: "1e1" }, 'MAX_TURNS: got "1e1"; must be a whole number between 1 and 100'],
        [{ PORT: "65536" }, 'PORT: got "65536"; must be a whole number between 0 and 65535'],
        [
            { GATEWAY_TIMEOUT_SECONDS: "901" },
            'GATEWAY_TIMEOUT_SECONDS: got "901"; must be a whole number between 1 and 900',
        ],
        [
            { BEDROCK_MODEL_ID: "a model" },
            "BEDROCK_MODEL_ID: got \"a model\"; must be a model's or an inference profile's id or ARN",
        ],
        [
            { GATEWAY_URL: "http://example.com/mcp" },
            'GATEWAY_URL: got "http://example.com/mcp"; must be an https URL, or http on loopback',
        ],
        [
            { GATEWAY_URL: `${onAws},` },
            'GATEWAY_URL[1]: got ""; must be an https URL, or http on loopback',
        ],
        [{ GATEWAY_URL: `${onAws},${onAws}` }, `GATEWAY_URL[1]: got ${onAws}; must be named once`],
        [
            { GATEWAY_URL: onAws, GATEWAY_REGION: "us-east-1,us-east-2" },
            "GATEWAY_REGION: got 2 regions; must be one for all, or one for each of the 1 in GATEWAY_URL",
        ],
        [{ GATEWAY_REGION: "moon" }, 'GATEWAY_REGION: got "moon"; must be regions'],
    ] as [Record<string, string>, string][]) {
        it(`refuses ${JSON.stringify(environment)}`, () => {
            assert.deepEqual(problems(environment), [problem]);
        });
    }
});

describe("The agent's payload", () => {
    it("is a prompt, or a message when there is none", () => {
        assert.equal(promptOf({ prompt: "one", message: "two" }), "one");
        assert.equal(promptOf({ prompt: "", message: "two" }), "two");
        assert.equal(promptOf({ prompt: null, message: "two" }), "two");
        assert.equal(promptOf({ prompt: "  " }), "");
        assert.equal(promptOf({}), "");
    });

    it("may have a prompt of 100 KiB in UTF-8, and no more", () => {
        const largest = "é".repeat(51_200);
        assert.equal(promptOf({ prompt: largest }), largest);
        assert.throws(() => promptOf({ prompt: `${largest}x` }), {
            name: "AgentError",
            errorType: "PromptTooLarge",
            message: "The prompt is too large: got 102401 bytes; must be at most 102400",
        });
    });

    for (const [payload, what] of [
        [null, "null"],
        [[], "an array"],
        ["text", "a value of type string"],
        [{ prompt: 1 }, "prompt: got a value of type number"],
        [{ prompt: ["a"] }, "prompt: got an array"],
        [{ prompt: "fine", message: {} }, "message: got a value of type object"],
    ] as const) {
        it(`is refused as ${JSON.stringify(payload)}`, () => {
            assert.throws(
                () => promptOf(payload),
                (error) => error instanceof AgentError && error.message.includes(what),
            );
        });
    }
});

describe("The agent's sessions", () => {
    const setUp = (limits: Partial<{ count: number; idleMs: number; bytes: number }> = {}) => {
        const clock = { now: 0 };
        const gone: number[] = [];
        let made = 0;
        const sessions = new Sessions<number>({
            create: () => (made += 1),
            dispose: (state) => gone.push(state),
            now: () => clock.now,
            limits: { count: 100, idleMs: 1000, bytes: 1000, ...limits },
        });
        const use = (id: string, bytes = 1) => {
            const state = sessions.hold(id);
            sessions.release(id, bytes);
            return state;
        };
        return { clock, gone, sessions, use };
    };

    it("keep a state for each", () => {
        const { use } = setUp();
        assert.deepEqual([use("a"), use("b"), use("a")], [1, 2, 1]);
    });

    it("are held by one at a time", () => {
        const { sessions } = setUp();
        sessions.hold("a");
        assert.throws(() => sessions.hold("a"), { errorType: "SessionBusy" });
        sessions.release("a", 1);
        assert.equal(sessions.hold("a"), 1);
    });

    it("are forgotten when idle, but not while held", () => {
        const { clock, gone, sessions, use } = setUp();
        use("idle");
        sessions.hold("held");
        clock.now = 1000;
        sessions.sweep();
        assert.deepEqual([gone, sessions.count], [[1], 1]);
    });

    it("are at most so many, and the longest unused goes first", () => {
        const { gone, use } = setUp({ count: 2 });
        ["a", "b", "a", "c"].forEach((id) => use(id));
        assert.deepEqual(gone, [2]);
    });

    it("are at most so large together", () => {
        const { gone, sessions, use } = setUp({ bytes: 10 });
        use("a", 6);
        use("b", 4);
        assert.deepEqual(gone, []);
        use("b", 5);
        assert.deepEqual([gone, sessions.count], [[1], 1]);
    });

    it("are forgotten on demand, and their size with them", () => {
        const { gone, sessions, use } = setUp({ bytes: 10 });
        use("a", 10);
        sessions.forget("a");
        use("b", 10);
        assert.deepEqual(gone, [1]);
    });
});

describe("The names of tools for the model", () => {
    it("stay as they are where one gateway has them", () => {
        assert.deepEqual(modelNames([{ name: "a___b", gateway: 0 }]), ["a___b"]);
    });

    it("of one length and set of characters are Bedrock's", () => {
        const name = "t".repeat(64);
        assert.equal(bedrockName(name), name);
        assert.match(bedrockName(`${name}1`), /^t{55}_[0-9a-f]{8}$/);
        assert.notEqual(bedrockName(`${name}1`), bedrockName(`${name}2`));
        assert.match(bedrockName("a.b"), /^a_b_[0-9a-f]{8}$/);
        assert.notEqual(bedrockName("a.b"), bedrockName("a/b"));
    });
});

describe("The agent's baggage", () => {
    it("has this session's id, whatever the caller said of one", () => {
        assert.equal(withSession({}, "a b"), "session.id=a%20b");
        assert.equal(
            withSession({ baggage: "session.id=x;p=1, team=one,session.idle=2" }, "s"),
            "team=one,session.idle=2,session.id=s",
        );
    });
});

describe("The agent's spans as OTLP", () => {
    it("have the protocol's names, kinds and units", () => {
        const span = {
            name: "chat",
            kind: SpanKind.CLIENT,
            spanContext: () => ({ traceId: "t", spanId: "s", traceFlags: TraceFlags.SAMPLED }),
            parentSpanContext: { traceId: "t", spanId: "p", traceFlags: TraceFlags.SAMPLED },
            startTime: [1_700_000_000, 5],
            endTime: [1_700_000_001, 0],
            attributes: { text: "x", whole: 3, part: 0.5, flag: true, list: ["a", 1] },
            events: [{ name: "e", time: [1, 0] }],
            status: { code: SpanStatusCode.ERROR, message: "no" },
            instrumentationScope: { name: "agent", version: "1" },
            resource: { attributes: { "service.name": "agent" } },
        };
        assert.deepEqual(otlpRequest([span as never]), {
            resourceSpans: [
                {
                    resource: {
                        attributes: [{ key: "service.name", value: { stringValue: "agent" } }],
                    },
                    scopeSpans: [
                        {
                            scope: { name: "agent", version: "1" },
                            spans: [
                                {
                                    traceId: "t",
                                    spanId: "s",
                                    parentSpanId: "p",
                                    flags: 1,
                                    name: "chat",
                                    kind: 3,
                                    startTimeUnixNano: "1700000000000000005",
                                    endTimeUnixNano: "1700000001000000000",
                                    attributes: [
                                        { key: "text", value: { stringValue: "x" } },
                                        { key: "whole", value: { intValue: "3" } },
                                        { key: "part", value: { doubleValue: 0.5 } },
                                        { key: "flag", value: { boolValue: true } },
                                        {
                                            key: "list",
                                            value: {
                                                arrayValue: {
                                                    values: [
                                                        { stringValue: "a" },
                                                        { intValue: "1" },
                                                    ],
                                                },
                                            },
                                        },
                                    ],
                                    events: [
                                        { name: "e", timeUnixNano: "1000000000", attributes: [] },
                                    ],
                                    status: { code: 2, message: "no" },
                                },
                            ],
                        },
                    ],
                },
            ],
        });
    });
});
