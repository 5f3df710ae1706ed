import assert from "node:assert/strict";
import { judge } from "../../../policy/judge";
import { fromExport } from "../../../policy/sources";
import { unknown } from "../../../policy/resource";
import { allow, hub, policy } from "../../../policy/rules/examples";
import type { ExampleResource } from "../../../policy/rules/rule";
import { StackView } from "../../../policy/stackView";
import { baseResources, baseStack } from "./baseStack";

const anyGateway = policy(
    allow("bedrock-agentcore:*", "arn:aws:bedrock-agentcore:*:111122223333:gateway/*"),
);
const role = { type: "aws:iam/role:Role", name: "developer-role" };
const managed = {
    type: "aws:iam/policy:Policy",
    name: "shared",
    props: { arn: "arn:aws:iam::111122223333:policy/shared", policy: anyGateway },
};

/** The names of the rules that find something. */
const rulesOf = (changes: readonly ExampleResource[]) => [
    ...new Set(
        judge("consumer", baseStack(changes), { today: "2026-11-21" }).map(({ rule }) => rule.name),
    ),
];

describe("a policy that allows too much is seen", () => {
    const forms: Record<string, ExampleResource[]> = {
        "inline in a role": [
            { ...role, props: { inlinePolicies: [{ name: "own", policy: anyGateway }] } },
        ],
        "as text with white space": [
            {
                ...role,
                props: {
                    inlinePolicies: [{ name: "own", policy: JSON.stringify(anyGateway, null, 4) }],
                },
            },
        ],
        "managed and attached": [
            managed,
            {
                type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                name: "attached",
                props: { role: "developer", policyArn: managed.props.arn },
            },
        ],
        "managed and in the role's list": [
            managed,
            { ...role, props: { managedPolicyArns: [managed.props.arn] } },
        ],
        "attached to several roles at once": [
            managed,
            {
                type: "aws:iam/policyAttachment:PolicyAttachment",
                name: "attached",
                props: { roles: ["agent", "developer"], policyArn: managed.props.arn },
            },
        ],
        "of aws-native, for a role": [
            {
                type: "aws-native:iam:RolePolicy",
                name: "native",
                props: { roleName: "developer", policyDocument: anyGateway },
            },
        ],
        "of aws-native, managed": [
            {
                type: "aws-native:iam:ManagedPolicy",
                name: "native",
                props: { roles: ["developer"], policyDocument: anyGateway },
            },
        ],
    };
    for (const [form, changes] of Object.entries(forms)) {
        it(form, () => {
            const found = rulesOf(changes);
            for (const rule of [
                "gateway-invoke-exact",
                "wildcard-resources",
                "caller-only-invokes",
                "execution-role-no-management",
            ]) {
                assert.ok(found.includes(rule), `${rule} is not among ${found.join(", ")}`);
            }
        });
    }

    const statements = {
        "by a wildcard in the action": allow("bedrock-agentcore:Inv?keGat*", "*"),
        "by another case": allow("Bedrock-AgentCore:invokegateway", "arn:aws:bedrock-agentcore:*"),
        "by NotAction": { Effect: "Allow", NotAction: "s3:*", Resource: "*" },
        "by NotResource": {
            Effect: "Allow",
            Action: "bedrock-agentcore:InvokeGateway",
            NotResource: hub.gateway,
        },
        "by a wildcard inside an ARN": allow(
            "bedrock-agentcore:InvokeGateway",
            "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-a1b2c3d4e?",
        ),
        "by a policy variable": allow(
            "bedrock-agentcore:InvokeGateway",
            "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/${aws:PrincipalTag/gateway}",
        ),
    };
    for (const [form, statement] of Object.entries(statements)) {
        it(form, () => {
            const document = { Version: "2012-10-17", Statement: statement };
            const found = rulesOf([
                { ...role, props: { inlinePolicies: [{ name: "own", policy: document }] } },
            ]);
            assert.ok(found.includes("gateway-invoke-exact"), found.join(", "));
        });
    }
});

describe("an exported stack", () => {
    it("is judged by what the provider gave back, and not by what waits for its deletion", () => {
        const inputs = { authorizerType: "AWS_IAM", name: "tools" };
        const resource = {
            urn: "urn:pulumi:s::p::aws-native:bedrockagentcore:Gateway::g",
            type: "aws-native:bedrockagentcore:Gateway",
            inputs,
        };
        const resources = fromExport({
            version: 3,
            deployment: {
                resources: [
                    { ...resource, outputs: { ...inputs, authorizerType: "NONE" } },
                    { ...resource, delete: true },
                ],
            },
        });
        assert.deepEqual(
            resources.map(({ name, props }) => [name, props["authorizerType"]]),
            [["g", "NONE"]],
        );
    });

    it("has a secret that is not shown as not known", () => {
        const [resource] = fromExport({
            deployment: {
                resources: [
                    {
                        urn: "urn:pulumi:s::p::t::n",
                        type: "t",
                        inputs: {
                            shown: {
                                "4dabf18193072939515e22adb298388d":
                                    "1b47061264138c4ac30d75fd1eb44270",
                                plaintext: '"text"',
                            },
                            hidden: {
                                "4dabf18193072939515e22adb298388d":
                                    "1b47061264138c4ac30d75fd1eb44270",
                                ciphertext: "v1:abc",
                            },
                        },
                    },
                ],
            },
        });
        assert.deepEqual(resource?.props, { shown: "text", hidden: unknown });
    });

    it("must be one", () => {
        assert.throws(
            () => fromExport({ resources: [] }),
            /must be the JSON that `pulumi stack export`/,
        );
    });
});

describe("a preview, where ARNs are not known", () => {
    it("knows whose a role is by what a property was made from", () => {
        const resources = baseResources().map((one) => {
            const { arn: _arn, ...props } = one.props;
            if (one.name === "tools-service") return { ...one, props: { ...props, arn: unknown } };
            if (one.name !== "tools-gateway") return one;
            const made = baseResources().find(({ name }) => name === "tools-service");
            return {
                ...one,
                props: { ...one.props, roleArn: unknown },
                madeFrom: { roleArn: [made?.urn ?? ""] },
            };
        });
        const view = new StackView(resources);
        const [gateway] = view.gateways;
        assert.ok(typeof gateway?.role === "object");
        assert.equal(gateway.role.name, "tools-service");
        assert.equal(view.documentsOf(gateway.role).length, 1);
    });
});

describe("an image's repository", () => {
    const repository: ExampleResource = {
        type: "aws-native:ecr:Repository",
        name: "native-images",
        props: {
            repositoryUri: `${hub.image}-native`,
            imageTagMutability: "IMMUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
        },
    };
    const pushedTo = (tag: string): ExampleResource => ({
        type: "docker-build:index:Image",
        name: "mcp-server-image",
        props: { tags: [tag] },
    });

    it("may be one of either provider", () => {
        assert.deepEqual(rulesOf([repository, pushedTo(`${hub.image}-native:1`)]), []);
    });

    it("is known by its whole URL", () => {
        assert.deepEqual(rulesOf([repository, pushedTo(`${hub.image}-nativ:1`)]), [
            "image-own-repository",
        ]);
    });
});
