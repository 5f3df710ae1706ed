import type { OpenCondition } from "../../access/openConditions";

/** A condition that a statement makes. */
type StatementCondition = Extract<OpenCondition, { effect: "Allow" | "Deny" }>;

/** What a condition's values are to the request for it to be let through. */
type Comparison =
    "is" | "isNot" | "like" | "notLike" | "before" | "until" | "after" | "since" | "unknown";

/** A condition of a statement as what it asks of a request: a Deny asks for the opposite of what it says. */
interface Demand {
    comparison: Comparison;
    key: string;
    values: readonly string[];
    /** Whether a request without the key is let through. */
    absent: "passes" | "fails";
}

/** What a condition of a statement asks of a request, in words such as `from 10.0.0.0/8`. */
export function demandWords(condition: StatementCondition): string {
    const { key, kind, values, operator, effect } = condition;
    if (operator === undefined) {
        return kind === "session" && key === "sts:RoleSessionName"
            ? `as session ${anyOf(values.map(sessionOf))}`
            : `where the request's ${key} fits ${effect === "Deny" ? "none of " : ""}${anyOf(values)}`;
    }
    if (operator === "Null") return presenceWords(condition);
    const demand = demandOf(condition, operator);
    if (demand.comparison === "unknown") {
        const written = `${operator} ${key} ${values.join(", ")}`;
        return effect === "Deny" ? `unless ${written}` : `if ${written}`;
    }
    return `${valueWords(demand, kind)}${absenceWords(demand)}`;
}

const comparisons: readonly (readonly [RegExp, Comparison, Comparison])[] = [
    [/^(?:StringLike|ArnLike|ArnEquals)$/, "like", "notLike"],
    [/^(?:StringNotLike|ArnNotLike|ArnNotEquals)$/, "notLike", "like"],
    [/^(?:IpAddress|\w+(?<!Not)Equals(?:IgnoreCase)?|Bool)$/, "is", "isNot"],
    [/^(?:NotIpAddress|\w+NotEquals(?:IgnoreCase)?)$/, "isNot", "is"],
    [/^(?:Date|Numeric)LessThan$/, "before", "since"],
    [/^(?:Date|Numeric)LessThanEquals$/, "until", "after"],
    [/^(?:Date|Numeric)GreaterThan$/, "after", "until"],
    [/^(?:Date|Numeric)GreaterThanEquals$/, "since", "before"],
];

function demandOf({ key, values, effect }: StatementCondition, operator: string): Demand {
    const [, quantifier, base = "", ifExists] =
        /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
    // Above: DateLessThanEquals and the like end in Equals too.
    const ordered = comparisons.slice(4).find(([pattern]) => pattern.test(base));
    const [, allowed, denied] =
        ordered ?? comparisons.find(([pattern]) => pattern.test(base)) ?? [];
    const isNegated = allowed === "isNot" || allowed === "notLike";
    const holdsWhenAbsent = ifExists !== undefined || (quantifier === undefined && isNegated);
    const isKnown = quantifier === undefined && (values.length === 1 || ordered === undefined);
    const comparison = (isKnown ? (effect === "Allow" ? allowed : denied) : undefined) ?? "unknown";
    const absent = holdsWhenAbsent === (effect === "Allow") ? "passes" : "fails";
    return base === "Bool" && comparison === "isNot" && values.length === 1
        ? { comparison: "is", key, values: values.map(opposite), absent }
        : { comparison, key, values, absent };
}

function opposite(value: string): string {
    return /^true$/i.test(value) ? "false" : "true";
}

function valueWords({ comparison, key, values }: Demand, kind: StatementCondition["kind"]): string {
    const isNot = comparison === "isNot" || comparison === "notLike";
    const not = isNot ? "not " : "";
    const name = key.toLowerCase();
    if (kind === "sourceAddress") return `${not}from ${anyOf(values)}`;
    if (kind === "endpoint") return `${not}through ${anyOf(values)}`;
    if (kind === "mfa" && values.length === 1 && name === "aws:multifactorauthpresent") {
        return /^true$/i.test(values[0] ?? "") ? "with MFA" : "without MFA";
    }
    if (kind === "time") {
        const subject = name === "aws:tokenissuetime" ? "with a session begun " : "";
        return `${subject}${timeWords(comparison, values.map(momentOf))}`;
    }
    return `where ${key} ${relation(comparison, values)}`;
}

function timeWords(comparison: Comparison, moments: readonly string[]): string {
    const written = anyOf(moments);
    switch (comparison) {
        case "before":
            return `before ${written}`;
        case "until":
            return `until ${written}`;
        case "after":
            return `after ${written}`;
        case "since":
            return `from ${written} on`;
        case "is":
            return `at ${written}`;
        default:
            return `not at ${written}`;
    }
}

function relation(comparison: Comparison, values: readonly string[]): string {
    const words: Record<Comparison, string> = {
        is: "is",
        isNot: "is not",
        like: "is like",
        notLike: "is not like",
        before: "is less than",
        until: "is at most",
        after: "is more than",
        since: "is at least",
        unknown: "is",
    };
    return `${words[comparison]} ${anyOf(values)}`;
}

/**
 * In each request, or in each of a role's
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
 */
const alwaysThere = /^aws:(?:currenttime|epochtime|tokenissuetime|userid)$/i;

/** Only where it is not what one expects: without the key, what asks for a value fails, and what excludes one passes. */
function absenceWords({ comparison, key, absent }: Demand): string {
    const excludes = comparison === "isNot" || comparison === "notLike";
    if (alwaysThere.test(key) || excludes === (absent === "passes")) return "";
    return excludes ? `, and with ${key}` : `, or without ${key}`;
}

function presenceWords({ kind, key, values, effect }: StatementCondition): string {
    const asksForAbsence = values.some((value) => /^true$/i.test(value)) === (effect === "Allow");
    if (kind === "endpoint") return `${asksForAbsence ? "not " : ""}through a VPC endpoint`;
    return `${asksForAbsence ? "without" : "with"} ${key}`;
}

/** Seconds since 1970 as a date, as people write it (`aws:EpochTime`). */
function momentOf(value: string): string {
    const seconds = /^\d{1,12}$/.test(value) ? Number(value) : undefined;
    return seconds === undefined
        ? value
        : new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** The name in a session's ARN or in `<role id>:<session>`. */
function sessionOf(written: string): string {
    return written.split(/[/:]/).at(-1) ?? written;
}

function anyOf(values: readonly string[]): string {
    return values.length < 2
        ? values.join("")
        : `${values.slice(0, -1).join(", ")} or ${values.at(-1) ?? ""}`;
}
