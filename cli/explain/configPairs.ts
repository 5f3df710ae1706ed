import type { InventoryGateway, InventoryPrincipal } from "../../access/inventory";
import type { Stack } from "../../engine/stacks";
import type {
    ConsumerSettings,
    GatewayReference,
    HubSettings,
    ProviderSettings,
} from "../../settings";
import type { ConfigPath } from "../configDocument";
import type { Files } from "./configFiles";

/** Who is to call what. */
export type ConfigPair = {
    principal: Pick<InventoryPrincipal, "principal" | "stack" | "role">;
    gateway: Pick<InventoryGateway, "stack" | "configName" | "arn" | "url" | "accountId">;
};

/** A stack that is a hub's. */
export type HubStack = Stack & { settings: ProviderSettings };
/** A stack that is a spoke's. */
export type SpokeStack = Stack & { settings: ConsumerSettings };

/** The stack of a pair's gateway. */
export function hubOf({ stacks }: Files, { gateway }: ConfigPair): HubStack | undefined {
    const found = stacks.find(({ name }) => name === gateway.stack);
    return found?.settings.role === "provider" ? (found as HubStack) : undefined;
}

/** The stack of a pair's principal. */
export function spokeOf({ stacks }: Files, { principal }: ConfigPair): SpokeStack | undefined {
    const found = stacks.find(({ name }) => name === principal.stack);
    return found?.settings.role === "consumer" ? (found as SpokeStack) : undefined;
}

/** The list of gateways of a caller or of the agent, whether it is there or not. */
export function callerPath(
    { settings }: SpokeStack,
    { principal }: ConfigPair,
): ConfigPath | undefined {
    const { role } = principal;
    if (role === undefined) return undefined;
    if (Object.hasOwn(settings.callers, role)) return ["callers", role, "gateways"];
    return settings.agent?.workload === role ? ["agent", "gateways"] : undefined;
}

/** The gateways that a caller or the agent names. */
export function referencesOf(
    { settings }: SpokeStack,
    { principal: { role = "" } }: ConfigPair,
): readonly GatewayReference[] {
    if (Object.hasOwn(settings.callers, role)) return settings.callers[role]?.gateways ?? [];
    return settings.agent?.workload === role ? settings.agent.gateways : [];
}

/** What a hub calls a spoke's stack. */
export function spokeNameOf({ settings }: HubStack, spoke: SpokeStack): string | undefined {
    return Object.entries(settings.spokes).find(
        ([, { stack, account }]) => stack === spoke.name && account === spoke.settings.accountId,
    )?.[0];
}

/** What a spoke calls a gateway's hub and the gateway; `missing` where the hub is there without it. */
export function hubNameOf(
    { settings }: SpokeStack,
    { gateway }: ConfigPair,
): { name: string; gateway: string; missing: boolean } | undefined {
    const { configName = "", stack, arn, accountId } = gateway;
    const hubs = Object.entries(settings.hubs);
    const byStack = hubs.find(([, hub]) => hub.kind === "stack" && hub.stack === stack);
    if (byStack !== undefined) return { name: byStack[0], gateway: configName, missing: false };
    for (const [name, hub] of hubs) {
        const known = gatewayNameIn(hub, arn);
        if (known !== undefined) return { name, gateway: known, missing: false };
    }
    const ofAccount = hubs.find(([, hub]) => hub.kind === "gateways" && hub.account === accountId);
    return ofAccount && { name: ofAccount[0], gateway: configName, missing: true };
}

function gatewayNameIn(hub: HubSettings, gatewayArn: string): string | undefined {
    if (hub.kind !== "gateways") return undefined;
    return Object.entries(hub.gateways).find(([, { arn }]) => arn === gatewayArn)?.[0];
}
