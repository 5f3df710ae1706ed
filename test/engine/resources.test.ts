import assert from "node:assert/strict";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Repository } from "@pulumi/aws/ecr/repository";
import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Function as LambdaFunction } from "@pulumi/aws/lambda/function";
import { Provider as AwsProvider, type ProviderArgs } from "@pulumi/aws/provider";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { Gateway } from "@pulumi/aws-native/bedrockagentcore/gateway";
import { GatewayTarget } from "@pulumi/aws-native/bedrockagentcore/gatewayTarget";
import { ResourcePolicy } from "@pulumi/aws-native/bedrockagentcore/resourcePolicy";
import { Provider as AwsNativeProvider } from "@pulumi/aws-native/provider";
import {
    asset,
    ComponentResource,
    secret,
    type CustomResourceOptions,
    type ResourceTransform,
} from "@pulumi/pulumi";
import { Command } from "@pulumi/command/local/command";
import { Provider as CommandProvider } from "@pulumi/command/provider";
import { admin, hubAccount } from "../helpers/configs";
import { assertEmpty, cloudText } from "./cloudState";
import { pulumiOrSkip } from "./pulumiCli";
import { PulumiHub, type Program } from "./pulumiHub";
import { previewOf, StepLog } from "./steps";

const trust = (service: string) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    });
const invoke = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: "*" }],
});
const lifecycle = JSON.stringify({
    rules: [
        {
            rulePriority: 1,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 3 },
            action: { type: "expire" },
        },
    ],
});
const aws = (args: ProviderArgs = {}) => new AwsProvider("aws", { region: "us-east-1", ...args });
const role = (name: string, opts: CustomResourceOptions, args = {}) =>
    new Role(name, { assumeRolePolicy: trust("lambda.amazonaws.com"), ...args }, opts);

describe("Resources under the Pulumi engine and the one in this process", () => {
    before(function () {
        return pulumiOrSkip(this);
    });
    let hub: PulumiHub;
    beforeEach(async () => {
        hub = await new PulumiHub().start();
        await hub.target();
    });
    afterEach(() => hub.stop());

    const services = () => hub.cloud.accounts.get(hubAccount) ?? assert.fail();
    const names = () =>
        services()
            .iam.roles()
            .map(({ roleName }) => roleName)
            .filter((name) => name !== "AdminRole");
    /** Deploys a program by one engine. */
    const engines = {
        Pulumi: async (program: Program) => {
            await (await hub.stack("provider", program)).up();
        },
        "this process": async (program: Program) => {
            await hub.deployProgram("provider", program);
        },
    };

    for (const [engine, deploy] of Object.entries(engines)) {
        describe(`by ${engine}`, () => {
            it("have their parents, and go in the order of what depends on them", async () => {
                const order: string[] = [];
                const program = (isThere: boolean) => () => {
                    const provider = aws();
                    if (!isThere) return Promise.resolve({});
                    const parent = new ComponentResource("test:index:Parent", "parent");
                    const one = role("one", { parent, provider });
                    role("two", { provider, dependsOn: [one] });
                    return Promise.resolve({ urn: one.urn });
                };
                await hub.intercept(hubAccount, (change, name) => {
                    order.push(`${change} ${name}`);
                });
                await deploy(program(true));
                await deploy(program(false));
                assert.deepEqual(order, ["create one", "create two", "delete two", "delete one"]);
            });

            it("stay where they are protected", async () => {
                const program = (names: string[]) => () => {
                    const provider = aws();
                    for (const name of names) role(name, { provider, protect: true }, { name });
                    return Promise.resolve({});
                };
                await deploy(program(["one"]));
                await assert.rejects(deploy(program([])), /protect/);
                assert.deepEqual(names(), ["one"]);
            });

            it("get another random name where another one is to stand beside them", async () => {
                const program = (path: string) => () => {
                    role("one", { provider: aws() }, { path });
                    return Promise.resolve({});
                };
                await deploy(program("/a/"));
                const [before] = names();
                await deploy(program("/b/"));
                assert.equal(names().length, 1);
                assert.notEqual(names()[0], before);
            });

            it("stand in the regions of their providers, two in one program", async () => {
                await deploy(() => {
                    for (const region of ["us-east-1", "eu-central-1"] as const) {
                        const provider = new AwsProvider(region, { region });
                        new LogGroup(`logs-${region}`, {}, { provider });
                    }
                    return Promise.resolve({});
                });
                for (const { name, arn } of services().logs.logGroups()) {
                    assert.equal(arn.split(":")[3], /^logs-(.*)-[0-9a-f]{7}$/.exec(name)?.[1]);
                }
            });

            it("are not made with config of their provider that is not modelled", async () => {
                await assert.rejects(
                    deploy(() => {
                        role("one", { provider: aws({ defaultTags: { tags: { a: "b" } } }) });
                        return Promise.resolve({});
                    }),
                    /NotEmulated: defaultTags of pulumi:providers:aws/,
                );
                assert.deepEqual(names(), []);
            });
        });
    }

    it("keep their place under an alias, which the engine of this process refuses by name", async () => {
        const program =
            (name: string, opts: CustomResourceOptions = {}): Program =>
            () => {
                role(name, { provider: aws(), ...opts }, { name: "one" });
                return Promise.resolve({});
            };
        const renamed = program("new", { aliases: [{ name: "old" }] });
        const stack = await hub.stack("provider", program("old"));
        await stack.up();
        const before = cloudText(hub.cloud);
        assert.deepEqual(await previewOf(await hub.stack("provider", renamed)), {});
        assert.equal(cloudText(hub.cloud), before);
        await stack.destroy();

        await hub.deployProgram("provider", program("old"));
        await assert.rejects(hub.deployProgram("provider", renamed), /renames nothing/);
    });

    it("take transforms, which the engine of this process refuses by name", async () => {
        const path: ResourceTransform = ({ props, opts }) => ({
            props: { ...props, path: "/transformed/" },
            opts,
        });
        const program: Program = () => {
            role("one", { provider: aws(), transforms: [path] }, { name: "one" });
            return Promise.resolve({});
        };
        await assert.rejects(
            hub.deployProgram("provider", program),
            /does not support transforms; use the Pulumi CLI/,
        );
        await (await hub.stack("provider", program)).up();
        assert.equal(services().iam.role("one").path, "/transformed/");
    });

    it("keep what is secret out of the state, also after a refresh", async () => {
        const code = "workloads/echo-tool/dist";
        const program: Program = () => {
            const provider = aws();
            const { arn } = role("one", { provider });
            const settings = { handler: "index.handler", runtime: "nodejs24.x", role: arn };
            new LambdaFunction(
                "function",
                {
                    ...settings,
                    code: new asset.FileArchive(code),
                    environment: { variables: { NAME: secret("hidden-text"), OTHER: "shown" } },
                },
                { provider },
            );
            return Promise.resolve({ out: secret("hidden-text") });
        };
        await assert.rejects(hub.deployProgram("provider", program), /takes none/);
        assert.deepEqual(services().lambda.functions(), []);
        const stack = await hub.stack("provider", program);
        for (const run of [() => stack.up(), () => stack.refresh()]) {
            await run();
            const [made] = services().lambda.functions();
            assert.deepEqual(made?.environment, { NAME: "hidden-text", OTHER: "shown" });
            const state = hub.stateText("provider");
            assert.ok(!state.includes("hidden-text"));
            assert.ok(state.includes("shown"));
        }
        assert.deepEqual(await previewOf(stack), {});
    });

    it("are imported by their ids, and are then as the program says", async () => {
        const { iam, logs, images, objects, agentcore, lambda } = services();
        const made = iam.createRole({
            roleName: "made",
            assumeRolePolicyDocument: trust("bedrock-agentcore.amazonaws.com"),
        });
        iam.putRolePolicy("made", "invoke", invoke);
        iam.createRole({
            roleName: "lambda",
            assumeRolePolicyDocument: trust("lambda.amazonaws.com"),
        });
        logs.createLogGroup("logs", "us-east-1", 7);
        images.createRepository(
            { name: "images", imageTagMutability: "IMMUTABLE", scanOnPush: true },
            "us-east-1",
        );
        images.setLifecyclePolicy("images", lifecycle);
        objects.createBucket({ bucket: "bucket" }, "us-east-1");
        const code = `${hub.project.folder}/workloads/echo-tool/dist`;
        const lambdaRole = iam.role("lambda").arn;
        const shared = { handler: "index.handler", runtime: "nodejs24.x", role: lambdaRole };
        const { arn } = lambda.createFunction(
            {
                ...{ ...shared, functionName: "echo", architectures: ["arm64"] },
                ...{ timeoutSeconds: 3, memoryMb: 128, environment: { NAME: "b" } },
                ...{ codeFolder: code, codeHash: "0".repeat(64) },
            },
            "us-east-1",
        );
        const settings = {
            ...{ name: "tools", roleArn: made.arn, authorizerType: "AWS_IAM" as const },
            protocolType: "MCP" as const,
        };
        const gateway = agentcore.createGateway(settings, "us-east-1");
        const targetInput = {
            name: "echo",
            targetConfiguration: {
                mcp: {
                    lambda: {
                        lambdaArn: arn,
                        toolSchema: {
                            inlinePayload: [
                                {
                                    name: "echo",
                                    description: "d",
                                    inputSchema: { type: "object" as const },
                                },
                            ],
                        },
                    },
                },
            },
            credentialProviderConfigurations: [
                { credentialProviderType: "GATEWAY_IAM_ROLE" as const },
            ],
        };
        const target = agentcore.createTarget(gateway.gatewayId, targetInput);
        const policy = JSON.stringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: { AWS: admin(hubAccount) },
                    Action: "bedrock-agentcore:InvokeGateway",
                    Resource: gateway.gatewayArn,
                },
            ],
        });
        agentcore.putResourcePolicy(gateway.gatewayArn, policy);
        const before = cloudText(hub.cloud);

        const program =
            (isImport: boolean): Program =>
            () => {
                const provider = aws();
                const native = new AwsNativeProvider("aws-native", { region: "us-east-1" });
                const of = (id: string, of: CustomResourceOptions["provider"] = provider) => ({
                    ...{ provider: of },
                    ...(isImport && { import: id }),
                });
                const { gatewayId, gatewayArn } = gateway;
                new Role("role", { name: "made", assumeRolePolicy: made.trust.text }, of("made"));
                new RolePolicy(
                    "policy",
                    { role: "made", name: "invoke", policy: invoke },
                    of("made:invoke"),
                );
                new Role(
                    "lambda",
                    { name: "lambda", assumeRolePolicy: trust("lambda.amazonaws.com") },
                    of("lambda"),
                );
                new LogGroup("logs", { name: "logs", retentionInDays: 7 }, of("logs"));
                new Repository(
                    "images",
                    {
                        name: "images",
                        imageTagMutability: "IMMUTABLE",
                        imageScanningConfiguration: { scanOnPush: true },
                    },
                    of("images"),
                );
                new LifecyclePolicy(
                    "lifecycle",
                    { repository: "images", policy: lifecycle },
                    of("images"),
                );
                new Bucket("bucket", { bucket: "bucket" }, of("bucket"));
                new Gateway("gateway", settings, of(gatewayId, native));
                new GatewayTarget(
                    "target",
                    { gatewayIdentifier: gatewayId, ...targetInput },
                    of(`${gatewayId}|${target.targetId}`, native),
                );
                new ResourcePolicy(
                    "grants",
                    { resourceArn: gatewayArn, policy },
                    of(gatewayArn, native),
                );
                return Promise.resolve({});
            };
        await assert.rejects(
            hub.deployProgram("provider", program(true)),
            /does not support import; use the Pulumi CLI/,
        );
        const log = new StepLog();
        await (await hub.stack("provider", program(true))).up({ onEvent: log.add });
        assert.deepEqual(log.diagnostics, []);
        const stack = await hub.stack("provider", program(false));
        assert.deepEqual(await previewOf(stack), {});
        assert.deepEqual(await previewOf(stack, { refresh: true }), {});
        assert.equal(cloudText(hub.cloud), before);

        const missing: Program = () => {
            role("none", { provider: aws(), import: "none" });
            return Promise.resolve({});
        };
        await assert.rejects((await hub.stack("provider", missing)).up(), /does not exist/);
    });

    it("are made anew in another region where their provider goes there, as aws does it", async () => {
        const program =
            (region: "us-east-1" | "eu-central-1"): Program =>
            () => {
                const provider = aws({ region });
                role("global", { provider });
                new LogGroup("logs", {}, { provider });
                return Promise.resolve({});
            };
        await (await hub.stack("provider", program("us-east-1"))).up();
        const moved = await hub.stack("provider", program("eu-central-1"));
        assert.deepEqual(await previewOf(moved), {
            aws: "update region",
            logs: "create-replacement region",
        });
        await moved.up();
        const regions = services()
            .logs.logGroups()
            .map(({ arn }) => arn.split(":")[3]);
        assert.deepEqual(regions, ["eu-central-1"]);
        assert.deepEqual(await previewOf(moved), {});
        await moved.destroy();
        assertEmpty(services());
    });

    it("are refused with the credentials of another account, and when the pin is changed to one", async () => {
        const program =
            (pin: string): Program =>
            () => {
                role("one", { provider: aws({ allowedAccountIds: [pin] }) });
                return Promise.resolve({});
            };
        await (await hub.stack("provider", program(hubAccount))).up();
        const other = await hub.stack("provider", program("999999999999"));
        await assert.rejects(other.preview(), /AWS account ID not allowed/);
        await assert.rejects(other.up(), /AWS account ID not allowed/);
        assert.equal(names().length, 1);
    });

    it("end with Ctrl-C where they are commands, and leave nothing running", async () => {
        const interrupt = new AbortController();
        await hub.intercept(hubAccount, () => {
            // Once the command is there to be ended.
            setTimeout(() => {
                interrupt.abort();
            }, 500);
        });
        const program: Program = () => {
            const provider = new CommandProvider("command");
            new Command("waits", { create: "exec sleep 1000" }, { provider });
            return Promise.resolve({});
        };
        const stack = await hub.stack("provider", program);
        await assert.rejects(stack.up({ signal: interrupt.signal }), /SIGKILL|cancel/i);
    });
});
