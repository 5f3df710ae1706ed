import assert from "node:assert/strict";
import { evaluate, parsePolicyDocument, type Statement } from "../../../access";
import { operatorActions } from "../../../access/operatorActions";
import {
    gatewayManagementStatements,
    gatewayReadOnlyStatements,
    type ManagementScope,
} from "../../../access/operatorStatements";
import { policyDocument } from "../../../access/statements";
import { limits } from "../../../agentcore/limits";
import { unscopedActions } from "../../../agentcore/unscopedActions";

const accountId = "111122223333";
const place = { partition: "aws", region: "us-east-1", accountId };
const arn = (resource: string) => `arn:aws:bedrock-agentcore:us-east-1:${accountId}:${resource}`;
const gateway = arn("gateway/tools-a1b2c3d4e5");
const serviceRole = `arn:aws:iam::${accountId}:role/tools-service`;
const key = `arn:aws:kms:us-east-1:${accountId}:key/1234abcd`;
const schema = "arn:aws:s3:::tool-schemas/tools.json";
const office = "203.0.113.0/24";
const all: ManagementScope = {
    ...place,
    serviceRoles: [serviceRole],
    kmsKeys: [key],
    schemaObjects: [schema],
    credentialProviders: true,
    sourceAddresses: [office],
};
const identities = [
    arn("workload-identity-directory/default"),
    arn("workload-identity-directory/default/workload-identity/*"),
];

const allows = (
    statements: Statement[],
    action: string,
    resource: string,
    context: Record<string, string | string[]> = { "aws:RequestedRegion": "us-east-1" },
) => {
    const request = {
        principal: {
            ...({ type: "role-session", accountId, sessionName: "work" } as const),
            roleArn: `arn:aws:iam::${accountId}:role/GatewayManagement`,
            roleId: "AROAOPERATOR000000001",
            sessionArn: `arn:aws:sts::${accountId}:assumed-role/GatewayManagement/work`,
        },
        ...{ action, resource, resourceAccountId: accountId, context },
    };
    const document = JSON.stringify(policyDocument(statements));
    return evaluate(request, { identity: [{ name: "own", document }] }).decision;
};

const actionsIn = (statements: Statement[]) =>
    statements
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action = [] }) => [Action].flat());

describe("the management role's statements", () => {
    it("are these, where no keys, schemas, credential providers and addresses are used", () => {
        assert.deepEqual(gatewayManagementStatements({ ...place, serviceRoles: [serviceRole] }), [
            {
                Sid: "CreateGateways",
                Effect: "Allow",
                Action: "bedrock-agentcore:CreateGateway",
                Resource: "*",
                Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } },
            },
            {
                Sid: "ListGateways",
                Effect: "Allow",
                Action: "bedrock-agentcore:ListGateways",
                Resource: "*",
            },
            {
                Sid: "ManageGateways",
                Effect: "Allow",
                Action: [
                    "BatchPutGatewayRateLimits",
                    ...["CreateGatewayRateLimit", "CreateGatewayRule", "CreateGatewayTarget"],
                    ...["DeleteGateway", "DeleteGatewayRateLimit", "DeleteGatewayRule"],
                    ...["DeleteGatewayTarget", "DeleteResourcePolicy", "GetGateway"],
                    ...["GetGatewayRateLimit", "GetGatewayRule", "GetGatewayTarget"],
                    ...["GetResourcePolicy", "ListGatewayRateLimits", "ListGatewayRules"],
                    ...["ListGatewayTargets", "PutResourcePolicy", "SynchronizeGatewayTargets"],
                    ...["UpdateGateway", "UpdateGatewayRateLimit", "UpdateGatewayRule"],
                    "UpdateGatewayTarget",
                ].map((name) => `bedrock-agentcore:${name}`),
                Resource: arn("gateway/*"),
            },
            {
                Sid: "ManageWorkloadIdentities",
                Effect: "Allow",
                Action: [
                    "bedrock-agentcore:CreateWorkloadIdentity",
                    "bedrock-agentcore:DeleteWorkloadIdentity",
                    "bedrock-agentcore:GetWorkloadIdentity",
                    "bedrock-agentcore:ListWorkloadIdentities",
                    "bedrock-agentcore:UpdateWorkloadIdentity",
                ],
                Resource: identities,
            },
            {
                Sid: "Tag",
                Effect: "Allow",
                Action: [
                    "bedrock-agentcore:ListTagsForResource",
                    "bedrock-agentcore:TagResource",
                    "bedrock-agentcore:UntagResource",
                ],
                Resource: [arn("gateway/*"), ...identities],
            },
            {
                Sid: "NeverInvoke",
                Effect: "Deny",
                Action: "bedrock-agentcore:InvokeGateway",
                Resource: arn("gateway/*"),
            },
            {
                Sid: "PassServiceRoles",
                Effect: "Allow",
                Action: "iam:PassRole",
                Resource: [serviceRole],
                Condition: {
                    StringEquals: { "iam:PassedToService": "bedrock-agentcore.amazonaws.com" },
                },
            },
        ]);
    });

    it("have one each for what is used besides", () => {
        const plain = gatewayManagementStatements({ ...place, serviceRoles: [serviceRole] });
        const sids = (statements: Statement[]) => statements.map(({ Sid }) => Sid);
        const more = (use: Partial<ManagementScope>) =>
            gatewayManagementStatements({ ...place, serviceRoles: [serviceRole], ...use }).filter(
                ({ Sid }) => !sids(plain).includes(Sid),
            );
        const throughAgentcore = {
            "ForAnyValue:StringEquals": { "aws:CalledVia": ["bedrock-agentcore.amazonaws.com"] },
        };
        assert.deepEqual(more({ kmsKeys: [key] }), [
            {
                Sid: "UseKeys",
                Effect: "Allow",
                Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
                Resource: [key],
                Condition: throughAgentcore,
            },
            {
                Sid: "GrantKeysToGateways",
                Effect: "Allow",
                Action: "kms:CreateGrant",
                Resource: [key],
                Condition: {
                    StringEquals: {
                        "kms:GrantConstraintType": "EncryptionContextSubset",
                        "kms:ViaService": "bedrock-agentcore.us-east-1.amazonaws.com",
                    },
                    StringLike: {
                        "kms:EncryptionContext:aws:bedrock-agentcore-gateway:arn": arn("gateway/*"),
                    },
                    "ForAllValues:StringEquals": {
                        "kms:GrantOperations": ["Decrypt", "GenerateDataKey"],
                    },
                },
            },
        ]);
        assert.deepEqual(more({ schemaObjects: [schema] }), [
            { Sid: "StoreSchemas", Effect: "Allow", Action: "s3:PutObject", Resource: [schema] },
            {
                Sid: "ReadSchemas",
                Effect: "Allow",
                Action: "s3:GetObject",
                Resource: [schema],
                Condition: throughAgentcore,
            },
        ]);
        const [manage, secrets, ...others] = more({ credentialProviders: true });
        assert.deepEqual(others, []);
        assert.deepEqual(manage?.Action, operatorActions["token-vault"].manages);
        assert.deepEqual(manage.Resource, [
            arn("token-vault/default"),
            arn("token-vault/default/apikeycredentialprovider/*"),
            arn("token-vault/default/oauth2credentialprovider/*"),
        ]);
        assert.deepEqual(secrets, {
            Sid: "WriteProviderSecrets",
            Effect: "Allow",
            Action: [
                "secretsmanager:CreateSecret",
                "secretsmanager:DeleteSecret",
                "secretsmanager:PutSecretValue",
            ],
            Resource: `arn:aws:secretsmanager:us-east-1:${accountId}:secret:bedrock-agentcore*`,
            Condition: throughAgentcore,
        });
    });

    it("allow what manages and nothing that calls", () => {
        const statements = gatewayManagementStatements(all);
        const context = { "aws:RequestedRegion": "us-east-1", "aws:SourceIp": "203.0.113.9" };
        const put = "bedrock-agentcore:PutResourcePolicy";
        assert.equal(allows(statements, put, gateway, context), "allow");
        for (const action of actionsIn(statements)) {
            assert.doesNotMatch(action, /Invoke|AccessToken|GetResource(?!Policy)|[*?]/);
        }
        const invoke = "bedrock-agentcore:InvokeGateway";
        assert.equal(allows(statements, invoke, gateway, context), "explicitDeny");
    });

    it("reach no other account, no other region and no other role", () => {
        const statements = gatewayManagementStatements({ ...all, sourceAddresses: [] });
        const get = "bedrock-agentcore:GetGateway";
        assert.equal(allows(statements, get, gateway), "allow");
        assert.equal(
            allows(statements, get, gateway.replace(accountId, "999988887777")),
            "implicitDeny",
        );
        assert.equal(
            allows(statements, get, gateway.replace("us-east-1", "eu-west-1")),
            "implicitDeny",
        );
        const create = "bedrock-agentcore:CreateGateway";
        assert.equal(allows(statements, create, "*"), "allow");
        assert.equal(
            allows(statements, create, "*", { "aws:RequestedRegion": "eu-west-1" }),
            "implicitDeny",
        );
        const passed = { "iam:PassedToService": "bedrock-agentcore.amazonaws.com" };
        assert.equal(allows(statements, "iam:PassRole", serviceRole, passed), "allow");
        assert.equal(
            allows(statements, "iam:PassRole", `${serviceRole}-2`, passed),
            "implicitDeny",
        );
        assert.equal(
            allows(statements, "iam:PassRole", serviceRole, {
                "iam:PassedToService": "lambda.amazonaws.com",
            }),
            "implicitDeny",
        );
    });

    it("hold what the operator calls to its addresses, and what AgentCore calls in its name to AgentCore", () => {
        const statements = gatewayManagementStatements(all);
        for (const { Sid, Effect, Condition = {} } of statements) {
            const isHeld =
                Effect === "Deny" ||
                "IpAddress" in Condition ||
                "ForAnyValue:StringEquals" in Condition ||
                /iam:PassedToService|kms:ViaService/.test(JSON.stringify(Condition));
            assert.ok(isHeld, Sid);
        }
        const put = "bedrock-agentcore:PutResourcePolicy";
        assert.equal(
            allows(statements, put, gateway, { "aws:SourceIp": "198.51.100.9" }),
            "implicitDeny",
        );
        assert.equal(allows(statements, put, gateway, {}), "implicitDeny");
        const via = { "aws:CalledVia": ["bedrock-agentcore.amazonaws.com"] };
        assert.equal(allows(statements, "s3:GetObject", schema, via), "allow");
        assert.equal(allows(statements, "kms:Decrypt", key, via), "allow");
        const direct = { "aws:SourceIp": "203.0.113.9" };
        assert.equal(allows(statements, "s3:GetObject", schema, direct), "implicitDeny");
        assert.equal(allows(statements, "kms:Decrypt", key, direct), "implicitDeny");
        assert.equal(allows(statements, "s3:PutObject", schema, direct), "allow");
    });

    it("pass no role where there is none", () => {
        const sids = gatewayManagementStatements({ ...place, serviceRoles: [] }).map(
            ({ Sid }) => Sid,
        );
        assert.ok(!sids.includes("PassServiceRoles"));
    });

    it("are a policy that AWS takes, with all that can be used and room for many gateways", () => {
        const serviceRoles = Array.from({ length: 50 }, (_, n) => `${serviceRole}-${n}-0a1b2c3`);
        const text = JSON.stringify(
            policyDocument(gatewayManagementStatements({ ...all, serviceRoles })),
        );
        assert.ok(text.length < limits.roleInlinePolicyCharacters.max, String(text.length));
        parsePolicyDocument(text, "identity");
    });
});

describe("the read-only role's statements", () => {
    const statements = gatewayReadOnlyStatements(place);

    it("are these", () => {
        assert.deepEqual(statements, [
            {
                Sid: "ListGatewaysAndRuntimes",
                Effect: "Allow",
                Action: [
                    "bedrock-agentcore:ListAgentRuntimeEndpoints",
                    "bedrock-agentcore:ListAgentRuntimes",
                    "bedrock-agentcore:ListGateways",
                    "bedrock-agentcore:ListPolicyEngines",
                ],
                Resource: "*",
            },
            {
                Sid: "ReadGateways",
                Effect: "Allow",
                Action: [
                    "bedrock-agentcore:GetGateway",
                    "bedrock-agentcore:GetGatewayTarget",
                    "bedrock-agentcore:GetResourcePolicy",
                    "bedrock-agentcore:ListGatewayTargets",
                ],
                Resource: arn("gateway/*"),
            },
            {
                Sid: "ReadRuntimes",
                Effect: "Allow",
                Action: [
                    "bedrock-agentcore:GetAgentRuntime",
                    "bedrock-agentcore:GetAgentRuntimeEndpoint",
                    "bedrock-agentcore:GetResourcePolicy",
                ],
                Resource: arn("runtime/*"),
            },
            {
                Sid: "ReadPolicyEngines",
                Effect: "Allow",
                Action: [
                    "bedrock-agentcore:GetPolicy",
                    "bedrock-agentcore:GetPolicyEngine",
                    "bedrock-agentcore:ListPolicies",
                ],
                Resource: arn("policy-engine/*"),
            },
            {
                Sid: "ReadIdentityPolicies",
                Effect: "Allow",
                Action: "iam:GetAccountAuthorizationDetails",
                Resource: "*",
            },
            {
                Sid: "ReadRoles",
                Effect: "Allow",
                Action: "iam:GetRole",
                Resource: `arn:aws:iam::${accountId}:role/*`,
            },
        ]);
    });

    it("change nothing, call nothing, and read a runtime's endpoint", () => {
        for (const action of actionsIn(statements)) assert.match(action, /:(?:Get|List)[A-Z]\w*$/);
        const endpoint = arn("runtime/server-a1b2c3d4e5/runtime-endpoint/DEFAULT");
        const get = "bedrock-agentcore:GetResourcePolicy";
        assert.equal(allows(statements, get, endpoint), "allow");
        assert.equal(
            allows(statements, "bedrock-agentcore:PutResourcePolicy", gateway),
            "implicitDeny",
        );
    });

    it("hold every one to the addresses, where some are named", () => {
        for (const { Sid, Condition } of gatewayReadOnlyStatements({
            ...place,
            sourceAddresses: [office],
        })) {
            assert.deepEqual(Condition?.["IpAddress"], { "aws:SourceIp": [office] }, Sid);
        }
    });
});

describe("the operators' statements", () => {
    it("say * for what takes no resource, and for nothing else", () => {
        for (const statement of [
            ...gatewayManagementStatements(all),
            ...gatewayReadOnlyStatements(place),
        ]) {
            if (statement.Resource !== "*") continue;
            for (const action of [statement.Action ?? []].flat()) {
                assert.ok(Object.hasOwn(unscopedActions, action), action);
            }
        }
    });

    it("are of their partition", () => {
        const china = { ...place, partition: "aws-cn", region: "cn-north-1" };
        const text = JSON.stringify([
            ...gatewayManagementStatements({
                ...china,
                serviceRoles: [],
                credentialProviders: true,
            }),
            ...gatewayReadOnlyStatements(china),
        ]);
        assert.doesNotMatch(text, /arn:aws:/);
    });
});
