import {
    anySessionOf,
    type Inventory,
    type InventoryGateway,
    type InventoryPrincipal,
} from "../../../../access/inventory";
import { accessMatrix } from "../../../../access/matrix";
import { accessReport } from "../../../../cli/access/accessAnswer";
import type { AccessReport, ReportContext } from "../../../../cli/access/accessReport";

/** The account of the hubs. */
export const hub = "111122223333";
/** The account of the spoke. */
export const spoke = "444455556666";

/** The ARN of a spoke's role. */
export function roleArn(role: string): string {
    return `arn:aws:iam::${spoke}:role/${role}`;
}

/** The ARN of a gateway. */
export function gatewayArn(name: string): string {
    return `arn:aws:bedrock-agentcore:us-east-1:${hub}:gateway/${name}-abcdefghij`;
}

/** A caller of the stack `consumer`, whose own policy allows it the gateways. */
export function caller(
    role: string,
    gateways: readonly string[] = ["tools"],
    more: Partial<InventoryPrincipal> = {},
): InventoryPrincipal {
    const statement = {
        Sid: "InvokeGateways",
        Effect: "Allow",
        Action: "bedrock-agentcore:InvokeGateway",
        Resource: gateways.map(gatewayArn),
    };
    return {
        name: `consumer-${role}`,
        kind: "caller",
        ...{ stack: "consumer", role },
        principal: anySessionOf(roleArn(role), `AROA${role}`),
        identity: gateways.length === 0 ? [] : [document(`${role}-policy`, [statement])],
        unknownPolicies: [],
        ...more,
    };
}

/** A grant as the hub writes it. */
export function grant(roles: readonly string[], condition?: object): object {
    return {
        Sid: "HubGrants",
        Effect: "Allow",
        Principal: { AWS: roles.map(roleArn) },
        Action: "bedrock-agentcore:InvokeGateway",
        Resource: "*",
        ...(condition !== undefined && { Condition: condition }),
    };
}

/** A gateway of the stack `provider` with two targets; its role gets to those that are named. */
export function gateway(
    name: string,
    statements: readonly object[],
    more: Partial<InventoryGateway> = {},
): InventoryGateway {
    const target = (targetName: string, tools: readonly string[]) => ({
        ...{ name: targetName, kind: "lambda" as const, tools, unknownPolicies: [] },
        calls: [
            {
                action: "lambda:InvokeFunction",
                resource: `arn:aws:lambda:us-east-1:${hub}:function:${targetName}`,
                resourceAccountId: hub,
            },
        ],
    });
    return {
        ...{ name, stack: "provider", configName: name, arn: gatewayArn(name) },
        ...{ accountId: hub, region: "us-east-1", authorizerType: "AWS_IAM" },
        roleArn: serviceRole([]).name,
        ...(statements.length > 0 && { resourcePolicy: document("tools-grants", statements) }),
        targets: [target("calculator", ["add_numbers"]), target("echo-tools", ["echo_message"])],
        ...more,
    };
}

/** The role that all gateways work with, allowed to call the functions that are named. */
export function serviceRole(functions: readonly string[]): InventoryPrincipal {
    const arn = `arn:aws:iam::${hub}:role/tools-service`;
    const statement = {
        ...{ Effect: "Allow", Action: "lambda:InvokeFunction" },
        Resource: functions.map((name) => `arn:aws:lambda:us-east-1:${hub}:function:${name}`),
    };
    const trust = {
        ...{ Effect: "Allow", Action: "sts:AssumeRole" },
        Principal: { Service: "bedrock-agentcore.amazonaws.com" },
    };
    return {
        ...{ name: arn, kind: "hubRole", principal: anySessionOf(arn, "AROASERVICE") },
        identity: functions.length === 0 ? [] : [document("invoke", [statement])],
        trust: document("trust", [trust]),
        unknownPolicies: [],
    };
}

/** What there is; the gateways' role gets to both targets where nothing else is said. */
export function inventory(more: Partial<Inventory> = {}): Inventory {
    const { principals = [] } = more;
    const service = serviceRole(["calculator", "echo-tools"]);
    return {
        ...{ accounts: [{ id: hub }, { id: spoke }], gateways: [], pending: [], unread: [] },
        ...more,
        principals: principals.some(({ name }) => name === service.name)
            ? principals
            : [...principals, service],
    };
}

/** The report of an inventory. */
export function reportOf(
    more: Partial<Inventory>,
    context: Partial<ReportContext> = {},
): AccessReport {
    return accessReport(accessMatrix(inventory(more)), { source: "the program", ...context });
}

/** A text without colors. */
export function plain(text: string): string {
    return text.replace(/\u001b\[\d+m/g, "");
}

function document(name: string, statements: readonly object[]) {
    return { name, document: { Version: "2012-10-17", Statement: statements } };
}
