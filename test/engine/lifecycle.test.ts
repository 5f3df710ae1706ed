import assert from "node:assert/strict";
import {
    BedrockAgentCoreControlClient,
    DeleteResourcePolicyCommand,
} from "@aws-sdk/client-bedrock-agentcore-control";
import type { Stack } from "@pulumi/pulumi/automation";
import { admin, hubAccount, spokeAccount } from "../helpers/configs";
import { assertEmpty, assertSame, cloudText, comparable } from "./cloudState";
import { pulumiOrSkip } from "./pulumiCli";
import { PulumiHub } from "./pulumiHub";
import { previewOf, StepLog, type Steps } from "./steps";

const operator = `arn:aws:iam::${hubAccount}:role/AdminRole`;

const hub = {
    account: { role: "provider", id: hubAccount },
    spokes: { consumer: { account: spokeAccount, stack: "consumer" } },
};
const gateway = {
    targets: {
        "echo-tools": { lambda: "echo-tool", tools: ["echo_message"] },
        calculator: { mcpServer: "mcp-server" },
    },
    grants: [{ spoke: "consumer", roles: ["developer", "agent"] }],
};
const spoke = {
    account: { role: "consumer", id: spokeAccount },
    hubs: { "tools-team": { account: hubAccount, stack: "provider" } },
};
const caller = { gateways: ["tools-team/tools"], assumedBy: [admin(spokeAccount)] };
const agent = { gateways: ["tools-team/tools"], invokedBy: [admin(spokeAccount)] };

describe("The Pulumi engine, on the shipped stacks", () => {
    before(function () {
        return pulumiOrSkip(this);
    });
    let pulumi: PulumiHub;
    let provider: Stack;
    let consumer: Stack;
    let deployed = "";
    before(async () => {
        pulumi = await new PulumiHub().start();
        provider = await pulumi.stack("provider");
        consumer = await pulumi.stack("consumer");
        await provider.up();
        await consumer.up();
        await provider.up();
        deployed = cloudText(pulumi.cloud);
    });
    after(() => pulumi.stop());

    it("shows no change after a deployment, and leaves the cloud as it is", async () => {
        assert.deepEqual(await previewOf(provider), {});
        assert.deepEqual(await previewOf(consumer), {});
        assert.equal(cloudText(pulumi.cloud), deployed);
    });

    it("finds with a refresh that nothing drifted", async () => {
        const log = new StepLog();
        const { summary } = await provider.refresh({ onEvent: log.add });
        assert.deepEqual(Object.keys(summary.resourceChanges ?? {}), ["same"]);
        assert.deepEqual(log.diagnostics, []);
        assert.deepEqual(await previewOf(provider), {});
        assert.equal(cloudText(pulumi.cloud), deployed);
    });

    for (const { stack, what, config, steps } of [
        {
            stack: "provider",
            what: "lambda, runtime, and a gateway's own keys",
            config: {
                ...hub,
                lambda: { timeoutSeconds: 31, memoryMb: 512, logRetentionDays: 7 },
                runtime: {
                    idleTimeoutSeconds: 901,
                    maxLifetimeSeconds: 28_801,
                    logRetentionDays: 14,
                    operators: [operator],
                },
                gateways: {
                    tools: {
                        ...gateway,
                        description: "d",
                        instructions: "i",
                        exceptionLevel: "DEBUG",
                        supportedVersions: ["2025-11-25"],
                    },
                },
            },
            steps: {
                "echo-tool-function": "update memorySize, timeout",
                "echo-tool-logs": "update retentionInDays",
                "mcp-server-logs": "update retentionInDays",
                "mcp-server-runtime": "update lifecycleConfiguration",
                "mcp-server-runtime-access": "update policy",
                "mcp-server-endpoint-access": "update policy",
                "tools-gateway": "update description, exceptionLevel, protocolConfiguration",
            },
        },
        {
            stack: "provider",
            what: "targets and grants",
            config: {
                ...hub,
                gateways: {
                    tools: {
                        targets: { "echo-tools": { lambda: "echo-tool" } },
                        grants: [{ account: spokeAccount }],
                    },
                },
            },
            steps: {
                "tools-echo-tools": "update targetConfiguration",
                "tools-grants": "update policy",
                "tools-invoke-targets": "update policy",
                ...gone("tools-calculator", "tools-calculator-await-runtime"),
                ...gone("tools-calculator-synchronize", "mcp-server", "command", "docker-build"),
                ...gone("mcp-server-runtime", "mcp-server-execution", "mcp-server-logs"),
                ...gone("mcp-server-runtime-access", "mcp-server-endpoint-access"),
                ...gone("mcp-server-images", "mcp-server-images-lifecycle", "mcp-server-image"),
                ...gone("mcp-server-read-code", "mcp-server-write-logs"),
            },
        },
        {
            stack: "provider",
            what: "a gateway's name",
            config: { ...hub, gateways: { others: gateway } },
            steps: {
                ...gone("tools", "tools-service", "tools-gateway", "tools-grants"),
                ...gone("tools-invoke-targets", "tools-echo-tools", "tools-calculator"),
                ...gone("tools-calculator-await-runtime", "tools-calculator-synchronize"),
                ...made("others", "others-service", "others-gateway", "others-grants"),
                ...made("others-invoke-targets", "others-echo-tools", "others-calculator"),
                ...made("others-calculator-await-runtime", "others-calculator-synchronize"),
                "mcp-server-runtime-access": "update policy",
                "mcp-server-endpoint-access": "update policy",
            },
        },
        {
            stack: "provider",
            what: "an MCP server's listing, and the form of its code",
            config: {
                ...hub,
                runtime: { artifact: "zip" },
                gateways: {
                    tools: {
                        ...gateway,
                        targets: {
                            ...gateway.targets,
                            calculator: { mcpServer: "mcp-server", listingMode: "DYNAMIC" },
                        },
                    },
                },
            },
            steps: {
                ...made("mcp-server", "mcp-server-archive", "mcp-server-code"),
                ...gone("mcp-server-image", "mcp-server-images", "mcp-server-images-lifecycle"),
                ...gone("tools-calculator-synchronize"),
                "mcp-server-read-code": "update policy",
                "mcp-server-runtime": "update agentRuntimeArtifact",
                "tools-calculator": "update targetConfiguration",
            },
        },
        {
            stack: "consumer",
            what: "the agent's model, its tools and who may invoke it",
            config: {
                ...spoke,
                callers: { developer: caller, auditor: caller },
                agent: {
                    ...agent,
                    model: "us.anthropic.claude-sonnet-4-20250514-v1:0",
                    modelRegions: ["us-east-1", "us-west-2"],
                    toolLoading: "search",
                    invokedBy: [`arn:aws:iam::${spokeAccount}:role/Operators`],
                },
            },
            steps: {
                "agent-invoke-model": "update policy",
                "agent-runtime": "update environmentVariables",
                "agent-runtime-access": "update policy",
                "agent-endpoint-access": "update policy",
            },
        },
        {
            stack: "consumer",
            what: "the callers and the agent",
            config: {
                ...spoke,
                callers: { developer: { ...caller, maxSessionSeconds: 7200 }, tester: caller },
                agent: { ...agent, maxTurns: 5, systemPrompt: "s" },
            },
            steps: {
                "developer-role": "update maxSessionDuration",
                ...made("tester", "tester-role", "tester-invoke-gateways"),
                ...gone("auditor", "auditor-role", "auditor-invoke-gateways"),
                "agent-runtime": "update environmentVariables",
            },
        },
    ] satisfies { stack: "provider" | "consumer"; what: string; config: object; steps: Steps }[]) {
        it(`shows what a change of ${what} does, and leaves the cloud as it is`, async () => {
            pulumi.project.config(stack, config);
            try {
                const shown = await previewOf(stack === "provider" ? provider : consumer);
                assert.deepEqual(shown, steps);
                assert.equal(cloudText(pulumi.cloud), deployed);
            } finally {
                pulumi.project.ship(stack);
            }
        });
    }

    it("shows what was changed behind its back, and puts it right", async () => {
        const { iam, lambda, logs, images, agentcore, agentRuntimes } = accountOf(hubAccount);
        const before = comparable(pulumi.cloud);
        const role = (start: string) =>
            iam.roles().find(({ roleName }) => roleName.startsWith(start)) ?? assert.fail();
        const tools = pulumi.gateway();

        // As an administrator would with the AWS CLI: by the services themselves where the local cloud has no API to write.
        iam.updateRole(role("tools-service").roleName, { description: "changed" });
        iam.deleteRolePolicy(
            role("echo-tool-execution").roleName,
            [...role("echo-tool-execution").inlinePolicies.keys()][0] ?? "",
        );
        const [echo = assert.fail()] = lambda.functions();
        lambda.updateFunction({ ...echo, environment: { ADDED: "1" }, memoryMb: 128 });
        for (const { name } of logs.logGroups()) logs.setRetention(name, 1);
        const [repository = assert.fail()] = images.repositories();
        images.updateRepository({ ...repository, imageTagMutability: "MUTABLE" });
        images.deleteLifecyclePolicy(repository.name);
        agentcore.updateGateway(tools.gatewayId, { ...tools, exceptionLevel: "DEBUG" });
        const target = [...tools.targets.values()].find(({ name }) => name === "echo-tools");
        agentcore.deleteTarget(tools.gatewayId, target?.targetId ?? "");
        const control = new BedrockAgentCoreControlClient({
            region: "us-east-1",
            endpoint: pulumi.cloud.endpoints.bedrockAgentcoreControl,
            credentials: (await pulumi.account(hubAccount)).admin,
        });
        const { gatewayArn } = tools;
        await control.send(new DeleteResourcePolicyCommand({ resourceArn: gatewayArn }));
        const [runtime = assert.fail()] = agentRuntimes.runtimes();
        agentRuntimes.updateAgentRuntime(runtime.agentRuntimeId, {
            ...runtime,
            environmentVariables: { ADDED: "1" },
        });
        agentRuntimes.deleteResourcePolicy(runtime.agentRuntimeArn);
        const tampered = cloudText(pulumi.cloud);

        const shown = await previewOf(provider, { refresh: true });
        assert.deepEqual(shown, {
            "tools-service": "update description",
            "echo-tool-write-logs": "create",
            "echo-tool-function": "update environment, memorySize",
            "echo-tool-logs": "update retentionInDays",
            "mcp-server-logs": "update retentionInDays",
            "mcp-server-images": "update imageTagMutability",
            "mcp-server-images-lifecycle": "create",
            "tools-gateway": "update exceptionLevel",
            "tools-echo-tools": "create",
            "tools-grants": "create",
            "mcp-server-runtime": "update environmentVariables",
            "mcp-server-runtime-access": "create",
        });
        assert.equal(cloudText(pulumi.cloud), tampered);

        await provider.up({ refresh: true });
        assertSame(versionless(comparable(pulumi.cloud)), versionless(before));
        assert.deepEqual(await previewOf(provider, { refresh: true }), {});
    });

    it("makes again what was deleted behind its back", async () => {
        const { agentcore, iam, lambda } = accountOf(hubAccount);
        const before = comparable(pulumi.cloud);
        const { gatewayId, targets } = pulumi.gateway();
        for (const targetId of targets.keys()) agentcore.deleteTarget(gatewayId, targetId);
        agentcore.deleteGateway(gatewayId);
        for (const { functionName } of lambda.functions()) lambda.deleteFunction(functionName);
        for (const { roleName, inlinePolicies } of iam.roles()) {
            if (!roleName.startsWith("tools-service")) continue;
            for (const name of [...inlinePolicies.keys()]) iam.deleteRolePolicy(roleName, name);
            iam.deleteRole(roleName);
        }
        await provider.up({ refresh: true });
        // A changed gateway reaches the spoke with its next deployment.
        assert.notEqual(pulumi.gateway().gatewayId, gatewayId);
        assert.deepEqual(await previewOf(consumer), {
            "agent-runtime": "update environmentVariables",
            "agent-invoke-gateways": "update policy",
            "developer-invoke-gateways": "update policy",
            "auditor-invoke-gateways": "update policy",
        });
        await consumer.up();
        const { iam: spokes } = accountOf(spokeAccount);
        const [policy = ""] = spokes.role("developer").inlinePolicies.values();
        assert.ok(policy.includes(pulumi.gateway().gatewayArn));
        assertSame(versionless(comparable(pulumi.cloud)), versionless(before));
    });

    it("destroys what is there, whether or not some of it is gone, and leaves the cloud empty", async () => {
        const { agentcore, iam } = accountOf(hubAccount);
        agentcore.deleteResourcePolicy(pulumi.gateway().gatewayArn);
        for (const { roleName, inlinePolicies } of iam.roles()) {
            for (const name of [...inlinePolicies.keys()]) iam.deleteRolePolicy(roleName, name);
        }
        await consumer.destroy();
        await provider.destroy();
        assertEmpty(accountOf(hubAccount));
        assertEmpty(accountOf(spokeAccount));
    });

    function accountOf(id: string) {
        return pulumi.cloud.accounts.get(id) ?? assert.fail();
    }
});

/** A runtime's version counts its updates. */
function versionless(text: string): string {
    return text.replace(/"agentRuntimeVersion": "\d+"/g, "");
}

function gone(...names: string[]): Steps {
    return Object.fromEntries(names.map((name) => [name, "delete"]));
}

function made(...names: string[]): Steps {
    return Object.fromEntries(names.map((name) => [name, "create"]));
}
