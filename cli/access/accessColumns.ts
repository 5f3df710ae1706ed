import type { InventoryGateway } from "../../access/inventory";
import { asksPolicies, toolNamesOf, type AccessMatrix } from "../../access/matrix";
import type { TargetReach } from "../../access/targetReach";
import type { Waiting } from "./accessPending";
import { byName, isOpen, type ReportGateway, type ReportTarget } from "./accessReport";
import { conditionsWords, reachWords, sorted } from "./accessWords";

/** The gateways, sorted by name; also those that are not there yet. */
export function gatewaysOf(
    { inventory, reaches }: AccessMatrix,
    waiting: Waiting,
): ReportGateway[] {
    const known = inventory.gateways.map((gateway) =>
        gatewayOf(gateway, reaches.get(gateway) ?? []),
    );
    const names = new Set(known.map(({ name }) => name));
    const awaited = sorted([...waiting.values()].flatMap(({ gateways }) => [...gateways.keys()]))
        .filter((name) => !names.has(name))
        .map((name) => ({ name, targets: [], tools: [], remarks: ["it is not there yet"] }));
    return byName([...known, ...awaited]);
}

function gatewayOf(gateway: InventoryGateway, reaches: readonly TargetReach[]): ReportGateway {
    const targets = byName(reaches.map((reach) => targetOf(reach)));
    return {
        name: gateway.name,
        ...{ gateway, targets },
        tools: targets.filter(isOpen).flatMap(({ tools }) => tools),
        remarks: [
            ...(asksPolicies(gateway) ? [] : [authorizerWords(gateway)]),
            ...(gateway.policyEngine === undefined
                ? []
                : [`policy engine ${gateway.policyEngine.arn} (${gateway.policyEngine.mode})`]),
        ],
    };
}

function targetOf(reach: TargetReach): ReportTarget {
    const { target, access, on } = reach;
    return {
        ...{ name: target.name, kind: target.kind, access, on },
        conditions: conditionsWords(on),
        ...(access === "refused" && { reason: reachWords(reach) }),
        tools: sorted(toolNamesOf(reach)),
    };
}

function authorizerWords({ authorizerType }: InventoryGateway): string {
    return authorizerType === "NONE"
        ? "authorizer NONE: anyone may call it, whatever policies say"
        : `authorizer ${authorizerType}: its tokens decide who may call it, and no policy`;
}
