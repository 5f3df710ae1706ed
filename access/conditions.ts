import { arnPattern, wildcard, type Matcher } from "./match";

/** A request's context: condition keys, without regard to case, and their values. */
export type Context = ReadonlyMap<string, readonly string[]>;

/** Whether a Condition element holds for a request. */
export type Condition = (context: Context) => boolean;

/** A condition operator that this evaluator does not know; it is never guessed at. */
export class UnsupportedConditionOperator extends Error {
    constructor(
        readonly operator: string,
        readonly place: string,
    ) {
        super(
            `${place}: got ${operator}; must be one of ${Object.keys(operators).join(", ")}, each with IfExists, or after ForAnyValue: or ForAllValues:`,
        );
        this.name = "UnsupportedConditionOperator";
    }
}

/** How an operator compares: one value of the request with one value of the policy. */
interface Operator {
    matcher: (value: string) => Matcher;
    /** Negated operators hold when no value matches, and when the key is not there. */
    negated: boolean;
}

const like = (value: string): Matcher => wildcard(value);
const same =
    (value: string): Matcher =>
    (text) =>
        text === value;
const sameIgnoringCase = (value: string): Matcher => {
    const folded = value.toLowerCase();
    return (text) => text.toLowerCase() === folded;
};

/**
 * The operators that the program's own documents use
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
 */
const operators: Readonly<Record<string, Operator>> = {
    StringEquals: { matcher: same, negated: false },
    StringNotEquals: { matcher: same, negated: true },
    StringEqualsIgnoreCase: { matcher: sameIgnoringCase, negated: false },
    StringNotEqualsIgnoreCase: { matcher: sameIgnoringCase, negated: true },
    StringLike: { matcher: like, negated: false },
    StringNotLike: { matcher: like, negated: true },
    // ArnEquals and ArnLike behave alike.
    ArnEquals: { matcher: arnPattern, negated: false },
    ArnLike: { matcher: arnPattern, negated: false },
    ArnNotEquals: { matcher: arnPattern, negated: true },
    ArnNotLike: { matcher: arnPattern, negated: true },
    Bool: { matcher: sameIgnoringCase, negated: false },
    Null: { matcher: same, negated: false },
};

/**
 * Compiles one operator over one key.
 *
 * @param values the policy's values; several are alternatives.
 * @param resolve replaces policy variables; `undefined` when one has no value, and then nothing matches.
 * @throws UnsupportedConditionOperator
 */
export function compileCondition(
    name: string,
    key: string,
    values: readonly string[],
    resolve: (value: string, context: Context) => string | undefined,
    place: string,
): Condition {
    const [, quantifier, base = "", ifExists] =
        /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
    const operator = Object.hasOwn(operators, base) ? operators[base] : undefined;
    if (operator === undefined) throw new UnsupportedConditionOperator(name, place);
    const lowerKey = key.toLowerCase();
    if (base === "Null") {
        return (context) => values.some((value) => (value === "true") === !context.has(lowerKey));
    }
    const isFixed = values.every((value) => !value.includes("${"));
    const fixed = isFixed ? values.map(operator.matcher) : [];
    const matchers = (context: Context): Matcher[] =>
        isFixed
            ? fixed
            : values.flatMap((value) => {
                  const resolved = resolve(value, context);
                  return resolved === undefined ? [] : operator.matcher(resolved);
              });
    return (context) => {
        const given = context.get(lowerKey);
        if (given === undefined || given.length === 0) {
            // ForAllValues holds for an empty set; ForAnyValue never does.
            if (quantifier === "ForAllValues" || ifExists !== undefined) return true;
            return quantifier === undefined && operator.negated;
        }
        const compiled = matchers(context);
        const holds = (text: string) =>
            compiled.some((matches) => matches(text)) !== operator.negated;
        return quantifier === "ForAnyValue" || (quantifier === undefined && !operator.negated)
            ? given.some(holds)
            : given.every(holds);
    };
}
