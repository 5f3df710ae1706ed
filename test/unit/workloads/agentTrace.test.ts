import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startTelemetry } from "../../../workloads/agent/src/telemetry";
import { FakeGateway } from "./agentFakeGateway";
import { FakeModel, toolTexts } from "./agentFakeModel";
import { AgentProcess, buildAgent, sessionHeader } from "./agentProcess";

const session = "session-traced-000000000000000000001";
const traceId = "0af7651916cd43dd8448eb211c80319c";
const incoming = {
    [sessionHeader]: session,
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    baggage: "team=one,session.id=other",
};

interface OtlpSpan {
    traceId: string;
    name: string;
    spanId: string;
    parentSpanId?: string;
    attributes: { key: string; value: { stringValue?: string } }[];
    events: { name: string; attributes: unknown[] }[];
}

describe("The agent's traces", () => {
    let model: FakeModel;
    let gateway: FakeGateway;
    let collector: Server;
    let bodies: string[] = [];

    before(() => {
        buildAgent();
    });

    beforeEach(async () => {
        bodies = [];
        model = await FakeModel.start();
        model.script = (asked) =>
            toolTexts(asked).length === 0
                ? { tools: [{ name: "math___add_numbers", input: { a: 41, b: 1 } }] }
                : { text: "The answer is secret." };
        gateway = await FakeGateway.start();
        collector = createServer((request, response) => {
            let body = "";
            request.setEncoding("utf8").on("data", (chunk) => (body += String(chunk)));
            request.on("end", () => {
                bodies.push(body);
                response.writeHead(200, { "content-type": "application/json" }).end("{}");
            });
        });
        collector.listen(0, "127.0.0.1");
        await once(collector, "listening");
    });

    afterEach(async () => {
        model.stop();
        await gateway.stop();
        collector.close();
    });

    const run = async (environment: Record<string, string>) => {
        const agent = await AgentProcess.start({
            GATEWAY_URL: gateway.url,
            AWS_ENDPOINT_URL_BEDROCK_RUNTIME: model.url,
            ...environment,
        });
        const { body } = await agent.ask({ prompt: "A secret question" }, incoming);
        assert.equal(body.status, "success");
        await agent.stop();
        return agent;
    };

    const collectorUrl = () => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

    const spans = () =>
        bodies.flatMap((body) =>
            (
                JSON.parse(body) as {
                    resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[];
                }
            ).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((each) => each.spans)),
        );

    it("reach the gateway as they came, with the session, when no spans are made", async () => {
        await run({});
        const headers = gateway.calls()[0]?.headers ?? {};
        assert.equal(headers["traceparent"], incoming.traceparent);
        assert.equal(headers["baggage"], `team=one,session.id=${session}`);
        assert.deepEqual(bodies, []);
    });

    it("have spans of the agent, the model and the tool, each with the session and in the caller's trace", async () => {
        await run({ OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl() });
        const all = spans();
        const names = all.map(({ name }) => name);
        for (const name of [/^POST/, /^invoke_agent/, /^chat/, /^execute_tool math___add/]) {
            assert.ok(
                names.some((each) => name.test(each)),
                `${name} in ${names.join(", ")}`,
            );
        }
        assert.deepEqual([...new Set(all.map((span) => span.traceId))], [traceId]);
        for (const { name, attributes } of all) {
            const id = attributes.find(({ key }) => key === "session.id")?.value.stringValue;
            assert.equal(id, session, name);
        }
    });

    it("go on from the tool's span to the gateway", async () => {
        await run({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collectorUrl()}/v1/traces` });
        const tool = spans().find(({ name }) => name.startsWith("execute_tool"));
        const headers = gateway.calls()[0]?.headers ?? {};
        assert.equal(headers["traceparent"], `00-${traceId}-${tool?.spanId ?? ""}-01`);
        assert.match(String(headers["baggage"]), new RegExp(`session.id=${session}`));
    });

    it("do not tell what was said, unless they are to", async () => {
        await run({ OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl() });
        assert.ok(spans().length > 0);
        assert.doesNotMatch(bodies.join(""), /secret/);
        bodies = [];
        const agent = await run({
            OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl(),
            LOG_PROMPTS: "true",
        });
        assert.match(bodies.join(""), /A secret question/);
        assert.match(JSON.stringify(agent.lines), /A secret question.*The answer is secret/);
    });

    it("go to X-Ray signed for its region", async () => {
        const sent: { region: string; url: string; body: string }[] = [];
        const telemetry = startTelemetry({
            tracesUrl: "https://xray.eu-west-1.amazonaws.com/v1/traces",
            signedFetch: (region) => (url, init) => {
                sent.push({
                    region,
                    url: typeof url === "string" ? url : "",
                    body: init?.body as string,
                });
                return Promise.resolve(new Response("{}"));
            },
            withContent: false,
            onError: (problem) => {
                throw new Error(problem);
            },
        });
        const trace = telemetry.trace(incoming, session);
        const headers = await trace.run(() => Promise.resolve(trace.headers()));
        await telemetry.close();
        const [{ region, url, body } = { region: "", url: "", body: "" }] = sent;
        assert.deepEqual(
            [region, url],
            ["eu-west-1", "https://xray.eu-west-1.amazonaws.com/v1/traces"],
        );
        bodies = [body];
        const [span] = spans();
        assert.equal(headers["traceparent"], `00-${traceId}-${span?.spanId ?? ""}-01`);
        assert.equal(span?.parentSpanId, "b7ad6b7169203331");
    });

    it("say in the log that X-Ray refused them", async () => {
        const problems: string[] = [];
        const telemetry = startTelemetry({
            tracesUrl: "https://xray.eu-west-1.amazonaws.com/v1/traces",
            signedFetch: () => () => Promise.resolve(new Response("no", { status: 403 })),
            withContent: false,
            onError: (problem) => problems.push(problem),
        });
        await telemetry.trace({}, session).run(() => Promise.resolve());
        await telemetry.close();
        assert.match(problems[0] ?? "", /Spans were not sent.*HTTP 403 no/);
    });

    it("do not hold up an answer when nobody takes them", async () => {
        const url = collectorUrl();
        collector.close();
        await once(collector, "close");
        const started = performance.now();
        const agent = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
        assert.deepEqual(await agent.exit, [0, null]);
        assert.ok(performance.now() - started < 6000, "it ends before a container is killed");
    });
});
