import type { Inventory } from "../../../../access/inventory";
import { anySessionOf } from "../../../../access/inventory";
import { explainPair, type ExplainOptions } from "../../../../cli/explain/explain";

export const gatewayArn =
    "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-0123456789";
const functionArn = "arn:aws:lambda:us-east-1:111122223333:function:echo";
export const arnOf = (role: string) => `arn:aws:iam::444455556666:role/team/${role}`;
export const document = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
export const allow = {
    Effect: "Allow",
    Action: "bedrock-agentcore:InvokeGateway",
    Resource: gatewayArn,
};
const policy = { name: "invoke", document: document(allow) };

export function caller(role: string, more: object = {}): Inventory["principals"][number] {
    return {
        name: `consumer-${role}`,
        kind: "caller",
        ...{ stack: "consumer", role, identity: [policy], unknownPolicies: [] },
        principal: anySessionOf(arnOf(role), `AROA${role.toUpperCase()}`),
        ...more,
    };
}

const serviceRole = "arn:aws:iam::111122223333:role/service";

export function inventoryOf(more: Partial<Inventory["gateways"][number]> = {}): Inventory {
    return {
        accounts: [{ id: "111122223333" }, { id: "444455556666" }],
        principals: [
            caller("developer"),
            caller("office"),
            caller("bounded", {
                boundary: { name: "narrow", document: document({ ...allow, Action: "s3:*" }) },
            }),
            caller("agent", { kind: "agent" }),
            {
                name: serviceRole,
                kind: "hubRole",
                principal: anySessionOf(serviceRole, "AROASERVICE"),
                identity: [],
                unknownPolicies: [],
                trust: {
                    name: "trust",
                    document: document({
                        Effect: "Allow",
                        Principal: { Service: "bedrock-agentcore.amazonaws.com" },
                        Action: "sts:AssumeRole",
                    }),
                },
            },
        ],
        gateways: [
            {
                name: "tools",
                ...{ stack: "provider", configName: "tools", arn: gatewayArn },
                ...{ accountId: "111122223333", region: "us-east-1", authorizerType: "AWS_IAM" },
                roleArn: serviceRole,
                resourcePolicy: {
                    name: `resource policy of ${gatewayArn}`,
                    document: document(
                        { ...allow, Principal: { AWS: arnOf("developer") } },
                        { ...allow, Principal: { AWS: arnOf("bounded") } },
                        {
                            ...{ Sid: "Office", ...allow, Principal: { AWS: arnOf("office") } },
                            Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
                        },
                    ),
                },
                targets: [
                    {
                        ...{ name: "echo", kind: "lambda", tools: ["say"], unknownPolicies: [] },
                        calls: [
                            {
                                action: "lambda:InvokeFunction",
                                resource: functionArn,
                                resourceAccountId: "111122223333",
                            },
                        ],
                    },
                ],
                ...more,
            },
        ],
        pending: [],
        unread: [],
    };
}

export const explain = (
    options: ExplainOptions,
    more: Partial<Inventory["gateways"][number]> = {},
) => explainPair({ inventory: inventoryOf({ targets: [], ...more }) }, options);
