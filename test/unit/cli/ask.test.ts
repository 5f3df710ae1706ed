import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { HubProcess, runHub } from "../../helpers/hubProcess";
import { TestProject } from "../../helpers/project";

const prompt = "Add 3 and 4, multiply the result by 10, greet Ann.";

describe("hub ask", function () {
    this.timeout(60_000);
    let project: TestProject;
    let served: HubProcess;
    before(async () => {
        project = new TestProject();
        served = new HubProcess(project.folder, ["local", "--serve", "--port", "0", "--json"]);
        await served.until('"step":"done"');
    });
    after(async () => {
        await served.interrupt();
        project.remove();
    });
    const ask = (...args: string[]) => runHub(project.folder, ["ask", prompt, "--local", ...args]);

    it("has the answer on stdout, and each tool call with its time on stderr", async () => {
        const { code, stdout, stderr } = await ask("--as", "account-b");
        assert.equal(code, 0, stderr);
        assert.match(stdout, /Hello, Ann!/);
        assert.deepEqual(
            stderr
                .trim()
                .split("\n")
                .map((line) => line.replace(/\d+ ms/, "N ms").trim()),
            ["add_numbers", "multiply_numbers", "greet_user"].map(
                (tool) => `→ calculator___${tool}  ✓ N ms`,
            ),
        );
    });

    it("prints events and the outcome as JSON, and goes on with a conversation", async () => {
        const first = await ask("--as", "account-b", "--json");
        const events = first.stdout
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as { type: string; session?: string });
        const kinds = new Set(events.map(({ type }) => type));
        assert.deepEqual([...kinds].sort(), ["outcome", "result", "text", "toolEnd", "toolStart"]);
        const { session = "" } = events.at(-1) ?? {};
        assert.ok(session.length >= 33);
        const next = await ask("--as", "account-b", "--session", session);
        assert.equal(next.code, 0, next.stderr);
    });

    it("says no with 1 and the reason to who may not ask", async () => {
        const { code, stdout, stderr } = await ask("--as", "consumer-developer");
        assert.deepEqual([code, stdout], [1, "refused: HTTP 403\n"]);
        assert.match(stderr, /runtime\/agent-\w+/);
    });

    it("refuses what it cannot do with 2 and what must be", async () => {
        const noAgent = await ask("--as", "account-b", "--agent", "robot");
        assert.deepEqual([noAgent.code, noAgent.stdout], [2, ""]);
        assert.match(noAgent.stderr, /--agent: got robot; must be one of agent/);
        const noRuntime = await runHub(project.folder, ["ask", prompt]);
        assert.equal(noRuntime.code, 2);
        assert.match(noRuntime.stderr, /--runtime: got nothing; give the exact ARN/);
        const short = await ask("--as", "account-b", "--session", "x".repeat(32));
        assert.equal(short.code, 2);
        assert.match(short.stderr, /33/);
    });
});

describe("hub local --models", function () {
    this.timeout(60_000);
    let project: TestProject;
    let server: Server;
    const asked: string[] = [];
    before(async () => {
        project = new TestProject();
        server = createServer((request, response) => {
            let body = "";
            request.on("data", (part: Buffer) => (body += part.toString()));
            request.on("end", () => {
                asked.push((JSON.parse(body) as { model: string }).model);
                response.writeHead(200, { "content-type": "text/event-stream" });
                const delta = { role: "assistant", content: "Of another model." };
                const chunks = [
                    { choices: [{ index: 0, delta, finish_reason: null }] },
                    { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
                ];
                for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
                response.end("data: [DONE]\n\n");
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    after(() => {
        server.close();
        project.remove();
    });

    it("has the agent asked of a model server of this machine", async () => {
        const { port } = server.address() as AddressInfo;
        const url = `http://127.0.0.1:${port}/v1`;
        const args = ["local", "--models", url, "--model-id", "small"];
        const { code, stdout, stderr } = await runHub(project.folder, args);
        assert.equal(code, 0, stderr);
        assert.match(stdout, /✓ Of another model\./);
        assert.deepEqual(asked, ["small"]);
    });

    it("takes loopback URLs only", async () => {
        const elsewhere = ["local", "--models", "https://models.example/v1"];
        const { code, stderr } = await runHub(project.folder, elsewhere);
        assert.equal(code, 2);
        assert.match(stderr, /--models: got https:\/\/models\.example\/v1; must be/);
    });
});
