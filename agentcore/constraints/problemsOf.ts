import { shown } from "../shown";
import { toolSchemaProblems } from "../toolSchema";
import type { Constraint, Rule } from "./constraint";
import { isRecord, placesOf, type Place } from "./places";

/** What AWS would refuse of a resource's inputs. */
export interface Problem {
    path: string;
    /** The input that it is in. */
    property: string;
    /** `path: got X; must be Y` */
    text: string;
    constraint: Constraint;
}

/**
 * Every constraint that the inputs break, in the order of the table.
 *
 * @param isUnknown Whether a value is not there yet, as in a preview: it is left out.
 */
export function problemsOf(
    constraints: readonly Constraint[],
    inputs: Readonly<Record<string, unknown>>,
    isUnknown: (value: unknown) => boolean = () => false,
): Problem[] {
    const found = constraints.flatMap((constraint) =>
        placesOf(inputs, constraint.path, isUnknown).flatMap((place) =>
            linesOf(constraint.rule, place, isUnknown).map((text) => ({
                path: place.path,
                property: /^[^.[]*/.exec(place.path)?.[0] ?? "",
                text,
                constraint,
            })),
        ),
    );
    // Of a value of the wrong type there is no more to say.
    const mistyped = found.filter(isTypeProblem).map(({ path }) => path);
    return found.filter((problem) => isTypeProblem(problem) || !mistyped.includes(problem.path));
}

function isTypeProblem({ constraint }: Problem): boolean {
    return constraint.rule.kind === "type";
}

function linesOf(rule: Rule, place: Place, isUnknown: (value: unknown) => boolean): string[] {
    const { path, value } = place;
    if (rule.kind === "exactlyOneOf") return memberLines(rule.members, place);
    if (value === undefined || value === null) {
        return rule.kind === "required" ? [line(path, undefined, "be there")] : [];
    }
    if (rule.kind === "toolSchema" || rule.kind === "bytes") {
        if (hasUnknown(value, isUnknown)) return [];
    }
    if (rule.kind === "toolSchema") {
        // An empty list is for the number of items to refuse.
        if (!Array.isArray(value) || value.length === 0) return [];
        return toolSchemaProblems(value, { path, names: "service" });
    }
    const broken = brokenBy(rule, value);
    return broken === undefined ? [] : [`${path}: got ${broken.got}; must ${broken.must}`];
}

/** What is there and what must be; nothing where the rule is kept, or is about another type of value. */
function brokenBy(rule: Rule, value: unknown): { got: string; must: string } | undefined {
    const broken = (isBroken: boolean, must: string, got = shown(value)) =>
        isBroken ? { got, must } : undefined;
    if (rule.kind === "type") {
        const got = rule.isSensitive === true ? "a value that is not shown" : shown(value);
        return broken(!isOfType(rule.type, value), `be ${typeNames[rule.type]}`, got);
    }
    if (rule.kind === "bytes") {
        const size = Buffer.byteLength(JSON.stringify(value));
        return broken(size > rule.max, `have at most ${rule.max} bytes as JSON`, `${size} bytes`);
    }
    if (rule.kind === "oneOf") {
        return broken(!rule.values.includes(value as string), `be ${anyOf(rule.values)}`);
    }
    if (typeof value === "string") return textBroken(rule, value, broken);
    if (typeof value === "number") {
        if (rule.kind !== "range") return undefined;
        return broken(value < rule.min || value > rule.max, `be ${rule.min}-${rule.max}`);
    }
    if (Array.isArray(value)) {
        if (rule.kind !== "items") return undefined;
        const isBroken = value.length < rule.min || value.length > rule.max;
        const noun = rule.max === 1 ? "item" : "items";
        return broken(isBroken, `have ${span(rule)} ${noun}`, `${value.length} items`);
    }
    return isRecord(value) ? mapBroken(rule, Object.keys(value), broken) : undefined;
}

type Broken = (
    isBroken: boolean,
    must: string,
    got?: string,
) => { got: string; must: string } | undefined;

function textBroken(rule: Rule, value: string, broken: Broken) {
    switch (rule.kind) {
        case "pattern":
            return broken(!rule.pattern.test(value), `be ${rule.rule}`);
        case "characters": {
            const isBroken = value.length < rule.min || value.length > rule.max;
            return broken(isBroken, `have ${span(rule)} characters`, `${value.length} characters`);
        }
        case "solidCharacters": {
            const { length } = value.replace(/\s/g, "");
            const must = `have at most ${rule.max} characters, white space not counted`;
            return broken(length > rule.max, must, `${length} characters`);
        }
        case "json":
            return broken(!isJson(value), "be JSON");
        default:
            return undefined;
    }
}

function mapBroken(rule: Rule, names: readonly string[], broken: Broken) {
    const firstOf = (isWrong: (name: string, index: number) => boolean, must: string) => {
        const wrong = names.find(isWrong);
        return broken(wrong !== undefined, must, `the key ${shown(wrong)}`);
    };
    const small = names.map((name) => name.toLowerCase());
    switch (rule.kind) {
        case "entries":
            return broken(
                names.length > rule.max,
                `have at most ${rule.max} entries`,
                `${names.length} entries`,
            );
        case "keys":
            return firstOf((name) => !rule.pattern.test(name), `have keys of ${rule.rule}`);
        case "reservedKeyPrefix":
            return firstOf(
                (name) => name.toLowerCase().startsWith(rule.prefix),
                `have no key that begins with ${rule.prefix}, which is AWS's own`,
            );
        case "reservedKeys":
            return firstOf(
                (name) => rule.keys.includes(name),
                "have no key that the service sets itself",
            );
        case "uniqueKeys":
            return firstOf(
                (name, index) => small.indexOf(name.toLowerCase()) < index,
                "have each key once, without regard to case",
            );
        default:
            return undefined;
    }
}

function memberLines(members: readonly string[], { path, value }: Place): string[] {
    if (!isRecord(value)) return [];
    const there = members.filter((name) => value[name] !== undefined && value[name] !== null);
    if (there.length === 1) return [];
    const got = there.length === 0 ? "none of them" : there.join(" and ");
    const only = members.length === 1 ? (members[0] ?? "") : `exactly one of ${members.join(", ")}`;
    return [`${path === "" ? members.join(", ") : path}: got ${got}; must have ${only}`];
}

const typeNames = {
    text: "a text",
    "whole number": "a whole number",
    boolean: "true or false",
    object: "an object",
    list: "a list",
    map: "a map",
    archive: "an archive",
} as const;

function isOfType(type: keyof typeof typeNames, value: unknown): boolean {
    if (type === "text") return typeof value === "string";
    if (type === "whole number") return Number.isInteger(value);
    if (type === "boolean") return typeof value === "boolean";
    return type === "list" ? Array.isArray(value) : isRecord(value);
}

function isJson(text: string): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}

function hasUnknown(value: unknown, isUnknown: (value: unknown) => boolean): boolean {
    if (isUnknown(value)) return true;
    if (typeof value !== "object" || value === null) return false;
    return Object.values(value).some((member) => hasUnknown(member, isUnknown));
}

function span({ min, max }: { min: number; max: number }): string {
    return min === max ? String(min) : `${min}-${max}`;
}

function anyOf(values: readonly (string | number)[]): string {
    return values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}`;
}

function line(path: string, got: unknown, must: string): string {
    return `${path}: got ${shown(got)}; must ${must}`;
}
