import {
    BedrockAgentCoreClient,
    InvokeAgentRuntimeCommand,
} from "@aws-sdk/client-bedrock-agentcore";
import assert from "node:assert/strict";
import { withoutEndpoint } from "../../../cli/withoutEndpoint";
import { credentialsOf, LocalHub } from "../../helpers/localHub";

const hubAccount = "111122223333";
const spokeAccount = "444455556666";

interface Answer {
    result?: { tools?: { name: string }[]; isError?: boolean; content?: { text: string }[] };
    error?: { code: number };
}

describe("an MCP server on the local Runtime, behind the gateway", function () {
    this.timeout(60_000);
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start();
        hub.project.config("provider", {
            account: { role: "provider", id: hubAccount },
            spokes: { consumer: { account: spokeAccount, stack: "consumer" } },
            gateways: {
                tools: {
                    targets: {
                        "echo-tools": { lambda: "echo-tool", tools: ["echo_message"] },
                        calculator: { mcpServer: "mcp-server" },
                    },
                    grants: [{ spoke: "consumer", roles: ["developer"] }],
                },
            },
        });
        await hub.deployAll();
    });
    after(() => hub.stop());

    const post = async (method: string, params: object = {}, role = "developer") => {
        const response = await hub.post(hub.session(spokeAccount, role), {
            ...{ jsonrpc: "2.0", id: 1 },
            method,
            params,
        });
        return { status: response.status, answer: (await response.json()) as Answer };
    };
    const add = (role?: string) =>
        post("tools/call", { name: "calculator___add_numbers", arguments: { a: 2, b: 3 } }, role);
    const outputs = () =>
        hub
            .target()
            .then(({ backend }) => backend.read("provider")?.outputs["runtimes"]) as Promise<
            Record<string, { runtimeArn: string; runtimeArnUrlEncoded: string }>
        >;

    it("is listed beside the Lambda tool, and called", async () => {
        const { answer } = await post("tools/list");
        assert.deepEqual(
            answer.result?.tools?.map(({ name }) => name),
            [
                "echo-tools___echo_message",
                "calculator___add_numbers",
                "calculator___multiply_numbers",
                "calculator___greet_user",
            ],
        );
        const called = await add();
        assert.equal(called.answer.result?.isError ?? false, false);
        assert.equal(called.answer.result?.content?.[0]?.text, "5");
    });

    it("refuses a role that is not granted at the gateway", async () => {
        assert.equal((await add("auditor")).status, 403);
    });

    it("is not called with a role that lacks the endpoint, and again when it has it", async () => {
        const withdrawn = withoutEndpoint(hub.cloud, hubAccount, "tools") ?? assert.fail();
        assert.equal(withdrawn.endpoints.length, 1);
        const refused = await add();
        withdrawn.restore();
        assert.equal(refused.status, 200);
        assert.equal(refused.answer.result?.isError, true);
        assert.equal((await add()).answer.result?.content?.[0]?.text, "5");
    });

    it("lets nobody around the gateway, the hub's administrator neither", async () => {
        const { mcp_server: runtime } = await outputs();
        const client = new BedrockAgentCoreClient({
            region: "us-east-1",
            endpoint: hub.cloud.endpoints.bedrockAgentcore,
            credentials: credentialsOf(hub.session(hubAccount, "AdminRole")),
        });
        await assert.rejects(
            client.send(
                new InvokeAgentRuntimeCommand({
                    agentRuntimeArn: runtime?.runtimeArn,
                    accept: "application/json, text/event-stream",
                    contentType: "application/json",
                    payload: Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/list"}'),
                }),
            ),
            (error: { $metadata?: { httpStatusCode?: number } }) =>
                error.$metadata?.httpStatusCode === 403,
        );
    });

    it("gives the runtime's ARN and its URL, with the ARN encoded", async () => {
        const { mcp_server: runtime } = await outputs();
        const arn = runtime?.runtimeArn ?? "";
        assert.match(
            arn,
            /^arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime\/mcp_server-\w{10}$/,
        );
        assert.equal(
            runtime?.runtimeArnUrlEncoded,
            `https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/${encodeURIComponent(arn)}/invocations?qualifier=DEFAULT`,
        );
    });

    it("changes nothing when nothing changed", async () => {
        const { changes } = await hub.deploy("provider");
        const { same: _same, ...others } = changes;
        assert.deepEqual(others, { create: 0, update: 0, replace: 0, delete: 0 });
    });
});
