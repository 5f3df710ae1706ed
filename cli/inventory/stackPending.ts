import type { InventoryGateway, PendingAccess } from "../../access/inventory";
import { listOf } from "../../policy/resource";
import { GatewayNames } from "./stackNames";
import { membersOf, type StackState } from "./stackState";

/** What config asks for and is not there yet, as hubs' and spokes' outputs say it; each once. */
export function stackPending(
    stacks: readonly StackState[],
    gateways: readonly InventoryGateway[],
): PendingAccess[] {
    const names = new GatewayNames(stacks);
    const all = [
        ...stacks.flatMap((stack) => pendingGrants(stack, names)),
        ...stacks.flatMap((stack) => pendingGateways(stack, stacks, gateways)),
    ];
    const once = new Map<string, PendingAccess>();
    for (const pending of all) {
        const key = `${pending.principal} ${pending.gateway}`;
        if (!once.has(key)) once.set(key, pending);
    }
    return [...once.values()].sort(
        (one, other) =>
            one.principal.localeCompare(other.principal) ||
            one.gateway.localeCompare(other.gateway),
    );
}

/** Roles that a hub has no grant for yet. */
function pendingGrants({ name, outputs }: StackState, names: GatewayNames): PendingAccess[] {
    return listOf(outputs["pendingGrants"]).flatMap((pending) => {
        const { gateway, stack, roles, reason } = membersOf(pending);
        if (typeof gateway !== "string" || typeof stack !== "string") return [];
        return listOf(roles).flatMap((role) =>
            typeof role === "string"
                ? pendingAccess(lastPart(stack), role, names.nameOf(name, gateway), reason)
                : [],
        );
    });
}

/** Gateways that a spoke's caller cannot be allowed yet. */
function pendingGateways(
    { name, outputs, settings }: StackState,
    stacks: readonly StackState[],
    gateways: readonly InventoryGateway[],
): PendingAccess[] {
    return listOf(outputs["pendingGateways"]).flatMap((pending) => {
        const { caller, hub, gateway, reason } = membersOf(pending);
        if ([caller, hub, gateway].some((one) => typeof one !== "string")) return [];
        const [role, hubName, configName] = [String(caller), String(hub), String(gateway)];
        const source = settings?.role === "consumer" ? settings.hubs[hubName] : undefined;
        const hubStack = source?.kind === "stack" ? lastPart(source.stack) : undefined;
        const isRead = stacks.some((stack) => stack.name === hubStack);
        const candidates = gateways.filter(
            (one) =>
                one.configName === configName && (hubStack === undefined || one.stack === hubStack),
        );
        const [found] = candidates;
        const named =
            candidates.length === 1 && found !== undefined
                ? found.name
                : isRead && hubStack !== undefined
                  ? new GatewayNames(stacks).nameOf(hubStack, configName)
                  : `${hubName}/${configName}`;
        return pendingAccess(name, role, named, reason);
    });
}

function pendingAccess(
    stack: string,
    role: string,
    gateway: string,
    reason: unknown,
): PendingAccess {
    return {
        principal: `${stack}-${role}`,
        ...{ stack, role, gateway },
        reason: typeof reason === "string" ? reason : "its stack says no reason.",
    };
}

/** A stack's own name of `<organization>/<project>/<stack>`. */
function lastPart(stack: string): string {
    return stack.slice(stack.lastIndexOf("/") + 1);
}
