import assert from "node:assert/strict";
import { evaluate, parsePolicyDocument, type RequestPrincipal } from "../../../access";
import {
    invokeModelStatements,
    policyDocument,
    telemetryStatements,
} from "../../../access/statements";
import { modelActions, modelInvocationResources, type ModelCall } from "../../../agentcore/bedrock";

const accountId = "444455556666";
const here = { region: "us-east-1", accountId };
const model = "anthropic.claude-haiku-4-5-20251001-v1:0";
const agent: RequestPrincipal = {
    type: "role-session",
    accountId,
    roleArn: `arn:aws:iam::${accountId}:role/agent`,
    roleId: "AROAEXAMPLE",
    sessionName: "run",
    sessionArn: `arn:aws:sts::${accountId}:assumed-role/agent/run`,
};

/** What each resource of a call is decided to be, under the policy of another call. */
function decisions(granted: ModelCall, called: ModelCall, action: string): string[] {
    const document = policyDocument(invokeModelStatements(granted));
    return (modelInvocationResources(called) ?? []).map(
        ({ arn, context }) =>
            evaluate(
                { principal: agent, action, resource: arn, resourceAccountId: accountId, context },
                { identity: [{ name: "agent", document }] },
            ).decision,
    );
}

const isAllowed = (granted: ModelCall, called: ModelCall, action: string) =>
    decisions(granted, called, action).every((decision) => decision === "allow");

describe("an agent's statements for its model", () => {
    const calls: [what: string, call: ModelCall][] = [
        ["a foundation model", { modelId: model, ...here }],
        ["a geographic profile", { modelId: `us.${model}`, ...here }],
        [
            "a geographic profile of named regions",
            { modelId: `us.${model}`, ...here, profileRegions: ["us-east-1", "us-west-2"] },
        ],
        ["a global profile", { modelId: `global.${model}`, ...here }],
    ];
    for (const [what, call] of calls) {
        it(`allow ${what}, whole and streamed`, () => {
            parsePolicyDocument(policyDocument(invokeModelStatements(call)), "identity");
            for (const action of Object.values(modelActions)) {
                assert.ok(isAllowed(call, call, action));
            }
            assert.ok(!isAllowed(call, call, "bedrock:Converse"));
        });

        it(`allow with ${what} no other model`, () => {
            const other = call.modelId.replace("haiku", "sonnet");
            assert.ok(!isAllowed(call, { ...call, modelId: other }, "bedrock:InvokeModel"));
        });
    }

    it("allow the model behind a profile through the profile alone", () => {
        for (const [, call] of calls.slice(1)) {
            const direct = { modelId: model, ...here };
            assert.ok(!isAllowed(call, direct, "bedrock:InvokeModel"), call.modelId);
        }
    });

    it("hold to the regions that are named", () => {
        const named = { modelId: `us.${model}`, ...here, profileRegions: ["us-east-1"] };
        const wider = { ...named, profileRegions: ["us-east-1", "us-west-2"] };
        assert.deepEqual(decisions(named, wider, "bedrock:InvokeModel"), [
            ...["allow", "allow"],
            "implicitDeny",
        ]);
    });

    it("refuse what names no model", () => {
        assert.throws(() => invokeModelStatements({ modelId: "gpt", ...here }), /got gpt; must be/);
    });
});

describe("an agent's statements for its telemetry", () => {
    const decide = (action: string, context: Record<string, string> = {}) =>
        evaluate(
            { principal: agent, action, resource: "*", resourceAccountId: accountId, context },
            { identity: [{ name: "agent", document: policyDocument(telemetryStatements()) }] },
        ).decision;

    it("allow traces, and metrics of AgentCore's namespace alone", () => {
        assert.equal(decide("xray:PutTraceSegments"), "allow");
        const namespace = "cloudwatch:namespace";
        assert.equal(
            decide("cloudwatch:PutMetricData", { [namespace]: "bedrock-agentcore" }),
            "allow",
        );
        assert.equal(
            decide("cloudwatch:PutMetricData", { [namespace]: "AWS/EC2" }),
            "implicitDeny",
        );
        assert.equal(decide("cloudwatch:PutMetricData"), "implicitDeny");
        assert.equal(decide("xray:GetTraceSummaries"), "implicitDeny");
    });
});
