import type { Certainty } from "../agentcore/mcp";

/** What an engine has a provider do with a resource. */
export type Operation = "create" | "read" | "update" | "delete";

/** Actions that a deployer needs for a resource, and when. */
export interface ActionRow {
    actions: readonly string[];
    /**
     * What each of the actions is authorized on, all of them; `{name}` is a part that the resource gives. A row with a
     * part that the resource does not have is not for it.
     */
    resources: readonly string[];
    operations: readonly Operation[];
    /** Only where the resource has this input, by its dotted path. */
    input?: string;
    /** An update asks for it only where one of these inputs changes. */
    changed?: readonly string[];
    /** Condition keys that the service fills in, with their values. */
    context?: Readonly<Record<string, string>>;
    known: Certainty;
    source: string;
}

/** Whatever a provider makes or changes it reads again, and gives back what it has read. */
export const reads: readonly Operation[] = ["create", "read", "update"];

/** The input by its dotted path; `undefined` where there is none. */
export function inputOf(inputs: Readonly<Record<string, unknown>>, path: string): unknown {
    return path
        .split(".")
        .reduce<unknown>(
            (value, name) =>
                typeof value === "object" && value !== null
                    ? (value as Record<string, unknown>)[name]
                    : undefined,
            inputs,
        );
}
