import type { StateResource } from "../../../policy/sources";

/** A stack that is changed in one place. */
export interface Mutation {
    /** `<resource> <path>: <change>` */
    id: string;
    resources: StateResource[];
}

type Path = readonly (string | number)[];
type Change = readonly [what: string, value: unknown];

const removed = Symbol("removed");
const stranger = "999988887777";

/**
 * Every change of one place in a stack's inputs. It knows forms of values and elements of IAM's grammar, and nothing
 * of what is right or wrong: ARNs, accounts, actions, principals, conditions, numbers, flags, lists and other texts.
 */
export function mutationsOf(resources: readonly StateResource[]): Mutation[] {
    const found = new Map<string, Mutation>();
    const siblings = siblingsOf(resources);
    const add = (id: string, mutated: StateResource[]): void => {
        const text = JSON.stringify(mutated);
        if (!found.has(text)) found.set(text, { id, resources: mutated });
    };
    found.set(JSON.stringify(resources), { id: "untouched", resources: [] });
    resources.forEach((resource, index) => {
        const name = nameOf(resource);
        if (resource.provider !== undefined && resource.provider !== "") {
            add(
                `${name}: removed`,
                resources.filter((one) => one !== resource),
            );
        }
        for (const { path, value } of placesIn(resource.inputs ?? {}, [])) {
            for (const [what, changed] of changesOf(value, path, siblings)) {
                const mutated = changedResource(resource, path, changed);
                add(`${name} ${shownPath(path)}: ${what}`, [
                    ...resources.slice(0, index),
                    mutated,
                    ...resources.slice(index + 1),
                ]);
            }
        }
    });
    found.delete(JSON.stringify(resources));
    return [...found.values()];
}

function nameOf({ urn }: StateResource): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

function shownPath(path: Path): string {
    return path
        .map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
        .join("")
        .slice(1);
}

/** Every place of a value, and within texts that are JSON of objects. */
function placesIn(value: unknown, path: Path): { path: Path; value: unknown }[] {
    const own = path.length === 0 ? [] : [{ path, value }];
    const inner = typeof value === "string" ? objectIn(value) : value;
    if (typeof inner !== "object" || inner === null) return own;
    return [
        ...own,
        ...Object.entries(inner).flatMap(([key, member]) =>
            placesIn(member, [...path, Array.isArray(inner) ? Number(key) : key]),
        ),
    ];
}

function objectIn(text: string): unknown {
    if (!/^\s*[{[]/.test(text)) return undefined;
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return undefined;
    }
}

/** The inputs, and the outputs where they say the same. */
function changedResource(resource: StateResource, path: Path, change: unknown): StateResource {
    const { inputs = {}, outputs = {} } = resource;
    const [top = ""] = path;
    const changed = changedAt(inputs, path, change) as Record<string, unknown>;
    // In place, so that a change that changes nothing is seen as one.
    const mirrored = Object.entries(outputs).flatMap(([key, value]): [string, unknown][] => {
        if (key !== top) return [[key, value]];
        return top in changed ? [[key, changed[top]]] : [];
    });
    return { ...resource, inputs: changed, outputs: Object.fromEntries(mirrored) };
}

function changedAt(value: unknown, [key, ...rest]: Path, change: unknown): unknown {
    if (key === undefined) return change;
    if (typeof value === "string") {
        return JSON.stringify(changedAt(objectIn(value), [key, ...rest], change));
    }
    if (Array.isArray(value)) {
        return value.flatMap((member: unknown, index) => {
            if (index !== key) return [member];
            const changed = changedAt(member, rest, change);
            return changed === removed ? [] : [changed];
        });
    }
    return Object.fromEntries(
        Object.entries(value as object).flatMap(([name, member]: [string, unknown]) => {
            if (name !== key) return [[name, member]];
            if (rest.length === 0 && isRenaming(change)) return [[change.rename, member]];
            const changed = changedAt(member, rest, change);
            return changed === removed ? [] : [[name, changed]];
        }),
    );
}

function isRenaming(change: unknown): change is { rename: string } {
    return typeof change === "object" && change !== null && "rename" in change;
}

function changesOf(value: unknown, path: Path, siblings: Siblings): Change[] {
    return [
        ["removed", removed],
        ...keyChanges(path.at(-1)),
        ...(typeof value === "string" ? textChanges(value, siblings) : []),
        ...(typeof value === "number" ? numberChanges(value) : []),
        ...(typeof value === "boolean" ? [[String(!value), !value] as const] : []),
        ...(Array.isArray(value) ? listChanges(value) : []),
        ...(isStatement(value) ? statementChanges(value) : []),
    ];
}

/** Elements of IAM's grammar that have an opposite, and operators that have weaker forms. */
function keyChanges(key: string | number | undefined): Change[] {
    if (typeof key !== "string") return [];
    const named = (rename: string): Change => [`renamed ${rename}`, { rename }];
    if (/^(?:Action|Resource|Principal)$/.test(key)) return [named(`Not${key}`)];
    const [, type, negation, comparison] = /^(Arn|String)(Not)?(Equals|Like)$/.exec(key) ?? [];
    if (type !== undefined) {
        return [
            named(`${key}IfExists`),
            named(`ForAllValues:${key}`),
            named(`${type}${negation === undefined ? "Not" : ""}${comparison ?? ""}`),
            named(`${type}${negation ?? ""}${comparison === "Like" ? "Equals" : "Like"}`),
        ];
    }
    return /^[a-z-]+:[A-Za-z]+$/.test(key) ? [named("aws:CurrentTime"), named(`${key}x`)] : [];
}

function textChanges(text: string, siblings: Siblings): Change[] {
    const to = (...texts: string[]): Change[] => texts.map((one) => [`→ ${one}`, one]);
    if (text.startsWith("arn:"))
        return [...to(...arnsLike(text)), ...siblingChanges(text, siblings)];
    if (/^\d{12}$/.test(text)) return to(stranger, "*");
    const [, service, action] = /^([a-z0-9-]+):([A-Z]\w+)$/.exec(text) ?? [];
    if (service !== undefined && action !== undefined) {
        const verb = /^[A-Z][a-z]+/.exec(action)?.[0] ?? action;
        return to(
            "*",
            `${service}:*`,
            `${service}:${verb}*`,
            `${service}:Delete${action}`,
            "iam:PassRole",
        );
    }
    if (objectIn(text) !== undefined) return [...to(""), ["→ {}", "{}"]];
    const cut = text.replace(/[@:/.-][^@:/.-]*$/, "");
    return [
        ...to("", "*", `${text}x`),
        ...(cut === text ? [] : to(cut)),
        ...(text.includes("111122223333") ? to(text.replaceAll("111122223333", stranger)) : []),
        ...siblingChanges(text, siblings),
    ];
}

function arnsLike(arn: string): string[] {
    const [scheme, partition, service, region = "", account = "", ...rest] = arn.split(":");
    const resource = rest.join(":");
    const made = (of: string, by: string, what: string) =>
        [scheme, partition, service, of, by, what].join(":");
    return [
        "*",
        made(region, account === "" ? "" : stranger, resource),
        made(region === "" ? "" : "eu-west-3", account, resource),
        made(region, account === "" ? "" : "*", resource),
        made(region, account, "*"),
        made(region, account, resource.replace(/[^:/]*$/, "*")),
        made(region, account, `${resource}*`),
        made(region, account, `${resource.slice(0, -2)}??`),
        made(region, account, `${resource}x`),
        ...(service === "iam" ? [made("", account, "root"), account] : []),
    ];
}

function numberChanges(value: number): Change[] {
    return [0, -1, value + 1, value * 100].map((one) => [`→ ${one}`, one]);
}

function listChanges(list: readonly unknown[]): Change[] {
    const [first] = list;
    if (typeof first !== "string") return [];
    const others = textChanges(first, new Map()).slice(0, 2);
    return [
        ["emptied", []],
        ["with *", [...list, "*"]],
        ...others.map(([what, one]): Change => [`with ${what}`, [...list, one]]),
    ];
}

function isStatement(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && "Effect" in value;
}

function statementChanges(statement: Record<string, unknown>): Change[] {
    const { Condition: _condition, ...unconditional } = statement;
    return [
        [
            "other effect",
            { ...statement, Effect: statement["Effect"] === "Allow" ? "Deny" : "Allow" },
        ],
        ["unconditional", unconditional],
        ...("Resource" in statement
            ? ([
                  ["every action", { ...statement, Action: "*" }],
                  ["every resource", { ...statement, Resource: "*" }],
              ] as const)
            : []),
        ...("Principal" in statement
            ? ([
                  ["everyone", { ...statement, Principal: "*" }],
                  [
                      "another service",
                      { ...statement, Principal: { Service: "ec2.amazonaws.com" } },
                  ],
                  [
                      "a federation",
                      { ...statement, Principal: { Federated: "accounts.google.com" } },
                  ],
              ] as const)
            : []),
    ];
}

type Siblings = ReadonlyMap<string, readonly string[]>;

/** For each name and ARN of a resource, those of the others of its type. */
function siblingsOf(resources: readonly StateResource[]): Siblings {
    const byType = new Map<string, string[]>();
    for (const { type, outputs = {} } of resources) {
        for (const property of ["name", "arn", "agentRuntimeArn"]) {
            const value = outputs[property];
            if (typeof value !== "string") continue;
            const key = `${type} ${property}`;
            byType.set(key, [...(byType.get(key) ?? []), value]);
        }
    }
    return new Map([...byType.values()].flatMap((all) => all.map((one) => [one, all])));
}

function siblingChanges(text: string, siblings: Siblings): Change[] {
    return (siblings.get(text) ?? [])
        .filter((other) => other !== text)
        .map((other) => [`→ ${other}`, other]);
}
