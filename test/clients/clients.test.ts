import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
    BedrockAgentCoreControlClient,
    GetResourcePolicyCommand,
    ListGatewayTargetsCommand,
    ListGatewaysCommand,
} from "@aws-sdk/client-bedrock-agentcore-control";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { HubProcess, runHub } from "../helpers/hubProcess";
import { TestProject } from "../helpers/project";
import { pythonOrSkip, type PythonEnvironment } from "./python";

const developer = "arn:aws:iam::444455556666:role/developer";

describe("real clients against hub local --serve", () => {
    let project: TestProject;
    let hub: HubProcess;
    let python: PythonEnvironment;
    let environment: Record<string, string>;
    let gateway: { arn: string; url: string };

    before(async function () {
        python = await pythonOrSkip(this, "requirements-article.txt");
        project = new TestProject();
        hub = new HubProcess(project.folder, ["local", "--serve", "--port", "0", "--json"]);
        await hub.until('"step":"done"');
        const connection = JSON.parse(
            readFileSync(join(project.stateFolder, "connection.json"), "utf8"),
        ) as {
            awsConfigFile: string;
            awsCredentialsFile: string;
            gateways: Record<string, typeof gateway>;
        };
        environment = {
            AWS_CONFIG_FILE: connection.awsConfigFile,
            AWS_SHARED_CREDENTIALS_FILE: connection.awsCredentialsFile,
        };
        gateway = connection.gateways["tools"] ?? assert.fail("no gateway");
    });
    after(async () => {
        await (hub as HubProcess | undefined)?.interrupt();
        (project as TestProject | undefined)?.remove();
    });
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
            const file = join(project.folder, "Pulumi.provider.yaml");
            const shipped = readFileSync(file, "utf8");
            project.file(
                "Pulumi.provider.yaml",
                shipped.replace(
                    "grants:",
                    'grants:\n        - { principals: ["arn:aws:iam::444455556666:role/AdminRole"] }',
                ),
            );
            assert.equal((await runHub(project.folder, ["deploy", "--local"])).code, 0);
            const granted = await invoke("account-b");
            assert.match(
                granted.stdout,
                /SUCCESS! tools\/list returned:\n {2}- echo-tools___echo_/,
            );
            project.file("Pulumi.provider.yaml", shipped);
            assert.equal((await runHub(project.folder, ["deploy", "--local"])).code, 0);
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
                policy: [developer],
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
            { ...environment, AWS_PROFILE: "consumer-developer", HOME: project.folder },
        );
        assert.equal(stdout, 'echo-tools___echo_message\n{"message":"via proxy"}\n', stderr);
    });

    it("the file of hub mcp-config starts it, whatever the client's own environment", async function () {
        const newest = await pythonOrSkip(this, "requirements-newest.txt");
        const written = await runHub(project.folder, [
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
                HOME: project.folder,
                HTTP_PROXY: "http://127.0.0.1:9",
                no_proxy: "example.com",
                AWS_ENDPOINT_URL: "http://127.0.0.1:9",
                ...server?.env,
            },
        );
        assert.equal(stdout, 'echo-tools___echo_message\n{"message":"via proxy"}\n', stderr);
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
                ["echo-tools"],
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
