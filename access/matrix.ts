import { toolNameSeparator } from "../agentcore/toolSchema";
import type { Inventory, InventoryGateway, InventoryPrincipal, PendingAccess } from "./inventory";
import { principalName } from "./explanation";
import type { LayerResult } from "./layers";
import type { OpenCondition } from "./openConditions";
import { decideOpen, type OpenDecision, type UnreadPolicies } from "./openDecision";
import type { AccessPolicies, AccessRequest } from "./request";
import { callQuestion, reachOf, type TargetReach } from "./targetReach";

/** Whether a principal may call a gateway, whatever tool it is about. */
export interface Pair extends OpenDecision {
    principal: InventoryPrincipal;
    gateway: InventoryGateway;
    /** The statements that grant it, where it is not refused. */
    grantedBy: readonly LayerResult[];
}

/** Whether a principal may call a tool: the gateway lets it in, and gets to the target. */
export interface ToolAccess {
    /** `<target>___<tool>`; `<target>___*` where only the target knows its tools. */
    name: string;
    access: OpenDecision["access"];
    on: readonly OpenCondition[];
}

/** Who may call what. */
export interface AccessMatrix {
    inventory: Inventory;
    /** Each principal with each gateway, in the inventory's order. */
    pairs: readonly Pair[];
    /** By gateway: whether it gets to its targets. */
    reaches: ReadonlyMap<InventoryGateway, readonly TargetReach[]>;
    pending: readonly PendingAccess[];
}

/** What calling a gateway asks for. */
export const invokeGateway = "bedrock-agentcore:InvokeGateway";

/**
 * Works out who may call what. Tools are not decided one by one: who may call a gateway may call all tools that the
 * gateway gets to.
 *
 * @throws MalformedPolicy
 */
export function accessMatrix(inventory: Inventory): AccessMatrix {
    const accounts = new Map(inventory.accounts.map((account) => [account.id, account]));
    const byArn = new Map(inventory.principals.map((one) => [principalName(one.principal), one]));
    const gateways = inventory.gateways;
    return {
        inventory,
        pairs: inventory.principals.flatMap((principal) =>
            gateways.map((gateway) => pairOf(principal, gateway, accounts)),
        ),
        reaches: new Map(
            gateways.map((gateway) => [
                gateway,
                gateway.targets.map((target) =>
                    reachOf(gateway, target, byArn.get(gateway.roleArn), accounts),
                ),
            ]),
        ),
        pending: inventory.pending,
    };
}

/** The question that a call of a gateway is to IAM, and the policies that bear on it. */
export function questionOf(
    principal: InventoryPrincipal,
    gateway: InventoryGateway,
    accounts: ReadonlyMap<string, Inventory["accounts"][number]>,
): { request: AccessRequest; policies: AccessPolicies } {
    const { arn: resource, accountId: resourceAccountId, resourcePolicy } = gateway;
    const call = { action: invokeGateway, resource, resourceAccountId };
    return callQuestion(
        { ...call, ...(resourcePolicy !== undefined && { resourcePolicy }) },
        principal,
        accounts,
    );
}

function pairOf(
    principal: InventoryPrincipal,
    gateway: InventoryGateway,
    accounts: ReadonlyMap<string, Inventory["accounts"][number]>,
): Pair {
    const { request, policies } = questionOf(principal, gateway, accounts);
    const unread = { identity: principal.unknownPolicies, resource: gateway.unknownPolicies ?? [] };
    const decided = decideOpen(request, policies, unread);
    const { access, on } = atGateway(decided, gateway);
    return {
        principal,
        gateway,
        access,
        on,
        decision: decided.decision,
        grantedBy: access === "refused" || !asksPolicies(gateway) ? [] : grantsOf(decided, unread),
    };
}

/** With another authorizer a gateway asks for a token, or for nothing, and no policy of IAM decides. */
export function asksPolicies({ authorizerType }: InventoryGateway): boolean {
    return authorizerType === "AWS_IAM";
}

/** What policies decide, as the gateway takes it. */
function atGateway(
    decided: OpenDecision,
    gateway: InventoryGateway,
): Pick<OpenDecision, "access" | "on"> {
    const { authorizerType, policyEngine } = gateway;
    if (authorizerType === "NONE") return { access: "allowed", on: [] };
    if (!asksPolicies(gateway)) {
        return { access: "conditional", on: [{ kind: "authorizer", authorizerType }] };
    }
    // Cedar decides after IAM, tool by tool; in LOG_ONLY it refuses nobody.
    if (policyEngine?.mode !== "ENFORCE" || decided.access === "refused") return decided;
    return {
        access: "conditional",
        on: [...decided.on, { kind: "policyEngine", arn: policyEngine.arn }],
    };
}

/** The statements of both sides that let a principal in; what was not read has none. */
function grantsOf(
    { decision: { layers } }: OpenDecision,
    { identity, resource }: Required<UnreadPolicies>,
): LayerResult[] {
    const unread = [...identity, ...resource];
    return layers.filter(
        ({ layer, decision, statement }) =>
            decision === "allow" &&
            (layer === "identity" || layer === "resource") &&
            statement !== undefined &&
            !unread.includes(statement.document),
    );
}

/** A pair's access to each tool of its gateway. */
export function toolsOf({ reaches }: Pick<AccessMatrix, "reaches">, pair: Pair): ToolAccess[] {
    return (reaches.get(pair.gateway) ?? []).flatMap((reach) => {
        const { access, on } = both(pair, reach);
        return toolNamesOf(reach).map((name) => ({ name, access, on }));
    });
}

/** The full names of a target's tools. */
export function toolNamesOf({ target }: Pick<TargetReach, "target">): string[] {
    return (target.tools ?? ["*"]).map((tool) => `${target.name}${toolNameSeparator}${tool}`);
}

function both(
    one: Pick<OpenDecision, "access" | "on">,
    other: Pick<OpenDecision, "access" | "on">,
): Pick<OpenDecision, "access" | "on"> {
    if (one.access === "refused" || other.access === "refused")
        return { access: "refused", on: [] };
    const on = [...one.on, ...other.on];
    return { access: on.length > 0 ? "conditional" : "allowed", on };
}
