import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BuildContext } from "../../../local/services/buildContext";
import { FakeModel } from "./agentFakeModel";
import { agentFolder, AgentProcess, buildAgent, eventsIn } from "./agentProcess";

describe("The agent over HTTP", () => {
    let model: FakeModel;
    let agent: AgentProcess;

    before(async () => {
        buildAgent();
        model = await FakeModel.start();
        agent = await AgentProcess.start({ AWS_ENDPOINT_URL_BEDROCK_RUNTIME: model.url });
    });

    after(async () => {
        await agent.stop();
        model.stop();
        assert.deepEqual(model.asked, [], "no bad input reaches the model");
    });

    for (const payload of ["{}", '{"prompt":""}', '{"prompt":" "}', '{"other":"x"}']) {
        it(`answers ${payload} as the article's agent does`, async () => {
            const { status, body } = await agent.ask(payload);
            assert.equal(status, 200);
            assert.deepEqual(body, { error: "No message", status: "error" });
        });
    }

    it("says so in a stream, too", async () => {
        const accept = { accept: "text/event-stream" };
        const { text } = await agent.send("POST", "/invocations", accept, "{}");
        assert.deepEqual(eventsIn(text), [{ type: "error", error: "No message", status: "error" }]);
    });

    for (const [payload, got] of [
        ["", "got nothing"],
        ["{", "got no JSON"],
        ["[]", "got an array"],
        ['{"prompt":{"a":1}}', "prompt: got a value of type object"],
    ] as const) {
        it(`refuses the payload ${JSON.stringify(payload)}`, async () => {
            const { status, body } = await agent.ask(payload);
            assert.equal(status, 200);
            assert.deepEqual([body.status, body.errorType], ["error", "InvalidPayload"]);
            assert.equal(
                body.error,
                `Invalid payload: ${got}; must be a JSON object with a string "prompt" (or "message")`,
            );
        });
    }

    it("refuses a prompt of more than 100 KiB", async () => {
        const { status, body } = await agent.ask({ prompt: "x".repeat(102_401) });
        assert.equal(status, 200);
        assert.deepEqual([body.errorType, body["limit"]], ["PromptTooLarge", 102_400]);
    });

    for (const framing of ["content-length", "transfer-encoding"]) {
        it(`refuses a payload of more than 1 MiB, with ${framing}, and still answers`, async () => {
            const body = `{"prompt":"${"x".repeat(2 ** 20)}"}`;
            const headers: Record<string, string> =
                framing === "content-length"
                    ? { "content-length": String(body.length) }
                    : { "transfer-encoding": "chunked" };
            const { status, text } = await agent.send("POST", "/invocations", headers, body);
            assert.equal(status, 200);
            assert.match(text, /The payload is too large.*at most 1048576/);
        });
    }

    for (const [method, path, status, allow] of [
        ["GET", "/invocations", 405, "POST"],
        ["POST", "/ping", 405, "GET, HEAD"],
        ["GET", "/", 404, undefined],
        ["POST", "/mcp", 404, undefined],
    ] as const) {
        it(`answers ${method} ${path} with ${status}`, async () => {
            const answer = await agent.send(method, path);
            assert.deepEqual([answer.status, answer.headers.allow], [status, allow]);
        });
    }

    it("refuses web pages", async () => {
        const origin = { origin: "https://example.com" };
        const { status } = await agent.send("POST", "/invocations", origin, '{"prompt":"Hi"}');
        assert.equal(status, 403);
    });

    it("has an image of its bundle alone, for Runtime's port and not as root", () => {
        const dockerfile = readFileSync(join(agentFolder, "Dockerfile"), "utf8");
        assert.match(dockerfile, /^FROM .*\/node:\d+\.\d+\.\d+-slim@sha256:[0-9a-f]{64}$/m);
        assert.match(dockerfile, /^USER node$/m);
        assert.match(dockerfile, /^EXPOSE 8080$/m);
        const ignores = [join(agentFolder, ".dockerignore")];
        const { entries } = new BuildContext(agentFolder, ignores);
        const files = entries.filter(({ kind }) => kind !== "folder");
        assert.deepEqual(
            files.map(({ path }) => path),
            ["dist/server.mjs"],
        );
    });
});
