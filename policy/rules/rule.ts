import type { RuleConfig } from "../config";
import type { StackView } from "../stackView";

/** What a rule found at one place. */
export interface Finding {
    urn: string;
    /** What is there, as exceptions name it. */
    got: string;
    /** `path: got X; must be Y; write Z` */
    message: string;
    /** The value is not known before the update, which will check it. */
    undecided?: true;
}

/** A pack, one for each kind of account. */
export type Pack = "provider" | "consumer";

/** A resource in an example: as the program would write it. */
export interface ExampleResource {
    type: string;
    name: string;
    props: Readonly<Record<string, unknown>>;
}

/** A rule: what it is called, and a pure function over a stack. */
export interface Rule {
    name: string;
    pack: Pack | "both";
    severity: "low" | "medium" | "high" | "critical";
    level: "mandatory" | "advisory";
    /** `resource`: each resource is judged by itself, and so before an update makes it. */
    scope: "resource" | "stack";
    /** The page of AWS that says why. */
    page: string;
    description: string;
    /** The keys of the config that it reads, besides `exceptions`. */
    config?: readonly (keyof RuleConfig)[];
    /** What is added to, or changed in, a stack that keeps every rule. */
    example: { fails: readonly ExampleResource[]; passes: readonly ExampleResource[] };
    check: (stack: StackView, config: RuleConfig) => Finding[];
}

/** What is there, what is allowed, and what to write instead. */
export interface Violation {
    got: string;
    must: string;
    instead: string;
}

/** A violation at a place. */
export function violation(urn: string, path: string, { got, must, instead }: Violation): Finding {
    return { urn, got, message: `${path}: got ${got}; must be ${must}; ${instead}` };
}

/** What cannot be said yet. */
export function undecided(urn: string, path: string): Finding {
    return {
        urn,
        got: "",
        message: `${path}: not known before the update; will be checked on update`,
        undecided: true,
    };
}

/** A value in a message. */
export function shown(value: unknown): string {
    return value === undefined
        ? "nothing"
        : typeof value === "string"
          ? value
          : JSON.stringify(value);
}

/** Several in a message, a few of many. */
export function several(values: readonly string[], none = "none"): string {
    if (values.length === 0) return none;
    return values.length > 4
        ? `${values.slice(0, 4).join(", ")} and ${values.length - 4} more`
        : values.join(", ");
}

/** All that is allowed in a message: none left out, because one of them is to be written. */
export function oneOf(values: readonly string[]): string {
    const list = [...new Set(values)].join(", ");
    return values.length > 1 ? `one of ${list}` : list;
}
