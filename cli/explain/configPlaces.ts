import { readFileSync } from "node:fs";
import { join } from "node:path";
import { principalName } from "../../access/explanation";
import type { InventoryGateway, InventoryPrincipal } from "../../access/inventory";
import type { Project, Stack } from "../../engine/stacks";
import type {
    ConsumerSettings,
    GatewayReference,
    Grant,
    HubSettings,
    ProviderSettings,
} from "../../settings";
import { ConfigDocument, type ConfigPath } from "../configDocument";

/** A place in a stack's file. */
export interface ConfigPlace {
    file: string;
    line: number;
    /** Below `config`, without the program's namespace: `gateways.tools.grants`. */
    key: string;
}

/** Where config says that a principal may call a gateway; absent where it does not. */
export interface GrantPlaces {
    /** In the hub's file. */
    grant?: ConfigPlace;
    /** In the spoke's file. */
    caller?: ConfigPlace;
}

/** What to write to a stack's file. */
export interface ConfigEdit extends ConfigPlace {
    /** What the place has then: a list's item as it is to be, or an entry of a map. */
    write: string;
    /** Where {@link withEdit} puts the value. */
    path: ConfigPath;
    value: unknown;
    how: "append" | "set";
}

/** Who is to call what. */
export type ConfigPair = {
    principal: Pick<InventoryPrincipal, "principal" | "stack" | "role">;
    gateway: Pick<InventoryGateway, "stack" | "configName" | "arn" | "url" | "accountId">;
};

type Files = Pick<Project, "folder" | "stacks">;
type HubStack = Stack & { settings: ProviderSettings };
type SpokeStack = Stack & { settings: ConsumerSettings };

/** Where the program's config has both sides of a pair. */
export function grantPlaces(project: Files, pair: ConfigPair): GrantPlaces {
    const [hub, spoke] = [hubOf(project, pair), spokeOf(project, pair)];
    const grant = hub && grantPlace(project, hub, pair);
    const caller = spoke && callerPlace(project, spoke, pair);
    return { ...(grant && { grant }), ...(caller && { caller }) };
}

/**
 * What to write to the hub's config to let a principal in: none where it is there, or where no stack has the gateway.
 */
export function grantEdits(project: Files, pair: ConfigPair): ConfigEdit[] {
    const hub = hubOf(project, pair);
    const gateway = pair.gateway.configName;
    if (hub === undefined || gateway === undefined) return [];
    const document = documentOf(project, hub);
    if (grantPlace(project, hub, pair) !== undefined) return [];
    const grants: ConfigPath = ["gateways", gateway, "grants"];
    const items = hub.settings.gateways[gateway]?.grants ?? [];
    const { principal, stack, role } = pair.principal;
    const spoke = stack !== undefined && role !== undefined ? spokeOf(project, pair) : undefined;
    if (spoke !== undefined && role !== undefined) {
        const declared = spokeNameOf(hub, spoke);
        const name = declared ?? spoke.name;
        const at = items.findIndex((item) => item.kind === "spoke" && item.spoke === name);
        const there = items[at];
        const roles = [...(there?.kind === "spoke" ? there.roles : []), role];
        const write = `- { spoke: ${name}, roles: [${roles.join(", ")}] }`;
        const { accountId: account } = spoke.settings;
        return [
            ...(declared === undefined
                ? [
                      edit(hub, document, ["spokes", name], {
                          write: `${name}: { account: "${account}", stack: ${spoke.name} }`,
                          value: { account, stack: spoke.name },
                          how: "set",
                      }),
                  ]
                : []),
            listEdit(hub, document, {
                ...{ list: grants, at, inside: "roles", write },
                item: role,
                whole: { spoke: name, roles: [role] },
            }),
        ];
    }
    if (principal.type === "service") return [];
    if (principal.type === "root") {
        const { accountId: account } = principal;
        const write = `- { account: "${account}" }`;
        return [listEdit(hub, document, { list: grants, at: -1, write, whole: { account } })];
    }
    const arn = principalName(principal);
    const at = items.findIndex(({ kind }) => kind === "principals");
    const there = items[at];
    const principals = [...(there?.kind === "principals" ? there.principals : []), arn];
    const write = `- { principals: [${principals.join(", ")}] }`;
    return [
        listEdit(hub, document, {
            ...{ list: grants, at, inside: "principals", write },
            item: arn,
            whole: { principals: [arn] },
        }),
    ];
}

/** What to write to the spoke's config to have a caller's or agent's own policy allow a gateway. */
export function callerEdits(project: Files, pair: ConfigPair): ConfigEdit[] {
    const spoke = spokeOf(project, pair);
    const { configName, stack: hubStack, arn, url, accountId: account } = pair.gateway;
    if (spoke === undefined || configName === undefined) return [];
    if (callerPlace(project, spoke, pair) !== undefined) return [];
    const document = documentOf(project, spoke);
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
                write: `${hub}: { account: "${account}", stack: ${hubStack ?? ""} }`,
                value: { account, stack: hubStack },
                how: "set",
            }),
        );
    } else if (found.missing && url !== undefined) {
        edits.push(
            edit(spoke, document, ["hubs", hub, "gateways", configName], {
                write: `${configName}: { arn: ${arn}, url: ${url} }`,
                value: { arn, url },
                how: "set",
            }),
        );
    }
    const write = `gateways: [${gateways.join(", ")}]`;
    return [...edits, edit(spoke, document, path, { write, value: reference, how: "append" })];
}

/** Where the hub's config has a target of a gateway. */
export function targetPlace(
    project: Files,
    gateway: ConfigPair["gateway"],
    target: string | undefined,
): ConfigPlace | undefined {
    const { stack, configName } = gateway;
    const hub = project.stacks.find(({ name }) => name === stack);
    if (hub === undefined || configName === undefined || target === undefined) return undefined;
    const document = documentOf(project, hub);
    const path = ["gateways", configName, "targets", target];
    return document.find(path) && place(hub, document, path);
}

/** A file's text with an edit; its comments stay. */
export function withEdit(text: string, { path, value, how }: ConfigEdit): string {
    const document = new ConfigDocument(text);
    document.add(path, value, how);
    return document.toString();
}

function grantPlace(project: Files, hub: HubStack, pair: ConfigPair): ConfigPlace | undefined {
    const { gateway, principal: who } = pair;
    if (gateway.configName === undefined) return undefined;
    const document = documentOf(project, hub);
    const grants: ConfigPath = ["gateways", gateway.configName, "grants"];
    const spoke = spokeOf(project, pair);
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
    return at < 0 ? undefined : place(hub, document, [...grants, at]);
}

function callerPlace(project: Files, spoke: SpokeStack, pair: ConfigPair): ConfigPlace | undefined {
    const path = callerPath(spoke, pair);
    const hub = hubNameOf(spoke, pair);
    if (path === undefined || hub === undefined || hub.missing) return undefined;
    const document = documentOf(project, spoke);
    const isThere = referencesOf(spoke, pair).some(
        (known) => known.hub === hub.name && known.gateway === hub.gateway,
    );
    return isThere ? place(spoke, document, path) : undefined;
}

/** The list of gateways of a caller or of the agent, whether it is there or not. */
function callerPath({ settings }: SpokeStack, { principal }: ConfigPair): ConfigPath | undefined {
    const { role } = principal;
    if (role === undefined) return undefined;
    if (Object.hasOwn(settings.callers, role)) return ["callers", role, "gateways"];
    return settings.agent?.workload === role ? ["agent", "gateways"] : undefined;
}

function referencesOf(
    { settings }: SpokeStack,
    { principal: { role = "" } }: ConfigPair,
): readonly GatewayReference[] {
    if (Object.hasOwn(settings.callers, role)) return settings.callers[role]?.gateways ?? [];
    return settings.agent?.workload === role ? settings.agent.gateways : [];
}

function hubOf({ stacks }: Files, { gateway }: ConfigPair): HubStack | undefined {
    const found = stacks.find(({ name }) => name === gateway.stack);
    return found?.settings.role === "provider" ? (found as HubStack) : undefined;
}

function spokeOf({ stacks }: Files, { principal }: ConfigPair): SpokeStack | undefined {
    const found = stacks.find(({ name }) => name === principal.stack);
    return found?.settings.role === "consumer" ? (found as SpokeStack) : undefined;
}

/** What a hub calls a spoke's stack. */
function spokeNameOf({ settings }: HubStack, spoke: SpokeStack): string | undefined {
    return Object.entries(settings.spokes).find(
        ([, { stack, account }]) => stack === spoke.name && account === spoke.settings.accountId,
    )?.[0];
}

/** What a spoke calls a gateway's hub and the gateway; `missing` where the hub is there without it. */
function hubNameOf(
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

/** One item more, or one more in a list of an item that is there. */
function listEdit(
    stack: Stack,
    document: ConfigDocument,
    change: {
        list: ConfigPath;
        /** The item that is there; below 0 where there is none. */
        at: number;
        inside?: string;
        item?: unknown;
        whole: unknown;
        write: string;
    },
): ConfigEdit {
    const { list, at, inside, item, whole, write } = change;
    if (at < 0 || inside === undefined) {
        return edit(stack, document, list, { write, value: whole, how: "append" });
    }
    const found = edit(stack, document, [...list, at, inside], {
        ...{ write, value: item, how: "append" },
    });
    return { ...found, ...place(stack, document, [...list, at]) };
}

function edit(
    stack: Stack,
    document: ConfigDocument,
    path: ConfigPath,
    { write, value, how }: Pick<ConfigEdit, "write" | "value" | "how">,
): ConfigEdit {
    return { ...place(stack, document, path), write, path, value, how };
}

function place({ file }: Stack, document: ConfigDocument, path: ConfigPath): ConfigPlace {
    // An item of a list has no name of its own.
    const named = path.filter((part) => typeof part === "string");
    return { file, line: document.lineOf(path), key: named.join(".") };
}

/** A stack's file as it was when it was first asked for; a stack that is read anew is another one. */
const documents = new WeakMap<Stack, ConfigDocument>();

function documentOf({ folder }: Files, stack: Stack): ConfigDocument {
    const known = documents.get(stack);
    if (known !== undefined) return known;
    const document = new ConfigDocument(readFileSync(join(folder, stack.file), "utf8"));
    documents.set(stack, document);
    return document;
}
