import assert from "node:assert/strict";
import {
    BedrockAgentCoreControlClient,
    GetResourcePolicyCommand,
    ListGatewayTargetsCommand,
    ListGatewaysCommand,
} from "@aws-sdk/client-bedrock-agentcore-control";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { runHub } from "../helpers/hubProcess";
import { pythonOrSkip, type PythonEnvironment } from "./python";
import { ServedHub } from "./servedHub";

const developer = "arn:aws:iam::444455556666:role/developer";
const agentRole = "arn:aws:iam::444455556666:role/agent";

/** What proxy_stdio.py prints: the proxy, the gateway's tools, and a call of each. */
const throughProxy = [
    "MCP Proxy for AWS",
    "echo-tools___echo_message",
    "calculator___add_numbers",
    "calculator___multiply_numbers",
    "calculator___greet_user",
    '{"message":"via proxy"}',
    "31344357",
    "42",
    "Hello, Claude! Welcome to AgentCore Runtime.",
    "",
].join("\n");

describe("real clients against hub local --serve", () => {
    let hub: ServedHub;
    let python: PythonEnvironment;
    let environment: ServedHub["environment"];
    let gateway: ServedHub["gateway"];

    before(async function () {
        python = await pythonOrSkip(this, "requirements-article.txt");
        hub = new ServedHub();
        await hub.start();
        ({ environment, gateway } = hub);
    });
    after(() => (hub as ServedHub | undefined)?.stop());
    const invoke = (profile: string) =>
        python.script("test_gateway_invoke.py", [profile, gateway.url], environment);

    describe("the article's scripts, with its pins", () => {
        it("print for account-a what the article prints", async () => {
            const { stdout } = await invoke("account-a");
            assert.equal(
                stdout,
                [
                    "Profile: account-a",
                    "Account: 111122223333",
                    "Caller: arn:aws:sts::111122223333:assumed-role/AdminRole/session",
                    "-".repeat(60),
                    "SUCCESS! tools/list returned:",
                    "  - echo-tools___echo_message: Echo back a message for testing",
                    "  - calculator___add_numbers: Add two whole numbers",
                    "  - calculator___multiply_numbers: Multiply two whole numbers",
                    "  - calculator___greet_user: Greet a user by name",
                    "",
                ].join("\n"),
            );
        });

        it("get 403 Forbidden for account-b, until the hub grants it by config", async () => {
            const refused = await invoke("account-b");
            assert.match(
                refused.stdout,
                /Caller: arn:aws:sts::444455556666:assumed-role\/AdminRole\/session\n-+\nFAILED: HTTPStatusError: Client error '403 Forbidden' for url 'http:\/\/127/,
            );
            const grant = '- { principals: ["arn:aws:iam::444455556666:role/AdminRole"] }';
            await hub.withConfig(
                (shipped) => shipped.replace("grants:", `grants:\n        ${grant}`),
                async () => {
                    const granted = await invoke("account-b");
                    assert.match(
                        granted.stdout,
                        /SUCCESS! tools\/list returned:\n {2}- echo-tools___echo_/,
                    );
                },
            );
            assert.match((await invoke("account-b")).stdout, /403 Forbidden/);
        });

        it("grant account-b by put_resource_policy too, and refuse a Resource of *", async () => {
            const root = "arn:aws:iam::444455556666:root";
            const wildcard = await python.script(
                "setup_resource_policy.py",
                [gateway.arn, root, "*"],
                environment,
            );
            assert.equal(wildcard.code, 1);
            assert.match(wildcard.stderr, /ValidationException.*must be the gateway's exact ARN/);
            assert.match((await invoke("account-b")).stdout, /403 Forbidden/);

            const attached = await python.script(
                "setup_resource_policy.py",
                [gateway.arn, root],
                environment,
            );
            assert.equal(attached.stdout, "Resource policy attached!\n", attached.stderr);
            assert.match((await invoke("account-b")).stdout, /SUCCESS!/);

            const restored = await python.script(
                "setup_resource_policy.py",
                [gateway.arn, developer],
                environment,
            );
            assert.equal(restored.code, 0, restored.stderr);
        });
    });

    it("boto3 reads the profiles, assumes roles, and reads the control planes", async () => {
        const { stdout, stderr } = await python.script("boto3_sts.py", [], environment);
        assert.deepEqual(
            JSON.parse(stdout || "{}"),
            {
                profile: "arn:aws:sts::444455556666:assumed-role/developer/consumer-developer",
                assumed: "arn:aws:sts::444455556666:assumed-role/auditor/by-hand",
                stranger: "AccessDenied",
                gateway: gateway.arn,
                policy: [agentRole, developer],
                role: "AROA",
                architectures: ["arm64"],
            },
            stderr,
        );
    });

    it("the newest mcp-proxy-for-aws lists and calls as a stdio proxy", async function () {
        const newest = await pythonOrSkip(this, "requirements-newest.txt");
        const { stdout, stderr } = await newest.script(
            "proxy_stdio.py",
            [
                newest.command("mcp-proxy-for-aws"),
                ...[gateway.url, "--service", "bedrock-agentcore", "--region", "us-east-1"],
            ],
            { ...environment, AWS_PROFILE: "consumer-developer", HOME: hub.folder },
        );
        assert.equal(stdout, throughProxy, stderr);
    });

    it("the file of hub mcp-config starts it, whatever the client's own environment", async function () {
        const newest = await pythonOrSkip(this, "requirements-newest.txt");
        const written = await runHub(hub.folder, [
            ...["mcp-config", "--local", "--as", "consumer-developer"],
        ]);
        const { mcpServers } = JSON.parse(written.stdout) as {
            mcpServers: Record<string, { args: string[]; env: Record<string, string> }>;
        };
        const [server] = Object.values(mcpServers);
        // The first argument is the package, which uvx would fetch.
        const args = server?.args.slice(1) ?? [];
        const { stdout, stderr } = await newest.script(
            "proxy_stdio.py",
            [newest.command("mcp-proxy-for-aws"), ...args],
            {
                HOME: hub.folder,
                HTTP_PROXY: "http://127.0.0.1:9",
                no_proxy: "example.com",
                AWS_ENDPOINT_URL: "http://127.0.0.1:9",
                ...server?.env,
            },
        );
        assert.equal(stdout, throughProxy, stderr);
    });

    describe("the AWS SDK for JavaScript", () => {
        const saved = { ...process.env };
        before(() => {
            Object.assign(process.env, environment, {
                AWS_PROFILE: "account-b",
                AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
            });
        });
        after(() => {
            process.env = saved;
        });

        it("assumes the profile's role, and a role by hand", async () => {
            const admin = new STSClient({ profile: "account-b" });
            const { AssumedRoleUser } = await admin.send(
                new AssumeRoleCommand({ RoleArn: developer, RoleSessionName: "sdk" }),
            );
            assert.equal(
                AssumedRoleUser?.Arn,
                "arn:aws:sts::444455556666:assumed-role/developer/sdk",
            );
            const caller = new STSClient({
                profile: "consumer-developer",
                credentials: fromIni({ profile: "consumer-developer" }),
            });
            const { Arn } = await caller.send(new GetCallerIdentityCommand({}));
            assert.equal(
                Arn,
                "arn:aws:sts::444455556666:assumed-role/developer/consumer-developer",
            );
        });

        it("reads gateways, targets and resource policies, each account its own", async () => {
            const hubClient = new BedrockAgentCoreControlClient({ profile: "account-a" });
            const { items = [] } = await hubClient.send(new ListGatewaysCommand({}));
            assert.deepEqual(
                items.map(({ name, status }) => [name, status]),
                [["tools", "READY"]],
            );
            const targets = await hubClient.send(
                new ListGatewayTargetsCommand({ gatewayIdentifier: items[0]?.gatewayId }),
            );
            assert.deepEqual(
                targets.items?.map(({ name }) => name),
                ["calculator", "echo-tools"],
            );
            const { policy = "" } = await hubClient.send(
                new GetResourcePolicyCommand({ resourceArn: gateway.arn }),
            );
            const { Statement } = JSON.parse(policy) as { Statement: { Action: string }[] };
            assert.equal(Statement[0]?.Action, "bedrock-agentcore:InvokeGateway");
            const spokeClient = new BedrockAgentCoreControlClient({ profile: "account-b" });
            const none = await spokeClient.send(new ListGatewaysCommand({}));
            assert.deepEqual(none.items, []);
            await assert.rejects(
                spokeClient.send(new GetResourcePolicyCommand({ resourceArn: gateway.arn })),
                { name: /ResourceNotFoundException|AccessDeniedException/ },
            );
        });
    });
});
