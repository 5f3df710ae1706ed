import assert from "node:assert/strict";
import { setMocks } from "@pulumi/pulumi/runtime/mocks";
import { disconnect } from "@pulumi/pulumi/runtime/settings";
import { runInPulumiStack } from "@pulumi/pulumi/runtime/stack";
import * as runtimeState from "@pulumi/pulumi/runtime/state";
import { providerAccount } from "../../../accounts/provider";
import { evaluate } from "../../../access";
import { parseSettings, type ProviderSettings } from "../../../settings";
import { repository } from "../../helpers/project";

const { withLocalStorage } = runtimeState as unknown as {
    withLocalStorage: <T>(run: () => Promise<T>) => Promise<T>;
};
type Inputs = Record<string, unknown>;
interface Statement {
    Sid: string;
    Action: string | string[];
    Resource: string | string[];
    Condition?: unknown;
}

const account = "111122223333";
const runtimeArn = `arn:aws:bedrock-agentcore:us-east-1:${account}:runtime/mcp_server-0123456789`;
const endpointArn = `${runtimeArn}/runtime-endpoint/DEFAULT`;
const gatewayArn = `arn:aws:bedrock-agentcore:us-east-1:${account}:gateway/tools-0123456789`;
const repositoryUrl = `${account}.dkr.ecr.us-east-1.amazonaws.com/mcp-server`;

/** What AWS would add to a resource. */
const computed: Record<string, Inputs> = {
    "aws:ecr/repository:Repository": {
        repositoryUrl,
        arn: `arn:aws:ecr:us-east-1:${account}:repository/mcp-server`,
    },
    "docker-build:index:Image": { digest: `sha256:${"a".repeat(64)}` },
    "aws-native:bedrockagentcore:Runtime": {
        agentRuntimeArn: runtimeArn,
        agentRuntimeId: "mcp_server-0123456789",
    },
    "aws-native:bedrockagentcore:Gateway": {
        gatewayArn,
        gatewayIdentifier: "tools-0123456789",
        gatewayUrl:
            "https://tools-0123456789.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp",
    },
    "aws-native:bedrockagentcore:GatewayTarget": { targetId: "tools-0123456789|TARGET0001" },
};

/** The resources that the hub's program registers, by type and name, and its outputs. */
async function resourcesOf(targets: object, config: object = {}) {
    const settings = parseSettings(
        {
            "aws:region": "us-east-1",
            "agentcore-hub:account": { role: "provider", id: account },
            "agentcore-hub:gateways": { tools: { targets } },
            ...config,
        },
        repository,
    ) as ProviderSettings;
    const resources = new Map<string, Inputs>();
    let outputs: Inputs = {};
    await withLocalStorage(async () => {
        await setMocks(
            {
                newResource: ({ type, name, inputs }) => {
                    resources.set(`${type} ${name}`, inputs as Inputs);
                    const arn = `arn:aws:iam::${account}:role/${name}`;
                    const state = {
                        name,
                        arn,
                        bucket: name,
                        ...(inputs as Inputs),
                        ...computed[type],
                    };
                    return { id: `${name}-id`, state };
                },
                call: () => ({ userName: "AWS", password: "secret" }),
            },
            "agentcore-hub",
            "provider",
            false,
            "organization",
        );
        await runInPulumiStack(async () => {
            outputs = (await providerAccount(settings)) as unknown as Inputs;
            return outputs;
        });
        await disconnect();
    });
    return {
        names: [...resources.keys()].map((key) => key.replace(/^.*[/:]/, "")),
        of: (name: string): Inputs => {
            const found = [...resources].find(([key]) => key.endsWith(`:${name}`));
            return found?.[1] ?? assert.fail(`no ${name} in ${[...resources.keys()].join(", ")}`);
        },
        outputs,
    };
}

function statementsOf({ policy }: Inputs): Statement[] {
    return (JSON.parse(policy as string) as { Statement: Statement[] }).Statement;
}

describe("an MCP server target of the program", () => {
    it("has an image for ARM64 in a repository of immutable tags that is scanned, used by its digest", async () => {
        const { of } = await resourcesOf({ calculator: { mcpServer: "mcp-server" } });
        const repository = of("Repository mcp-server-images");
        assert.equal(repository["imageTagMutability"], "IMMUTABLE");
        assert.deepEqual(repository["imageScanningConfiguration"], { scanOnPush: true });
        const image = of("Image mcp-server-image");
        assert.deepEqual(image["platforms"], ["linux/arm64"]);
        assert.equal(image["push"], true);
        assert.match(String((image["tags"] as string[])[0]), /\/mcp-server:[0-9a-f]{16}$/);
        assert.deepEqual(of("Runtime mcp-server-runtime")["agentRuntimeArtifact"], {
            containerConfiguration: { containerUri: `${repositoryUrl}@sha256:${"a".repeat(64)}` },
        });
    });

    it("has a runtime whose role pulls that repository's images and writes that runtime's log, and nothing else", async () => {
        const { of } = await resourcesOf({ calculator: { mcpServer: "mcp-server" } });
        assert.deepEqual(
            [
                ...statementsOf(of("RolePolicy mcp-server-read-code")),
                ...statementsOf(of("RolePolicy mcp-server-write-logs")),
            ].map(({ Action, Resource }) => [Action, Resource]),
            [
                [
                    ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                    `arn:aws:ecr:us-east-1:${account}:repository/mcp-server`,
                ],
                ["ecr:GetAuthorizationToken", "*"],
                [
                    ["logs:CreateLogStream", "logs:PutLogEvents"],
                    `arn:aws:iam::${account}:role/mcp-server-logs:*`,
                ],
            ],
        );
        assert.equal(
            of("LogGroup mcp-server-logs")["name"],
            "/aws/bedrock-agentcore/runtimes/mcp_server-0123456789-DEFAULT",
        );
        assert.equal(of("Runtime mcp-server-runtime")["agentRuntimeName"], "mcp_server");
    });

    it("is called with the gateway's role, signed, on exactly the runtime and its endpoint", async () => {
        const { of } = await resourcesOf({ calculator: { mcpServer: "mcp-server" } });
        const target = of("GatewayTarget tools-calculator");
        assert.deepEqual(target["targetConfiguration"], {
            mcp: {
                mcpServer: {
                    endpoint: `https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/${encodeURIComponent(runtimeArn)}/invocations?qualifier=DEFAULT`,
                    listingMode: "DEFAULT",
                },
            },
        });
        assert.deepEqual(target["credentialProviderConfigurations"], [
            {
                credentialProviderType: "GATEWAY_IAM_ROLE",
                credentialProvider: {
                    iamCredentialProvider: { service: "bedrock-agentcore", region: "us-east-1" },
                },
            },
        ]);
        assert.deepEqual(
            statementsOf(of("RolePolicy tools-invoke-targets")).map(({ Action, Resource }) => [
                Action,
                Resource,
            ]),
            [["bedrock-agentcore:InvokeAgentRuntime", [runtimeArn, endpointArn]]],
        );
    });

    it("lets its gateway's role and its operators in, and not the hub's administrator", async () => {
        const operator = `arn:aws:iam::${account}:role/Operator`;
        const { of } = await resourcesOf(
            { calculator: { mcpServer: "mcp-server" } },
            { "agentcore-hub:runtime": { operators: [operator] } },
        );
        for (const [name, arn] of [
            ["mcp-server-runtime-access", runtimeArn],
            ["mcp-server-endpoint-access", endpointArn],
        ] as const) {
            const { resourceArn, policy } = of(`ResourcePolicy ${name}`);
            assert.equal(resourceArn, arn);
            const decide = (role: string, action = "*") =>
                evaluate(
                    {
                        principal: {
                            type: "role-session",
                            accountId: account,
                            roleArn: `arn:aws:iam::${account}:role/${role}`,
                            roleId: "AROAEXAMPLE000000001",
                            sessionName: "s",
                            sessionArn: `arn:aws:sts::${account}:assumed-role/${role}/s`,
                        },
                        action: "bedrock-agentcore:InvokeAgentRuntime",
                        resource: arn,
                        resourceAccountId: account,
                    },
                    {
                        identity: [
                            {
                                name: "administrator",
                                document: {
                                    Version: "2012-10-17",
                                    Statement: [{ Effect: "Allow", Action: action, Resource: "*" }],
                                },
                            },
                        ],
                        resource: { name: "runtime", document: policy as string },
                    },
                ).decision;
            assert.equal(decide("tools-service"), "allow");
            assert.equal(decide("Operator"), "allow");
            assert.equal(decide("AdminRole"), "explicitDeny");
            assert.equal(decide("Operator", "s3:*"), "allow");
            // The gateway's role is let in by its own policy alone.
            assert.equal(decide("tools-service", "s3:*"), "implicitDeny");
        }
    });

    it("is synchronized when its code changes, with the deployer's account checked", async () => {
        const { of } = await resourcesOf({ calculator: { mcpServer: "mcp-server" } });
        const { create, update, environment } = of("Command tools-calculator-synchronize");
        assert.deepEqual([create, update], [undefined, "synchronize-target"]);
        assert.deepEqual(environment, {
            HUB_ACCOUNT_ID: account,
            HUB_REGION: "us-east-1",
            HUB_GATEWAY_ID: "tools-0123456789",
            HUB_TARGET_ID: "tools-0123456789|TARGET0001",
            CODE_DIGEST: `sha256:${"a".repeat(64)}`,
        });
    });

    it("needs no synchronization when its gateway asks for each list", async () => {
        const { names } = await resourcesOf({
            calculator: { mcpServer: "mcp-server", listingMode: "DYNAMIC" },
        });
        assert.ok(!names.some((name) => name.includes("synchronize")));
    });

    it("is an archive where config says so, without Docker", async () => {
        const { of, names } = await resourcesOf(
            { calculator: { mcpServer: "mcp-server" } },
            { "agentcore-hub:runtime": { artifact: "zip" } },
        );
        assert.ok(!names.some((name) => /Image|Repository/.test(name)));
        const { key } = of("BucketObjectv2 mcp-server-code");
        assert.deepEqual(of("Runtime mcp-server-runtime")["agentRuntimeArtifact"], {
            codeConfiguration: {
                code: { s3: { bucket: "mcp-server-archive", prefix: key } },
                entryPoint: ["server.mjs"],
                runtime: "NODE_22",
            },
        });
        assert.deepEqual(
            statementsOf(of("RolePolicy mcp-server-read-code")).map(({ Action }) => Action),
            ["s3:GetObject"],
        );
    });

    it("may be a runtime that is there, a function's URL or an API, and the role may call exactly these", async () => {
        const functionArn = `arn:aws:lambda:us-east-1:${account}:function:server`;
        const methodArn = `arn:aws:execute-api:us-east-1:${account}:abc123/prod/POST/mcp`;
        const { of, names } = await resourcesOf({
            runtime: { existingRuntimeArn: runtimeArn, qualifier: "stable" },
            url: {
                mcpServerUrl: "https://abc.lambda-url.us-east-1.on.aws/mcp",
                resourceArn: functionArn,
            },
            api: {
                mcpServerUrl: "https://abc123.execute-api.us-east-1.amazonaws.com/prod/mcp",
                resourceArn: methodArn,
            },
        });
        assert.ok(!names.some((name) => /^(?:Runtime|Image|Command) /.test(name)));
        assert.deepEqual(
            statementsOf(of("RolePolicy tools-invoke-targets")).map(({ Sid, Resource }) => [
                Sid,
                Resource,
            ]),
            [
                ["InvokeRuntimes", [runtimeArn, `${runtimeArn}/runtime-endpoint/stable`]],
                ["InvokeFunctionUrls", [functionArn]],
                ["InvokeApis", [methodArn]],
            ],
        );
        const services = ["runtime", "url", "api"].map((name) => {
            const [configuration] = of(`GatewayTarget tools-${name}`)[
                "credentialProviderConfigurations"
            ] as { credentialProvider: { iamCredentialProvider: { service: string } } }[];
            return configuration?.credentialProvider.iamCredentialProvider.service;
        });
        assert.deepEqual(services, ["bedrock-agentcore", "lambda", "execute-api"]);
    });

    it("runs in a VPC where config says so", async () => {
        const { of } = await resourcesOf(
            { calculator: { mcpServer: "mcp-server" } },
            {
                "agentcore-hub:runtime": {
                    network: { subnets: ["subnet-1"], securityGroups: ["sg-1"] },
                },
            },
        );
        assert.deepEqual(of("Runtime mcp-server-runtime")["networkConfiguration"], {
            networkMode: "VPC",
            networkModeConfig: { subnets: ["subnet-1"], securityGroups: ["sg-1"] },
        });
    });

    it("has its runtime once, for two gateways, whose roles both get in", async () => {
        const { names, of } = await resourcesOf(
            {},
            {
                "agentcore-hub:gateways": {
                    one: { targets: { calculator: { mcpServer: "mcp-server" } } },
                    two: { targets: { calculator: { mcpServer: "mcp-server" } } },
                },
            },
        );
        assert.equal(names.filter((name) => name.startsWith("Runtime ")).length, 1);
        const [deny] = statementsOf(of("ResourcePolicy mcp-server-endpoint-access"));
        const roles = ["one-service", "two-service"];
        assert.deepEqual(deny?.Condition, {
            ArnNotEquals: {
                "aws:PrincipalArn": roles.map((role) => `arn:aws:iam::${account}:role/${role}`),
            },
        });
    });
});
