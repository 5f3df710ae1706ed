import assert from "node:assert/strict";
import { runtimeEndpointArn } from "../../../agentcore/runtime";
import type { LocalAccount } from "../../../local/services/account";
import { type AgentRuntimeInput } from "../../../local/services/agentRuntimes";
import { accountId, document, otherAccountId, AgentRuntimeFixture } from "./agentRuntimeFixture";

describe("the policies of runtimes", () => {
    let fixture: AgentRuntimeFixture;
    let account: LocalAccount;
    before(async () => {
        fixture = await new AgentRuntimeFixture().start();
        account = fixture.account;
    });
    after(() => fixture.stop());
    const create = (change: Partial<AgentRuntimeInput> = {}) => fixture.runtime(change);
    const policy = (resource: string, change: object = {}) =>
        document([
            {
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${accountId}:role/AdminRole` },
                Action: ["bedrock-agentcore:InvokeAgentRuntime"],
                Resource: resource,
                ...change,
            },
        ]);

    it("go with their policies when they are deleted", () => {
        const { agentRuntimeId, agentRuntimeArn } = create();
        account.agentRuntimes.putResourcePolicy(agentRuntimeArn, policy(agentRuntimeArn));
        account.agentRuntimes.deleteAgentRuntime(agentRuntimeId);
        assert.equal(account.agentRuntimes.policyDocument(agentRuntimeArn), undefined);
        assert.throws(
            () => {
                account.agentRuntimes.deleteAgentRuntime(agentRuntimeId);
            },
            { code: "ResourceNotFoundException", httpStatus: 404 },
        );
    });

    it("have a policy of their own, and their endpoint another one", () => {
        const { agentRuntimeArn } = create();
        const endpointArn = runtimeEndpointArn(agentRuntimeArn);
        const { agentRuntimes } = account;
        for (const arn of [agentRuntimeArn, endpointArn]) {
            assert.throws(() => agentRuntimes.getResourcePolicy(arn), {
                code: "ResourceNotFoundException",
            });
            agentRuntimes.putResourcePolicy(arn, policy(arn));
            assert.equal(agentRuntimes.getResourcePolicy(arn).text, policy(arn));
        }
        assert.equal(
            agentRuntimes.policyDocument(endpointArn)?.name,
            `resource policy of ${endpointArn}`,
        );
        agentRuntimes.deleteResourcePolicy(endpointArn);
        assert.equal(agentRuntimes.policyDocument(endpointArn), undefined);
        assert.notEqual(agentRuntimes.policyDocument(agentRuntimeArn), undefined);
        assert.throws(
            () => {
                agentRuntimes.deleteResourcePolicy(endpointArn);
            },
            { code: "ResourceNotFoundException" },
        );
    });

    it("have policies about themselves and their actions only, with principals that are there", () => {
        const { agentRuntimeArn } = create();
        const endpointArn = runtimeEndpointArn(agentRuntimeArn);
        for (const [arn, change, message] of [
            [agentRuntimeArn, { Resource: "*" }, /must be the runtime's exact ARN arn:/],
            [agentRuntimeArn, { Resource: endpointArn }, /must be the runtime's exact ARN arn:/],
            [endpointArn, { Resource: agentRuntimeArn }, /must be the runtime endpoint's exact/],
            [
                agentRuntimeArn,
                { Action: "bedrock-agentcore:InvokeGateway" },
                /Statement\[0\]\.Action: got .*InvokeGateway.*; must be bedrock-agentcore:InvokeAgentRuntime or /,
            ],
            [agentRuntimeArn, { Action: "bedrock-agentcore:*" }, /\.Action: got /],
            [
                agentRuntimeArn,
                { Principal: { AWS: `arn:aws:iam::${accountId}:role/nobody` } },
                /Invalid principal in policy/,
            ],
            [agentRuntimeArn, { Effect: "allow" }, /The resource policy is malformed/],
        ] as const) {
            assert.throws(() => account.agentRuntimes.putResourcePolicy(arn, policy(arn, change)), {
                code: "ValidationException",
                message,
            });
        }
        const large = policy(agentRuntimeArn, { Sid: "x".repeat(20_480) });
        assert.throws(() => account.agentRuntimes.putResourcePolicy(agentRuntimeArn, large), {
            code: "ValidationException",
            message: /policy: got .* characters/,
        });
        for (const other of [
            runtimeEndpointArn(agentRuntimeArn, "other"),
            agentRuntimeArn.replace(accountId, otherAccountId),
            `${agentRuntimeArn}x`,
        ]) {
            assert.throws(() => account.agentRuntimes.putResourcePolicy(other, policy(other)), {
                code: "ResourceNotFoundException",
            });
        }
    });
});
