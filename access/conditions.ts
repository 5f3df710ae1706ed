import { arnPattern, wildcard, type Matcher, type Piece } from "./match";
import { compileValue, type Context, type VariableUse } from "./variables";

/** Whether a Condition element holds for a request. */
export type Condition = (context: Context) => boolean;

/** A condition operator that this evaluator does not know; it is never guessed at. */
export class UnsupportedConditionOperator extends Error {
    constructor(
        readonly operator: string,
        readonly place: string,
    ) {
        super(
            `${place}: got ${operator}; must be one of ${Object.keys(operators).join(", ")}, each also with IfExists, or after ForAnyValue: or ForAllValues:; or Null`,
        );
        this.name = "UnsupportedConditionOperator";
    }
}

/** How an operator compares: one value of the request with one value of the policy. */
interface Operator {
    matcher: (pieces: readonly Piece[]) => Matcher;
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

/**
 * The operators that the program's own documents use
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
 */
const operators: Readonly<Record<string, Operator>> = {
    StringEquals: { matcher: same, negated: false },
    StringNotEquals: { matcher: same, negated: true },
    StringEqualsIgnoreCase: { matcher: sameIgnoringCase, negated: false },
    StringNotEqualsIgnoreCase: { matcher: sameIgnoringCase, negated: true },
    StringLike: { matcher: wildcard, negated: false },
    StringNotLike: { matcher: wildcard, negated: true },
    // ArnEquals and ArnLike behave alike.
    ArnEquals: { matcher: arnPattern, negated: false },
    ArnLike: { matcher: arnPattern, negated: false },
    ArnNotEquals: { matcher: arnPattern, negated: true },
    ArnNotLike: { matcher: arnPattern, negated: true },
    Bool: { matcher: sameIgnoringCase, negated: false },
};

/**
 * Compiles one operator over one key.
 *
 * @param values the policy's values; several are alternatives.
 * @throws UnsupportedConditionOperator
 */
export function compileCondition(
    name: string,
    key: string,
    values: readonly string[],
    use: VariableUse,
    place: string,
): Condition {
    const lowerKey = key.toLowerCase();
    // Null asks whether the key is there, and so has no IfExists.
    if (name === "Null") {
        return (context) => {
            const isAbsent = (context.get(lowerKey) ?? []).length === 0;
            return values.some((value) => (value.toLowerCase() === "true") === isAbsent);
        };
    }
    const [, quantifier, base = "", ifExists] =
        /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
    const operator = Object.hasOwn(operators, base) ? operators[base] : undefined;
    if (operator === undefined) throw new UnsupportedConditionOperator(name, place);
    const compiled = values.map((value) => compileValue(value, use, operator.matcher));
    return (context) => {
        const given = context.get(lowerKey);
        if (given === undefined || given.length === 0) {
            // ForAllValues holds for an empty set; ForAnyValue never does.
            if (quantifier === "ForAllValues" || ifExists !== undefined) return true;
            return quantifier === undefined && operator.negated;
        }
        // A value whose variable has no value is equal or like nothing, and negated operators hold for it.
        const matchers = compiled.map((matcherFor) => matcherFor(context));
        const holds = (text: string) =>
            matchers.some((matches) => matches?.(text) === true) !== operator.negated;
        return quantifier === "ForAnyValue" || (quantifier === undefined && !operator.negated)
            ? given.some(holds)
            : given.every(holds);
    };
}
