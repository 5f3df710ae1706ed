import assert from "node:assert/strict";
import { deployerPolicies, managedPolicy } from "../../../deployer/policy";
import type { NamedResource } from "../../../deployer/wildcards";
import { actionsOf, permissionsOf } from "../../helpers/deployerCycle";

const place = { partition: "aws", account: "111122223333", region: "us-east-1" };
const resource = (
    type: string,
    name: string,
    inputs: Record<string, unknown>,
    id?: string,
): NamedResource => ({
    ...{ urn: `urn:pulumi:provider::hub::${type}::${name}`, type, inputs },
    ...(id !== undefined && { id }),
});
const role = (name: string, inputs: Record<string, unknown> = {}) =>
    resource("aws:iam/role:Role", name, { name, ...inputs }, name);
const resourcesOf = (resources: NamedResource[], action: string) =>
    permissionsOf(deployerPolicies(resources, place))
        .filter((one) => one.action === action)
        .map((one) => one.resource);

describe("a deployer's policy", () => {
    it("has the exact ARN of a role that config names", () => {
        assert.deepEqual(resourcesOf([role("developer")], "iam:CreateRole"), [
            "arn:aws:iam::111122223333:role/developer",
        ]);
    });

    it("has a wildcard for the suffix of a name that Pulumi makes, and for nothing else", () => {
        const made = resource("aws:iam/role:Role", "tools-service", {
            name: "tools-service-3e0d811",
        });
        const given = resource("aws:iam/role:Role", "other", { name: "tools-service-3e0d811" });
        const start = "arn:aws:iam::111122223333:role/tools-service-";
        assert.deepEqual(resourcesOf([made], "iam:CreateRole"), [`${start}*`]);
        assert.deepEqual(resourcesOf([given], "iam:CreateRole"), [`${start}3e0d811`]);
    });

    it("knows a name again that was cut and written in lower case", () => {
        const name = "x".repeat(55) + "-0a1b2c3";
        const bucket = resource("aws:s3/bucket:Bucket", "X".repeat(60), { bucket: name });
        assert.deepEqual(resourcesOf([bucket], "s3:CreateBucket"), [
            `arn:aws:s3:::${"x".repeat(55)}-*`,
        ]);
    });

    it("has ten characters for the suffix of a runtime's id, wherever the id stands", () => {
        const runtime = resource(
            "aws-native:bedrockagentcore:Runtime",
            "runtime",
            {
                agentRuntimeName: "server",
                roleArn: "arn:aws:iam::111122223333:role/server",
                agentRuntimeArtifact: {},
            },
            "server-5y5cxbPEDW",
        );
        const logs = resource("aws:cloudwatch/logGroup:LogGroup", "logs", {
            name: "/aws/bedrock-agentcore/runtimes/server-5y5cxbPEDW-DEFAULT",
        });
        const all = [runtime, logs];
        assert.deepEqual(resourcesOf(all, "bedrock-agentcore:UpdateAgentRuntime"), [
            "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/server-??????????",
        ]);
        assert.deepEqual(resourcesOf(all, "logs:CreateLogGroup"), [
            "arn:aws:logs:us-east-1:111122223333:log-group:/aws/bedrock-agentcore/runtimes/server-??????????-DEFAULT:*",
        ]);
        assert.deepEqual(resourcesOf(all, "s3:GetObject"), []);
    });

    it("has the exact ARN of a runtime that is there already, of another account too", () => {
        const runtimeArn =
            "arn:aws:bedrock-agentcore:eu-west-1:777788889999:runtime/theirs-5y5cxbPEDW";
        const target = resource("aws-native:bedrockagentcore:GatewayTarget", "target", {
            ...{ name: "theirs", gatewayIdentifier: "tools-4r6tqaq99b" },
            targetConfiguration: {
                mcp: {
                    mcpServer: {
                        endpoint: `https://bedrock-agentcore.eu-west-1.amazonaws.com/runtimes/${encodeURIComponent(runtimeArn)}/invocations?qualifier=DEFAULT`,
                    },
                },
            },
        });
        assert.deepEqual(resourcesOf([target], "bedrock-agentcore:GetAgentRuntime"), [runtimeArn]);
    });

    it("asks for what an input needs only where it is given", () => {
        const tagActions = (inputs: Record<string, unknown>) =>
            actionsOf(deployerPolicies([role("a", inputs)], place)).filter((one) =>
                /tag|UpdateRole$/i.test(one),
            );
        assert.deepEqual(tagActions({}), []);
        assert.deepEqual(tagActions({ tags: {} }), []);
        assert.deepEqual(tagActions({ tags: { team: "tools" }, maxSessionDuration: 3600 }), [
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateRole",
        ]);
    });

    it("has one statement for resources with the same actions, in one order", () => {
        const roles = [role("b"), role("a")];
        const [document, ...others] = deployerPolicies(roles, place);
        assert.deepEqual(others, []);
        assert.deepEqual(
            document?.Statement.map(({ Resource }) => Resource),
            [["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"]],
        );
        assert.deepEqual(deployerPolicies(roles.reverse(), place), [document]);
    });

    it("is split where it is larger than a managed policy, and loses nothing", () => {
        const roles = Array.from({ length: 400 }, (_, index) => role(`role-${index}`));
        const documents = deployerPolicies(roles, place);
        assert.ok(documents.length > 1);
        for (const document of documents) {
            assert.ok(JSON.stringify(document).length <= managedPolicy.characters);
        }
        const created = permissionsOf(documents).filter(
            ({ action }) => action === "iam:CreateRole",
        );
        assert.equal(new Set(created.map((one) => one.resource)).size, 400);
    });

    it("is refused where one statement alone is too large", () => {
        assert.throws(() => deployerPolicies([role("x".repeat(6200))], place), {
            name: "StatementTooLarge",
            message: /must be at most 6144, as a managed policy: shorten the names in it$/,
        });
    });
});
