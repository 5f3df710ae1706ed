import { principalName } from "../../access/explanation";
import type { Stack } from "../../engine/stacks";
import type { Grant } from "../../settings";
import { ConfigDocument, type ConfigPath } from "../configDocument";
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
import { callerPlace, grantPlace } from "./configPlaces";
import type { RuntimeOwner } from "./configRuntimes";

/** What to write to a stack's file. */
export interface ConfigEdit extends ConfigPlace {
    /** What the key has then: a list's item, after its dash, or the whole value. */
    write: string;
    /** Where {@link withEdit} puts the value. */
    path: ConfigPath;
    value: unknown;
    how: "append" | "set";
}

/**
 * What to write to the hub's config to let a principal in: none where it is there, or where no stack has the gateway.
 */
export function grantEdits(files: Files, pair: ConfigPair): ConfigEdit[] {
    const hub = hubOf(files, pair);
    const gateway = pair.gateway.configName;
    if (hub === undefined || gateway === undefined) return [];
    if (grantPlace(files, hub, pair) !== undefined) return [];
    const grants: Grants = {
        ...{ hub, document: documentOf(files, hub), list: ["gateways", gateway, "grants"] },
        items: hub.settings.gateways[gateway]?.grants ?? [],
    };
    const { principal, role } = pair.principal;
    const spoke = spokeOf(files, pair);
    if (spoke !== undefined && role !== undefined) return spokeEdits(grants, spoke, role);
    switch (principal.type) {
        case "service":
            return [];
        case "root": {
            const { accountId: account } = principal;
            const write = `- { account: "${account}" }`;
            return [listEdit(grants, { at: -1, write, whole: { account } })];
        }
        default:
            return [principalEdit(grants, principalName(principal))];
    }
}

/** What to write to the spoke's config to have a caller's or agent's own policy allow a gateway. */
export function callerEdits(files: Files, pair: ConfigPair): ConfigEdit[] {
    const spoke = spokeOf(files, pair);
    const { configName, stack: hubStack, arn, url, accountId: account } = pair.gateway;
    if (spoke === undefined || configName === undefined) return [];
    if (callerPlace(files, spoke, pair) !== undefined) return [];
    const document = documentOf(files, spoke);
    const path = callerPath(spoke, pair);
    if (path === undefined) return [];
    const found = hubNameOf(spoke, pair);
    const hub = found?.name ?? hubStack ?? "hub";
    const reference = `${hub}/${found?.gateway ?? configName}`;
    const known = referencesOf(spoke, pair).map(({ hub: of, gateway }) => `${of}/${gateway}`);
    const gateways = [...known, reference];
    const edits: ConfigEdit[] = [];
    if (found === undefined) {
        edits.push(
            edit(spoke, document, ["hubs", hub], {
                write: `{ account: "${account}", stack: ${hubStack ?? ""} }`,
                value: { account, stack: hubStack },
                how: "set",
            }),
        );
    } else if (found.missing && url !== undefined) {
        edits.push(
            edit(spoke, document, ["hubs", hub, "gateways", configName], {
                write: `{ arn: ${arn}, url: ${url} }`,
                value: { arn, url },
                how: "set",
            }),
        );
    }
    const write = `[${gateways.join(", ")}]`;
    return [...edits, edit(spoke, document, path, { write, value: reference, how: "append" })];
}

/** A file's text with an edit; its comments stay. */
export function withEdit(text: string, { path, value, how }: ConfigEdit): string {
    const document = new ConfigDocument(text);
    document.add(path, value, how);
    return document.toString();
}

/** What to write to have the program let a principal in to a runtime of its own. */
export function runtimeEdit(files: Files, { stack, path, admitted }: RuntimeOwner, arn: string) {
    return edit(stack, documentOf(files, stack), path, {
        write: `[${[...admitted, arn].join(", ")}]`,
        ...{ value: arn, how: "append" },
    });
}

/** The grants of a gateway, as they are. */
interface Grants {
    hub: HubStack;
    document: ConfigDocument;
    list: ConfigPath;
    items: readonly Grant[];
}

function spokeEdits(grants: Grants, spoke: SpokeStack, role: string): ConfigEdit[] {
    const { hub, document, items } = grants;
    const declared = spokeNameOf(hub, spoke);
    const name = declared ?? spoke.name;
    const at = items.findIndex((item) => item.kind === "spoke" && item.spoke === name);
    const there = items[at];
    const roles = [...(there?.kind === "spoke" ? there.roles : []), role];
    const { accountId: account } = spoke.settings;
    const declaration = edit(hub, document, ["spokes", name], {
        write: `{ account: "${account}", stack: ${spoke.name} }`,
        value: { account, stack: spoke.name },
        how: "set",
    });
    return [
        ...(declared === undefined ? [declaration] : []),
        listEdit(grants, {
            ...{ at, inside: "roles", item: role, whole: { spoke: name, roles: [role] } },
            write: `- { spoke: ${name}, roles: [${roles.join(", ")}] }`,
        }),
    ];
}

function principalEdit(grants: Grants, arn: string): ConfigEdit {
    const at = grants.items.findIndex(({ kind }) => kind === "principals");
    const there = grants.items[at];
    const principals = [...(there?.kind === "principals" ? there.principals : []), arn];
    return listEdit(grants, {
        ...{ at, inside: "principals", item: arn, whole: { principals: [arn] } },
        write: `- { principals: [${principals.join(", ")}] }`,
    });
}

/** One item more, or one more in a list of an item that is there. */
function listEdit(
    { hub, document, list }: Grants,
    change: {
        /** The item that is there; below 0 where there is none. */
        at: number;
        inside?: string;
        item?: unknown;
        whole: unknown;
        write: string;
    },
): ConfigEdit {
    const { at, inside, item, whole, write } = change;
    if (at < 0 || inside === undefined) {
        return edit(hub, document, list, { write, value: whole, how: "append" });
    }
    const found = edit(hub, document, [...list, at, inside], {
        ...{ write, value: item, how: "append" },
    });
    return { ...found, ...placeOf(hub, document, [...list, at]) };
}

function edit(
    stack: Stack,
    document: ConfigDocument,
    path: ConfigPath,
    { write, value, how }: Pick<ConfigEdit, "write" | "value" | "how">,
): ConfigEdit {
    return { ...placeOf(stack, document, path), write, path, value, how };
}
