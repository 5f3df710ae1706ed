import { principalName } from "../../access/explanation";
import type { Grant } from "../../settings";
import type { ConfigPath } from "../configDocument";
import { documentOf, placeOf, type ConfigPlace, type Files } from "./configFiles";
import {
    callerPath,
    hubNameOf,
    hubOf,
    referencesOf,
    spokeNameOf,
    spokeOf,
    type ConfigPair,
    type HubStack,
    type SpokeStack,
} from "./configPairs";

/** Where config says that a principal may call a gateway; absent where it does not. */
export interface GrantPlaces {
    /** In the hub's file. */
    grant?: ConfigPlace;
    /** In the spoke's file. */
    caller?: ConfigPlace;
}

/** Where the program's config has both sides of a pair. */
export function grantPlaces(files: Files, pair: ConfigPair): GrantPlaces {
    const [hub, spoke] = [hubOf(files, pair), spokeOf(files, pair)];
    const grant = hub && grantPlace(files, hub, pair);
    const caller = spoke && callerPlace(files, spoke, pair);
    return { ...(grant && { grant }), ...(caller && { caller }) };
}

/** Where the hub's config has a target of a gateway. */
export function targetPlace(
    files: Files,
    gateway: ConfigPair["gateway"],
    target: string | undefined,
): ConfigPlace | undefined {
    const { stack, configName } = gateway;
    const hub = files.stacks.find(({ name }) => name === stack);
    if (hub === undefined || configName === undefined || target === undefined) return undefined;
    const document = documentOf(files, hub);
    const path = ["gateways", configName, "targets", target];
    return document.find(path) && placeOf(hub, document, path);
}

/** Where the hub grants a pair. */
export function grantPlace(files: Files, hub: HubStack, pair: ConfigPair): ConfigPlace | undefined {
    const { gateway, principal: who } = pair;
    if (gateway.configName === undefined) return undefined;
    const document = documentOf(files, hub);
    const grants: ConfigPath = ["gateways", gateway.configName, "grants"];
    const spoke = spokeOf(files, pair);
    const spokeName = spoke && spokeNameOf(hub, spoke);
    const arn = principalName(who.principal);
    const isIt = (grant: Grant): boolean => {
        switch (grant.kind) {
            case "spoke":
                return grant.spoke === spokeName && grant.roles.includes(who.role ?? "");
            case "principals":
                return grant.principals.includes(arn);
            case "account":
                return false;
        }
    };
    const items = hub.settings.gateways[gateway.configName]?.grants ?? [];
    const own = items.findIndex(isIt);
    // A whole account's grant is for all of its principals.
    const account = items.findIndex(
        (grant) =>
            grant.kind === "account" &&
            who.principal.type !== "service" &&
            grant.account === who.principal.accountId,
    );
    const at = own >= 0 ? own : account;
    return at < 0 ? undefined : placeOf(hub, document, [...grants, at]);
}

/** Where the spoke's caller or agent names the gateway. */
export function callerPlace(
    files: Files,
    spoke: SpokeStack,
    pair: ConfigPair,
): ConfigPlace | undefined {
    const path = callerPath(spoke, pair);
    const hub = hubNameOf(spoke, pair);
    if (path === undefined || hub === undefined || hub.missing) return undefined;
    const document = documentOf(files, spoke);
    const isThere = referencesOf(spoke, pair).some(
        (known) => known.hub === hub.name && known.gateway === hub.gateway,
    );
    return isThere ? placeOf(spoke, document, path) : undefined;
}
