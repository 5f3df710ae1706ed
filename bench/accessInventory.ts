import {
    anySessionOf,
    type Inventory,
    type InventoryGateway,
    type InventoryPrincipal,
} from "../access/inventory";

/** How many of each there are; the bound is for 200, 5, 20 and 50. */
export interface Size {
    spokes: number;
    roles: number;
    gateways: number;
    tools: number;
}

const hub = "111122223333";
const toolsOfTarget = 10;

/**
 * An organization's inventory: each role's own policy names two gateways, and the gateways' policies let all but a
 * tenth of them in; every second gateway denies calls from elsewhere than the organization's addresses, every fifth
 * grants until a date.
 */
export function organizationInventory(size: Size): Inventory {
    const gateways = range(size.gateways, (number) => gatewayOf(number, size));
    return {
        accounts: [{ id: hub }, ...range(size.spokes, (spoke) => ({ id: accountOf(spoke) }))],
        principals: [
            ...range(size.spokes, (spoke) =>
                range(size.roles, (role) => callerOf(spoke, role, size)),
            ).flat(),
            ...range(size.gateways, serviceRoleOf),
        ],
        gateways,
        pending: [],
        unread: [],
    };
}

function callerOf(spoke: number, role: number, size: Size): InventoryPrincipal {
    const stack = `spoke-${spoke}`;
    return {
        name: `${stack}-role-${role}`,
        kind: role === 0 ? "agent" : "caller",
        ...{ stack, role: `role-${role}` },
        principal: anySessionOf(callerArn(spoke, role), `AROA${spoke}X${role}`),
        identity: [
            document(`role-${role}, inline policy invoke-gateways`, [
                {
                    Sid: "InvokeGateways",
                    Effect: "Allow",
                    Action: "bedrock-agentcore:InvokeGateway",
                    Resource: gatewaysOf(spoke, role, size).map(gatewayArn),
                },
                {
                    Sid: "Logs",
                    Effect: "Allow",
                    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                    Resource: `arn:aws:logs:us-east-1:${accountOf(spoke)}:log-group:/aws/*`,
                },
            ]),
        ],
        unknownPolicies: [],
    };
}

function gatewayOf(number: number, size: Size): InventoryGateway {
    const callers = range(size.spokes, (spoke) => range(size.roles, (role) => ({ spoke, role })))
        .flat()
        .filter(({ spoke, role }) => gatewaysOf(spoke, role, size).includes(number));
    const isUntilDate = number % 5 === 0;
    const statements = [
        {
            Sid: "HubGrants",
            Effect: "Allow",
            Principal: {
                AWS: callers
                    .filter((_, at) => at % 10 !== 9)
                    .map(({ spoke, role }) => callerArn(spoke, role)),
            },
            Action: "bedrock-agentcore:InvokeGateway",
            Resource: gatewayArn(number),
            ...(isUntilDate && {
                Condition: { DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } },
            }),
        },
        ...(number % 2 === 0
            ? [
                  {
                      Sid: "OwnAddresses",
                      Effect: "Deny",
                      Principal: "*",
                      Action: "bedrock-agentcore:InvokeGateway",
                      Resource: gatewayArn(number),
                      Condition: { NotIpAddress: { "aws:SourceIp": ["10.0.0.0/8"] } },
                  },
              ]
            : []),
    ];
    return {
        name: `gateway-${number}`,
        ...{ stack: "hub", configName: `gateway-${number}` },
        ...{ arn: gatewayArn(number), accountId: hub, region: "us-east-1" },
        authorizerType: "AWS_IAM",
        roleArn: serviceRoleArn(number),
        resourcePolicy: document(`resource policy of ${gatewayArn(number)}`, statements),
        targets: range(Math.ceil(size.tools / toolsOfTarget), (target) => ({
            name: `target-${target}`,
            kind: "lambda" as const,
            tools: range(toolsOfTarget, (tool) => `tool_${tool}`),
            calls: [
                {
                    action: "lambda:InvokeFunction",
                    resource: `arn:aws:lambda:us-east-1:${hub}:function:tool-${number}-${target}`,
                    resourceAccountId: hub,
                },
            ],
            unknownPolicies: [],
        })),
    };
}

function serviceRoleOf(number: number): InventoryPrincipal {
    return {
        name: serviceRoleArn(number),
        kind: "hubRole",
        stack: "hub",
        principal: anySessionOf(serviceRoleArn(number), `AROAHUB${number}`),
        identity: [
            document("invoke-tools", [
                {
                    Effect: "Allow",
                    Action: "lambda:InvokeFunction",
                    // The last target of every fourth gateway is forgotten.
                    Resource: range(number % 4 === 0 ? 4 : 5, (target) => {
                        return `arn:aws:lambda:us-east-1:${hub}:function:tool-${number}-${target}`;
                    }),
                },
            ]),
        ],
        trust: document("trust", [
            {
                Effect: "Allow",
                Principal: { Service: "bedrock-agentcore.amazonaws.com" },
                Action: "sts:AssumeRole",
            },
        ]),
        unknownPolicies: [],
    };
}

function gatewaysOf(spoke: number, role: number, { gateways }: Size): number[] {
    return [...new Set([(spoke + role) % gateways, (spoke * 3 + role * 7 + 1) % gateways])];
}

function document(name: string, statements: readonly object[]) {
    return { name, document: JSON.stringify({ Version: "2012-10-17", Statement: statements }) };
}

function accountOf(spoke: number): string {
    return String(400_000_000_000 + spoke);
}

function callerArn(spoke: number, role: number): string {
    return `arn:aws:iam::${accountOf(spoke)}:role/role-${role}`;
}

function gatewayArn(number: number): string {
    return `arn:aws:bedrock-agentcore:us-east-1:${hub}:gateway/gateway-${number}-abcdefghij`;
}

function serviceRoleArn(number: number): string {
    return `arn:aws:iam::${hub}:role/gateway-${number}-service`;
}

function range<T>(count: number, make: (number: number) => T): T[] {
    return Array.from({ length: count }, (_, number) => make(number));
}
