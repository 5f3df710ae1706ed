import assert from "node:assert/strict";
import { pythonOrSkip, type PythonEnvironment } from "./python";
import { ServedHub } from "./servedHub";

const denied = { status: 403, error: "AccessDeniedException" };
const operator = "arn:aws:iam::444455556666:role/AdminRole";

describe("boto3's invoke_agent_runtime of an MCP server behind a gateway", () => {
    let hub: ServedHub | undefined;
    let python: PythonEnvironment;

    before(async function () {
        python = await pythonOrSkip(this, "requirements-article.txt");
        hub = new ServedHub();
        await hub.start();
    });
    after(() => hub?.stop());
    const invoke = async (...profiles: string[]) => {
        const { environment } = hub ?? assert.fail("not started");
        const { stdout, stderr } = await python.script("invoke_runtime.py", profiles, environment);
        return JSON.parse(stdout === "" ? JSON.stringify({ stderr }) : stdout) as object;
    };

    it("gets 403 around the gateway, as its callers and as the hub's administrator", async () => {
        assert.deepEqual(await invoke("consumer-developer", "account-a", "account-b"), {
            "consumer-developer": denied,
            "account-a": denied,
            "account-b": denied,
        });
    });

    it("gets the JSON-RPC answer as an operator, while config names it", async () => {
        await hub?.withConfig(
            (shipped) => `${shipped}  agentcore-hub:runtime: { operators: ["${operator}"] }\n`,
            async () => {
                assert.deepEqual(await invoke("account-b", "account-a", "consumer-developer"), {
                    "account-b": {
                        status: 200,
                        session: true,
                        answer: {
                            jsonrpc: "2.0",
                            id: 7,
                            result: {
                                content: [{ type: "text", text: "31344357" }],
                                structuredContent: { result: 31344357 },
                            },
                        },
                    },
                    "account-a": denied,
                    "consumer-developer": denied,
                });
            },
        );
        assert.deepEqual(await invoke("account-b"), { "account-b": denied });
    });
});
