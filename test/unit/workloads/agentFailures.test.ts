import assert from "node:assert/strict";
import { once } from "node:events";
import { exampleTools, FakeGateway, refuse } from "./agentFakeGateway";
import { FakeModel, toolTexts, type Say } from "./agentFakeModel";
import { AgentProcess, buildAgent, eventsIn, sessionHeader, spawnAgent } from "./agentProcess";

const add: Say = { tools: [{ name: "math___add_numbers", input: { a: 3, b: 4 } }] };

describe("The agent, when something fails", () => {
    let model: FakeModel;
    let gateway: FakeGateway;
    let agent: AgentProcess;

    before(() => {
        buildAgent();
    });

    beforeEach(async () => {
        model = await FakeModel.start();
        model.script = (asked) =>
            toolTexts(asked).length === 0 ? add : { text: toolTexts(asked).join() };
        gateway = await FakeGateway.start();
        agent = await AgentProcess.start({
            GATEWAY_URL: gateway.url,
            GATEWAY_TIMEOUT_SECONDS: "1",
            AWS_ENDPOINT_URL_BEDROCK_RUNTIME: model.url,
        });
    });

    afterEach(async () => {
        model.stop();
        await gateway.stop();
        await agent.stop();
    });

    it("says which gateway refused it, and answers once it is let in", async () => {
        const message = "Authorization error - Insufficient permissions";
        gateway.override = refuse(403, -32002, message);
        const { status, body } = await agent.ask({ prompt: "Before the grant." });
        assert.equal(status, 200);
        assert.deepEqual(body, {
            error: `The gateway ${gateway.url} refused the agent (HTTP 403): ${message}`,
            status: "error",
            errorType: "GatewayRefused",
            gateway: { url: gateway.url, httpStatus: 403, message, code: -32002 },
        });
        gateway.override = () => undefined;
        assert.equal((await agent.ask({ prompt: "After it." })).body.response, "7");
    });

    it("says so in the stream, too", async () => {
        gateway.override = refuse(403, -32002, "No.");
        const events = await agent.stream("Before the grant.");
        assert.deepEqual(
            events.map(({ type, errorType, gateway: which }) => [type, errorType, which?.url]),
            [["error", "GatewayRefused", gateway.url]],
        );
    });

    it("ends when the gateway refuses it at a tool's call", async () => {
        gateway.override = (request, response) =>
            request.method === "tools/call"
                ? refuse(403, -32002, "Revoked.")(request, response)
                : undefined;
        const { body } = await agent.ask({ prompt: "Revoked." });
        assert.deepEqual([body.errorType, body.gateway?.message], ["GatewayRefused", "Revoked."]);
        assert.equal(model.asked.length, 1);
    });

    for (const [status, errorType] of [
        [401, "GatewayRefused"],
        [429, "GatewayThrottled"],
        [502, "GatewayFailed"],
    ] as const) {
        it(`names a gateway that answers ${status} in plain text`, async () => {
            gateway.override = (_request, response) => {
                response.writeHead(status).end("plain words");
                return "taken";
            };
            const { body } = await agent.ask({ prompt: "Plain." });
            assert.equal(body.errorType, errorType);
            assert.deepEqual(body.gateway, {
                url: gateway.url,
                httpStatus: status,
                message: "plain words",
            });
        });
    }

    it("names a gateway that is down, and answers once it is back", async () => {
        const { port, url } = gateway;
        await gateway.stop();
        const { body } = await agent.ask({ prompt: "Down." });
        assert.equal(body.errorType, "GatewayUnreachable");
        assert.match(body.error ?? "", /ECONNREFUSED/);
        assert.equal(body.gateway?.url, url);
        gateway = await FakeGateway.start(port);
        assert.equal((await agent.ask({ prompt: "Back." })).body.response, "7");
    });

    it("uses a gateway again that went away between two prompts", async () => {
        const headers = { [sessionHeader]: "session-restart-000000000000000000001" };
        assert.equal((await agent.ask({ prompt: "Before." }, headers)).body.response, "7");
        const { port } = gateway;
        await gateway.stop();
        gateway = await FakeGateway.start(port);
        model.script = (asked) =>
            toolTexts(asked).length < 2 ? add : { text: toolTexts(asked).join() };
        assert.equal((await agent.ask({ prompt: "After." }, headers)).body.response, "7,7");
    });

    for (const method of ["initialize", "tools/list", "tools/call"]) {
        it(`names a gateway that is too slow at ${method}`, async () => {
            gateway.override = (request) => (request.method === method ? "taken" : undefined);
            const { body } = await agent.ask({ prompt: "Slow." });
            assert.equal(body.errorType, "GatewayTimedOut");
            assert.match(body.error ?? "", new RegExp(`${gateway.url}.*within 1 seconds`));
            await gateway.left;
        });
    }

    for (const ending of ["end", "destroy"] as const) {
        it(`names a gateway whose event stream comes to an ${ending} before the answer`, async () => {
            gateway.override = (request, response) => {
                if (request.method !== "tools/call") return undefined;
                response.writeHead(200, { "content-type": "text/event-stream" });
                const notice = { jsonrpc: "2.0", method: "notifications/message", params: {} };
                response.write(`data: ${JSON.stringify(notice)}\n\n`, () => {
                    response[ending]();
                });
                return "taken";
            };
            const started = performance.now();
            const { body } = await agent.ask({ prompt: "Stream." });
            assert.equal(body.errorType, "GatewayFailed");
            assert.match(body.error ?? "", /the event stream (ended|broke)/);
            assert.ok(performance.now() - started < 900, "it does not wait until the time is over");
        });
    }

    it("names a gateway that answers no MCP", async () => {
        gateway.override = (_request, response) => {
            response.writeHead(200, { "content-type": "text/html" }).end("<p>Hello</p>");
            return "taken";
        };
        const { body } = await agent.ask({ prompt: "Page." });
        assert.deepEqual([body.errorType, body.gateway?.url], ["GatewayFailed", gateway.url]);
    });

    for (const [type, status, errorType] of [
        ["AccessDeniedException", 403, "ModelAccessDenied"],
        ["ValidationException", 400, "ModelFailed"],
        ["ResourceNotFoundException", 404, "ModelFailed"],
    ] as const) {
        it(`names the model at ${type}`, async () => {
            model.script = () => ({ status, type, message: "You don't have access." });
            const { body } = await agent.ask({ prompt: "Model." });
            assert.equal(body.errorType, errorType);
            assert.equal(body["exception"], type);
            assert.match(body.error ?? "", /us\.anthropic\.claude-haiku.*You don't have access\./);
        });
    }

    it("names a model whose stream breaks, after what it said", async () => {
        model.script = () => ({ breakAfter: "Half an" });
        const events = await agent.stream("Break.");
        assert.equal(events.map(({ text = "" }) => text).join(""), "Half an");
        assert.match(events.at(-1)?.errorType ?? "", /^Model(Failed|Unreachable)$/);
    });

    it("names a model that comes to its limit of output", async () => {
        model.script = () => ({ text: "Half an", stopReason: "max_tokens" });
        const { body } = await agent.ask({ prompt: "Long." });
        assert.equal(body.errorType, "ModelOutputLimit");
    });

    it("names a model that cannot be reached", async () => {
        model.stop();
        const { body } = await agent.ask({ prompt: "Model." });
        assert.equal(body.errorType, "ModelUnreachable");
    });

    it("stops the model when the client leaves", async () => {
        model.script = () => ({ hangAfter: "Wait " });
        const leaving = new AbortController();
        const accept = { accept: "text/event-stream" };
        const response = await agent.begin(
            "POST",
            "/invocations",
            accept,
            '{"prompt":"Leave."}',
            leaving.signal,
        );
        response.on("error", () => undefined);
        const [first] = (await once(response, "data")) as [string];
        assert.equal(eventsIn(first)[0]?.text, "Wait ");
        leaving.abort();
        await model.left;
        await agent.line(({ outcome }) => outcome === "ClientLeft");
        assert.match((await agent.send("GET", "/ping")).text, /"Healthy"/);
    });

    it("stops the tool when the client leaves, though it does not stream", async () => {
        gateway.override = ({ method }) => (method === "tools/call" ? "taken" : undefined);
        const leaving = new AbortController();
        const asked = agent
            .begin("POST", "/invocations", {}, '{"prompt":"Leave."}', leaving.signal)
            .catch((error: unknown) => error);
        while (gateway.calls().length === 0) await new Promise(setImmediate);
        leaving.abort();
        await Promise.all([gateway.left, asked]);
        await agent.line(({ outcome }) => outcome === "ClientLeft");
        assert.equal(model.asked.length, 1);
    });

    it("refuses a second prompt of a session that is answering one", async () => {
        const headers = { [sessionHeader]: "session-busy-00000000000000000000001" };
        let second: Promise<{ body: { errorType?: string } }> | undefined;
        model.script = () => {
            second ??= agent.ask({ prompt: "Two" }, headers);
            return { hangAfter: "One " };
        };
        const leaving = new AbortController();
        const first = await agent.begin(
            "POST",
            "/invocations",
            { ...headers, accept: "text/event-stream" },
            '{"prompt":"One"}',
            leaving.signal,
        );
        first.on("error", () => undefined);
        assert.equal((await second)?.body.errorType, "SessionBusy");
        leaving.abort();
        await agent.line(({ outcome }) => outcome === "ClientLeft");
        model.script = () => ({ text: "Three." });
        assert.equal((await agent.ask({ prompt: "Three" }, headers)).body.response, "Three.");
    });

    it("answers what it has begun before it ends", async () => {
        model.script = () => {
            agent.child.kill("SIGTERM");
            return { text: "Still here." };
        };
        const { body } = await agent.ask({ prompt: "Stop." });
        assert.equal(body.response, "Still here.");
        assert.deepEqual(await agent.exit, [0, null]);
    });

    it("says every problem of its environment, and does not begin", async () => {
        const child = spawnAgent({ AWS_REGION: "", GATEWAY_URL: "ftp://x", MAX_TURNS: "0" });
        let text = "";
        child.stderr?.on("data", (chunk) => (text += String(chunk)));
        const [code] = (await once(child, "close")) as [number];
        const { event, message } = JSON.parse(text) as { event: string; message: string };
        assert.deepEqual([code, event], [1, "failed"]);
        assert.deepEqual(message.split("\n"), [
            "AWS_REGION: got nothing; must be a region, such as us-east-1",
            'MAX_TURNS: got "0"; must be a whole number between 1 and 100',
            'GATEWAY_URL: got "ftp://x"; must be an https URL, or http on loopback',
        ]);
    });

    it("names missing credentials", async () => {
        const bare = await AgentProcess.start({
            GATEWAY_URL: gateway.url,
            AWS_ACCESS_KEY_ID: "",
            AWS_SECRET_ACCESS_KEY: "",
            HOME: "/nonexistent",
        });
        try {
            const { body } = await bare.ask({ prompt: "Who am I?" });
            assert.equal(body.errorType, "CredentialsMissing");
            assert.equal(gateway.requests.length, 0);
        } finally {
            await bare.stop();
        }
    });

    it("keeps the tools of the gateway in its log, and no prompt", async () => {
        gateway.tools = exampleTools;
        await agent.ask({ prompt: "A secret plan" });
        const line = await agent.line(({ event }) => event === "invocation");
        assert.deepEqual([line["outcome"], line["toolCalls"]], ["ok", 1]);
        const log = JSON.stringify([agent.firstLine, ...agent.lines]);
        assert.match(log, /math___add_numbers/);
        assert.doesNotMatch(log, /secret plan/);
    });
});
