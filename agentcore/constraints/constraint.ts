import type { Certainty } from "../mcp";

/** What must be so at a path. */
export type Rule =
    | { kind: "required" }
    | {
          kind: "type";
          type: "text" | "whole number" | "boolean" | "object" | "list" | "map" | "archive";
          /** The model marks the value as sensitive: no problem shows it. */
          isSensitive?: true;
      }
    | { kind: "pattern"; pattern: RegExp; rule: string }
    | { kind: "characters"; min: number; max: number }
    /** White space is not counted, as in the quotas of IAM. */
    | { kind: "solidCharacters"; max: number }
    | { kind: "range"; min: number; max: number }
    | { kind: "oneOf"; values: readonly (string | number)[] }
    /** A list's length. */
    | { kind: "items"; min: number; max: number }
    /** A map's size. */
    | { kind: "entries"; max: number }
    /** A map's keys. */
    | { kind: "keys"; pattern: RegExp; rule: string }
    /** A map's keys, in small letters: none may begin with one of these. */
    | { kind: "reservedKeyPrefix"; prefix: string }
    | { kind: "reservedKeys"; keys: readonly string[] }
    /** A map's keys, without regard to case. */
    | { kind: "uniqueKeys" }
    /** The value as JSON, in UTF-8. */
    | { kind: "bytes"; max: number }
    | { kind: "json" }
    | { kind: "toolSchema" }
    /** Of these members of an object. */
    | { kind: "exactlyOneOf"; members: readonly string[] }
    /** Another value is another resource. */
    | { kind: "createOnly" };

/** One thing that AWS demands of a resource's inputs. */
export interface Constraint {
    /** Dotted, in Pulumi's names; `[]` after a list's name stands for each item, `{}` for each entry. */
    path: string;
    rule: Rule;
    source: string;
    known: Certainty;
}

/** Rules of one source, by path. */
export function constraints(
    source: string,
    rules: Readonly<Record<string, readonly Rule[]>>,
    known: Certainty = "sure",
): Constraint[] {
    return Object.entries(rules).flatMap(([path, list]) =>
        list.map((rule) => ({ path, rule, source, known })),
    );
}

/** What a constraint is called in the tests: its path and kind. */
export function constraintId({ path, rule }: Constraint): string {
    return path === "" ? rule.kind : `${path} ${rule.kind}`;
}

/** The input must be there. */
export const required: Rule = { kind: "required" };
/** Another value is another resource. */
export const createOnly: Rule = { kind: "createOnly" };
/** The text is JSON. */
export const json: Rule = { kind: "json" };
/** The list is of tool definitions in AgentCore's schema. */
export const toolSchema: Rule = { kind: "toolSchema" };
/** A text. */
export const text: Rule = { kind: "type", type: "text" };
/** A whole number. */
export const wholeNumber: Rule = { kind: "type", type: "whole number" };
/** True or false. */
export const boolean: Rule = { kind: "type", type: "boolean" };
/** An object with named members. */
export const object: Rule = { kind: "type", type: "object" };
/** A list. */
export const list: Rule = { kind: "type", type: "list" };
/** A map with keys of the program's own. */
export const map: Rule = { kind: "type", type: "map" };
/** A folder or file of code. */
export const archive: Rule = { kind: "type", type: "archive" };

/** A pattern of `limits`. */
export function pattern(named: { pattern: RegExp; rule: string }): Rule {
    return { kind: "pattern", pattern: named.pattern, rule: named.rule };
}

/** A text's length. */
export function characters({ min, max }: { min: number; max: number }): Rule {
    return { kind: "characters", min, max };
}

/** A text's length without white space. */
export function solidCharacters({ max }: { max: number }): Rule {
    return { kind: "solidCharacters", max };
}

/** A number's bounds. */
export function range({ min, max }: { min: number; max: number }): Rule {
    return { kind: "range", min, max };
}

/** A list's length. */
export function items({ min, max }: { min: number; max: number }): Rule {
    return { kind: "items", min, max };
}

/** A map's size. */
export function entries({ max }: { max: number }): Rule {
    return { kind: "entries", max };
}

/** The size of a value's JSON. */
export function bytes({ max }: { max: number }): Rule {
    return { kind: "bytes", max };
}

/** The names of a map's entries. */
export function keys(named: { pattern: RegExp; rule: string }): Rule {
    return { kind: "keys", pattern: named.pattern, rule: named.rule };
}

/** One of these values. */
export function oneOf(values: readonly (string | number)[]): Rule {
    return { kind: "oneOf", values };
}

/** One of these members, and only one. */
export function exactlyOneOf(...members: string[]): Rule {
    return { kind: "exactlyOneOf", members };
}

/** A type whose values are not shown. */
export function sensitive(rule: Rule): Rule {
    return rule.kind === "type" ? { ...rule, isSensitive: true } : rule;
}
