import { principalName } from "../../access/explanation";
import type {
    Inventory,
    InventoryGateway,
    InventoryPrincipal,
    PendingAccess,
} from "../../access/inventory";
import { accessMatrix } from "../../access/matrix";
import type { GatewayList } from "./awsGateways";
import { grantsOf, type ConfigGrant } from "./configGrants";
import { configuredGatewayName, isIdOf, type NamedStack, type PrincipalIdentity } from "./names";

/** What config is compared with. */
type Found = Pick<Inventory, "accounts" | "principals" | "gateways">;

/** What config says, and of what it is known whether it is there. */
export interface PendingContext {
    stacks: readonly NamedStack[];
    nameOf: (arn: string) => PrincipalIdentity;
    lists: readonly GatewayList[];
    /** Those of which the roles were read. */
    readAccounts: ReadonlySet<string>;
}

/**
 * What config grants and AWS does not have yet, with what to deploy. Of what was not read nothing is said; and a role that
 * its own config does not let call, or that something else refuses, does not wait for a deployment.
 */
export function configPending(found: Found, context: PendingContext): PendingAccess[] {
    const byArn = new Map(found.principals.map((one) => [principalName(one.principal), one]));
    const once = new Map<string, PendingAccess>();
    for (const wanted of grantsOf(context.stacks)) {
        const principal = wanted.account ?? byArn.get(wanted.arn);
        const reason = reasonOf(wanted, principal, found, context);
        if (reason === undefined) continue;
        const { hub, configName, arn, spokeName, role } = wanted;
        const pending: PendingAccess = {
            principal: principal?.name ?? awaitedName(wanted, context.nameOf(arn)),
            ...{ stack: spokeName ?? hub.name, role, reason },
            gateway: configuredGatewayName(context.stacks, hub.name, configName),
        };
        once.set(`${pending.principal} ${pending.gateway}`, pending);
    }
    return [...once.values()].sort(
        (one, other) =>
            one.principal.localeCompare(other.principal) ||
            one.gateway.localeCompare(other.gateway),
    );
}

/** As config calls it, even where no stack's config has the role. */
function awaitedName({ spokeName, role }: ConfigGrant, { name, kind }: PrincipalIdentity): string {
    return kind === "other" && spokeName !== undefined ? `${spokeName}-${role}` : name;
}

function reasonOf(
    wanted: ConfigGrant,
    principal: InventoryPrincipal | undefined,
    found: Found,
    context: PendingContext,
): string | undefined {
    const { hub, configName } = wanted;
    const gateway = found.gateways.find(
        (one) => one.stack === hub.name && one.configName === configName,
    );
    const isGatewayMissing = gateway === undefined && isNotThere(wanted, context.lists);
    const isRoleMissing = principal === undefined && context.readAccounts.has(wanted.accountId);
    if (isGatewayMissing || isRoleMissing) {
        return missingReason(wanted, { isGatewayMissing, isRoleMissing });
    }
    return gateway && principal && policyReason(wanted, principal, gateway, found);
}

/** Of a gateway that is in the list but was not read nothing is known. */
function isNotThere(
    { hub: { settings }, configName }: ConfigGrant,
    lists: readonly GatewayList[],
): boolean {
    const { accountId, region } = settings;
    const list = lists.find((one) => one.accountId === accountId && one.region === region);
    return list !== undefined && !list.ids.some((id) => isIdOf(id, configName));
}

function missingReason(
    wanted: ConfigGrant,
    { isGatewayMissing, isRoleMissing }: { isGatewayMissing: boolean; isRoleMissing: boolean },
): string {
    const { hub, spoke, spokeName, role, configName, arn } = wanted;
    const what = [
        ...(isGatewayMissing ? [`gateway ${configName}`] : []),
        ...(isRoleMissing ? [spokeName === undefined ? arn : `role ${role}`] : []),
    ].join(" and ");
    const are = `${what} ${isGatewayMissing && isRoleMissing ? "are" : "is"} not there yet`;
    const isUnknown = isRoleMissing && spoke !== undefined && !namesRole(spoke, role);
    if (isUnknown) {
        return `${are}, and config of stack ${spoke.name} has no such role: add it, then deploy ${steps([spoke.name, hub.name])}`;
    }
    const order = [
        ...(isGatewayMissing ? [hub.name] : []),
        // Its own policy names the gateway, which has another ARN than before.
        ...(spokeName === undefined ? [] : [spokeName]),
        ...(isRoleMissing ? [hub.name] : []),
    ];
    const make = isRoleMissing && spokeName === undefined ? "make it, then deploy" : "deploy";
    return `${are}: ${make} ${steps(order)}`;
}

function policyReason(
    wanted: ConfigGrant,
    principal: InventoryPrincipal,
    gateway: InventoryGateway,
    { accounts }: Found,
): string | undefined {
    const { hub, spoke, spokeName, role } = wanted;
    const [pair] = accessMatrix({
        ...{ accounts, principals: [principal], gateways: [{ ...gateway, targets: [] }] },
        ...{ pending: [], unread: [] },
    }).pairs;
    if (pair?.access !== "refused" || pair.decision.decision === "explicitDeny") return undefined;
    const { lacking } = pair.decision;
    const isOwn = (layer: string) => layer === "identity" || layer === "resource";
    if (!lacking.every(isOwn)) return undefined;
    const lacksOwn = lacking.includes("identity");
    // Whom nobody will allow to ask waits for nothing.
    if (lacksOwn && (spoke === undefined || !asksFor(spoke, role, hub, gateway))) return undefined;
    if (!lacking.includes("resource")) {
        return `config asks for it; its own policies do not allow it yet: deploy ${spokeName ?? ""}`;
    }
    return lacksOwn
        ? `config grants it; neither its own policies nor the gateway's allow it yet: deploy ${steps([spokeName ?? "", hub.name])}`
        : notNamed(hub.name);
}

function notNamed(stack: string): string {
    return `config grants it; the gateway's policy does not name it yet: deploy ${stack}`;
}

function namesRole({ settings }: NamedStack, role: string): boolean {
    if (settings.role !== "consumer") return false;
    return Object.hasOwn(settings.callers, role) || settings.agent?.workload === role;
}

/** Whether the config of a role's own stack has a gateway for it. */
function asksFor(
    { settings }: NamedStack,
    role: string,
    hub: NamedStack,
    { configName, arn }: InventoryGateway,
): boolean {
    if (settings.role !== "consumer") return false;
    const caller = Object.hasOwn(settings.callers, role) ? settings.callers[role] : undefined;
    const ofAgent = settings.agent?.workload === role ? settings.agent.gateways : [];
    return (caller?.gateways ?? ofAgent).some((asked) => {
        const source = settings.hubs[asked.hub];
        if (source?.kind === "gateways") return source.gateways[asked.gateway]?.arn === arn;
        const stack = source?.stack.slice(source.stack.lastIndexOf("/") + 1);
        return stack === hub.name && asked.gateway === configName;
    });
}

/** `provider, then consumer, then provider again` */
function steps(stacks: readonly string[]): string {
    return stacks
        .map((stack, at) => (stacks.indexOf(stack) < at ? `${stack} again` : stack))
        .join(", then ");
}
