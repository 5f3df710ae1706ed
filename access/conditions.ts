import {
    compareAddress,
    compareBinary,
    compareBool,
    compareDate,
    compareNumber,
    type Comparison,
} from "./comparableValues";
import { MalformedPolicy } from "./malformedPolicy";
import { arnPattern, wildcard, type Matcher, type Piece } from "./match";
import { compileValue, type Context, type VariableUse } from "./variables";

/** One operator over one key of a Condition element, compiled. */
export interface Condition {
    operator: string;
    /** As it is written; the request's keys are compared without regard to case. */
    key: string;
    values: readonly string[];
    holds: (context: Context) => boolean;
}

/** Compiles one value of the policy, for each request if it has variables. */
type ValueCompiler = (
    value: string,
    use: VariableUse,
    place: string,
) => (context: Context) => Matcher | undefined;

interface Operator {
    compile: ValueCompiler;
    /** Negated operators hold when no value matches, and when the key is not there. */
    negated: boolean;
}

const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join("");
const same = (pieces: readonly Piece[]): Matcher => {
    const whole = textOf(pieces);
    return (text) => text === whole;
};
const sameIgnoringCase = (pieces: readonly Piece[]): Matcher => {
    const folded = textOf(pieces).toLowerCase();
    return (text) => text.toLowerCase() === folded;
};

const text =
    (matcherOf: (pieces: readonly Piece[]) => Matcher): ValueCompiler =>
    (value, use) =>
        compileValue(value, use, matcherOf);

/** An operator over values with an order or a notation; these take no policy variables. */
const typed =
    (
        comparisonOf: (policyValue: string) => Comparison | undefined,
        expected: string,
        holds: (order: number) => boolean = (order) => order === 0,
    ): ValueCompiler =>
    (value, _use, place) => {
        const comparison = comparisonOf(value);
        if (comparison === undefined) {
            throw new MalformedPolicy(place, `got ${value}; must be ${expected}`);
        }
        const matcher: Matcher = (given) => {
            const order = comparison(given);
            return order !== undefined && holds(order);
        };
        return () => matcher;
    };

const positive = (compile: ValueCompiler): Operator => ({ compile, negated: false });
const negative = (compile: ValueCompiler): Operator => ({ compile, negated: true });

function ordered(
    type: string,
    comparisonOf: (policyValue: string) => Comparison | undefined,
    expected: string,
): Record<string, Operator> {
    const when = (holds: (order: number) => boolean) =>
        positive(typed(comparisonOf, expected, holds));
    return {
        [`${type}Equals`]: positive(typed(comparisonOf, expected)),
        [`${type}NotEquals`]: negative(typed(comparisonOf, expected)),
        [`${type}LessThan`]: when((order) => order < 0),
        [`${type}LessThanEquals`]: when((order) => order <= 0),
        [`${type}GreaterThan`]: when((order) => order > 0),
        [`${type}GreaterThanEquals`]: when((order) => order >= 0),
    };
}

/** Bool takes policy variables, of the operators with a type it alone. */
const bool: ValueCompiler = (value, use, place) =>
    (use === "variables" && value.includes("${")
        ? text(sameIgnoringCase)
        : typed(compareBool, "true or false"))(value, use, place);
const address = typed(compareAddress, "an IPv4 or IPv6 address or CIDR range");

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const operators: Readonly<Record<string, Operator>> = {
    StringEquals: positive(text(same)),
    StringNotEquals: negative(text(same)),
    StringEqualsIgnoreCase: positive(text(sameIgnoringCase)),
    StringNotEqualsIgnoreCase: negative(text(sameIgnoringCase)),
    StringLike: positive(text(wildcard)),
    StringNotLike: negative(text(wildcard)),
    ...ordered("Numeric", compareNumber, "a number"),
    ...ordered("Date", compareDate, "a date in ISO 8601 or whole seconds since 1970"),
    Bool: positive(bool),
    BinaryEquals: positive(typed(compareBinary, "base64")),
    IpAddress: positive(address),
    NotIpAddress: negative(address),
    // ArnEquals and ArnLike behave alike.
    ArnEquals: positive(text(arnPattern)),
    ArnLike: positive(text(arnPattern)),
    ArnNotEquals: negative(text(arnPattern)),
    ArnNotLike: negative(text(arnPattern)),
};

/**
 * Compiles one operator over one key.
 *
 * @param values the policy's values; several are alternatives.
 * @throws MalformedPolicy for an operator that IAM does not have, or a value that is not of its type.
 */
export function compileCondition(
    name: string,
    key: string,
    values: readonly string[],
    use: VariableUse,
    place: string,
): Condition {
    const lowerKey = key.toLowerCase();
    if (name === "Null") return nullCondition(key, values, place);
    const [, quantifier, base = "", ifExists] =
        /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
    const operator = Object.hasOwn(operators, base) ? operators[base] : undefined;
    if (operator === undefined) {
        throw new MalformedPolicy(
            place,
            `got ${name}; must be one of ${Object.keys(operators).join(", ")}, each also with IfExists, or after ForAnyValue: or ForAllValues:; or Null`,
        );
    }
    const { compile, negated } = operator;
    const compiled = values.map((value) => compile(value, use, `${place}.${key}`));
    const holdsWhenAbsent =
        ifExists !== undefined ||
        // ForAllValues holds for an empty set; ForAnyValue never does.
        (quantifier === undefined ? negated : quantifier === "ForAllValues");
    const isAny = quantifier === "ForAnyValue" || (quantifier === undefined && !negated);
    return {
        operator: name,
        key,
        values,
        holds: (context) => {
            const given = context.get(lowerKey);
            if (given === undefined || given.length === 0) return holdsWhenAbsent;
            if (quantifier !== undefined && isNullDataset(given)) {
                return quantifier === "ForAllValues";
            }
            // A value whose variable has no value is equal or like nothing; negated operators hold for it.
            const matchers = compiled.map((matcherFor) => matcherFor(context));
            const holds = (one: string) =>
                matchers.some((matches) => matches?.(one) === true) !== negated;
            return isAny ? given.some(holds) : given.every(holds);
        },
    };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
function isNullDataset(given: readonly string[]): boolean {
    return given.every((one) => one === "");
}

/** Null asks whether the key is there, and so has no IfExists. */
function nullCondition(key: string, values: readonly string[], place: string): Condition {
    const lowerKey = key.toLowerCase();
    const wanted = values.map((value) => {
        if (!/^(?:true|false)$/i.test(value)) {
            throw new MalformedPolicy(`${place}.${key}`, `got ${value}; must be true or false`);
        }
        return value.toLowerCase() === "true";
    });
    return {
        operator: "Null",
        key,
        values,
        holds: (context) => wanted.includes((context.get(lowerKey) ?? []).length === 0),
    };
}
