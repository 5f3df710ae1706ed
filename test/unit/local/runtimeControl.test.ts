import {
    BedrockAgentCoreControlClient,
    DeleteResourcePolicyCommand,
    GetAgentRuntimeCommand,
    GetAgentRuntimeEndpointCommand,
    GetResourcePolicyCommand,
    ListAgentRuntimeEndpointsCommand,
    ListAgentRuntimesCommand,
    PutResourcePolicyCommand,
    SynchronizeGatewayTargetsCommand,
} from "@aws-sdk/client-bedrock-agentcore-control";
import assert from "node:assert/strict";
import { runtimeEndpointArn } from "../../../agentcore/runtime";
import { credentialsOf } from "../../helpers/localHub";
import {
    account,
    document,
    gatewayInputs,
    invokeStatement,
    lambdaTarget,
    trustOf,
    types,
} from "./providersFixture";
import { RuntimeFixture, service } from "./providersRuntimeFixture";

describe("the control plane of runtimes answers over HTTP", () => {
    const fixture = new RuntimeFixture();
    beforeEach(fixture.start);
    afterEach(fixture.stop);
    const { local, runtimeInputs, runtime } = fixture;

    const control = (role: string) => {
        const key = fixture.providers.cloud.sts.session(local(), local().iam.role(role), "test");
        return new BedrockAgentCoreControlClient({
            region: "us-east-1",
            endpoint: fixture.providers.cloud.endpoints.bedrockAgentcoreControl,
            credentials: credentialsOf(key),
            maxAttempts: 1,
        });
    };

    it("a runtime, its endpoint and the lists of both", async () => {
        const { id, outputs } = await runtime();
        const arn = outputs["agentRuntimeArn"] as string;
        const client = control("AdminRole");
        const found = await client.send(new GetAgentRuntimeCommand({ agentRuntimeId: id }));
        assert.equal(found.agentRuntimeArn, arn);
        assert.equal(found.status, "READY");
        assert.deepEqual(found.lifecycleConfiguration, {
            idleRuntimeSessionTimeout: 300,
            maxLifetime: 28_800,
        });
        assert.deepEqual(found.protocolConfiguration, { serverProtocol: "MCP" });
        assert.match(
            found.agentRuntimeArtifact?.containerConfiguration?.containerUri ?? "",
            /images@sha256:/,
        );
        const { agentRuntimes } = await client.send(new ListAgentRuntimesCommand());
        assert.deepEqual(
            agentRuntimes?.map(({ agentRuntimeId }) => agentRuntimeId),
            [id],
        );
        const { runtimeEndpoints } = await client.send(
            new ListAgentRuntimeEndpointsCommand({ agentRuntimeId: id }),
        );
        assert.deepEqual(
            runtimeEndpoints?.map(({ name }) => name),
            ["DEFAULT"],
        );
        const endpoint = await client.send(
            new GetAgentRuntimeEndpointCommand({ agentRuntimeId: id, endpointName: "DEFAULT" }),
        );
        assert.equal(endpoint.agentRuntimeEndpointArn, runtimeEndpointArn(arn));
        assert.equal(endpoint.liveVersion, "1");
    });

    it("a runtime of an archive as one", async () => {
        await fixture.providers.create(types.bucket, { bucket: "archive" });
        local().objects.putArchive("archive", "code.zip", { folder: fixture.context, hash: "1" });
        const roleArn = await fixture.providers.role("execution", trustOf(service), {
            Action: "s3:GetObject",
            Resource: "arn:aws:s3:::archive/*",
        });
        const code = { s3: { bucket: "archive", prefix: "code.zip" } };
        const codeConfiguration = { code, runtime: "NODE_22", entryPoint: ["server.mjs"] };
        const { id } = await fixture.providers.create(types.runtime, {
            ...runtimeInputs(roleArn, ""),
            agentRuntimeArtifact: { codeConfiguration },
            requestHeaderConfiguration: { requestHeaderAllowlist: ["X-Tenant"] },
        });
        const found = await control("AdminRole").send(
            new GetAgentRuntimeCommand({ agentRuntimeId: id }),
        );
        assert.deepEqual(found.agentRuntimeArtifact, { codeConfiguration });
        assert.deepEqual(found.requestHeaderConfiguration, {
            requestHeaderAllowlist: ["X-Tenant"],
        });
    });

    it("what is not there, and what is not modelled, as that", async () => {
        const { id } = await runtime();
        const client = control("AdminRole");
        const missing = { name: "ResourceNotFoundException" };
        const none = "calculator-0000000000";
        await assert.rejects(
            client.send(new GetAgentRuntimeCommand({ agentRuntimeId: none })),
            missing,
        );
        await assert.rejects(
            client.send(new ListAgentRuntimeEndpointsCommand({ agentRuntimeId: none })),
            missing,
        );
        await assert.rejects(
            client.send(
                new GetAgentRuntimeEndpointCommand({
                    agentRuntimeId: id,
                    endpointName: "other",
                }),
            ),
            missing,
        );
        await assert.rejects(
            client.send(
                new GetAgentRuntimeCommand({ agentRuntimeId: id, agentRuntimeVersion: "7" }),
            ),
            { name: "NotEmulated" },
        );
    });

    it("only by who may", async () => {
        const { id, outputs } = await runtime();
        const arn = outputs["agentRuntimeArn"] as string;
        const operator = { Principal: { AWS: `arn:aws:iam::${account}:root` } };
        await fixture.providers.role(
            "reader",
            { ...operator, Action: "sts:AssumeRole" },
            { Action: "bedrock-agentcore:GetAgentRuntime*", Resource: arn },
        );
        const client = control("reader");
        await client.send(new GetAgentRuntimeCommand({ agentRuntimeId: id }));
        const denied = { name: "AccessDeniedException" };
        await assert.rejects(
            client.send(
                new GetAgentRuntimeEndpointCommand({
                    agentRuntimeId: id,
                    endpointName: "DEFAULT",
                }),
            ),
            denied,
        );
        await assert.rejects(client.send(new ListAgentRuntimesCommand()), denied);
        await assert.rejects(
            client.send(new GetAgentRuntimeCommand({ agentRuntimeId: `${id}0` })),
            denied,
        );
    });

    it("the policies of a runtime and of its endpoint, which are put and deleted too", async () => {
        const { outputs } = await runtime();
        const arn = outputs["agentRuntimeArn"] as string;
        const client = control("AdminRole");
        for (const resourceArn of [arn, runtimeEndpointArn(arn)]) {
            const policy = JSON.stringify(
                document({
                    Principal: { AWS: `arn:aws:iam::${account}:role/execution` },
                    Action: "bedrock-agentcore:InvokeAgentRuntime",
                    Resource: resourceArn,
                }),
            );
            await client.send(new PutResourcePolicyCommand({ resourceArn, policy }));
            const found = await client.send(new GetResourcePolicyCommand({ resourceArn }));
            assert.equal(found.policy, policy);
            await client.send(new DeleteResourcePolicyCommand({ resourceArn }));
            await assert.rejects(client.send(new GetResourcePolicyCommand({ resourceArn })), {
                name: "ResourceNotFoundException",
            });
        }
    });

    it("and a target that keeps no server's tools is not synchronized", async () => {
        const executionRole = await fixture.providers.role(
            "lambda",
            trustOf("lambda.amazonaws.com"),
        );
        const made = await fixture.providers.create(
            types.lambda,
            fixture.providers.functionInputs("echo", executionRole),
        );
        const lambdaArn = made.outputs["arn"] as string;
        const role = await fixture.providers.role(
            "gateway",
            trustOf(service),
            invokeStatement(lambdaArn),
        );
        const gateway = await fixture.providers.create(types.gateway, gatewayInputs("tools", role));
        const target = await fixture.providers.create(types.target, {
            gatewayIdentifier: gateway.id,
            ...lambdaTarget(lambdaArn),
        });
        const client = control("AdminRole");
        const [, targetId = ""] = target.id.split("|");
        const synchronize = (...targetIdList: string[]) =>
            client.send(
                new SynchronizeGatewayTargetsCommand({
                    gatewayIdentifier: gateway.id,
                    targetIdList,
                }),
            );
        await assert.rejects(synchronize(targetId), { name: "ValidationException" });
        await assert.rejects(synchronize("0123456789"), { name: "ResourceNotFoundException" });
        await assert.rejects(synchronize(targetId, targetId), {
            name: "ValidationException",
            message: "targetIdList: must have 1 item, a target's id",
        });
    });
});
