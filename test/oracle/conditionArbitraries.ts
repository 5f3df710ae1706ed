import fc from "fast-check";
import {
    keysByKind,
    operatorsByKind,
    policyValues,
    requestValues,
    type Kind,
} from "./conditionValues";
import type { ConditionBlock, ConditionValue, Request } from "./types";

const kinds = Object.keys(keysByKind) as Kind[];

const kind = fc.constantFrom<Kind>(...kinds, "string", "arn", "caller");

/** Of all keys, now and then one of another kind than the operator's. */
const anyKey = fc.constantFrom(...kinds.flatMap((name) => keysByKind[name]));

/** An operator with or without quantifier and IfExists, a key, and the values for it. */
export const singleConditions = kind.chain((name) =>
    fc.tuple(
        fc
            .tuple(
                fc.constantFrom("", "", "", "ForAllValues:", "ForAnyValue:"),
                fc.constantFrom(...operatorsByKind[name]),
                fc.constantFrom("", "", "", "IfExists"),
            )
            .map((parts) => parts.join("")),
        fc
            .oneof(
                { weight: 6, arbitrary: fc.constantFrom(...keysByKind[name]) },
                { weight: 1, arbitrary: anyKey },
            )
            .chain(inSomeCase),
        fc.oneof(
            fc.constantFrom(...policyValues[name]),
            fc.uniqueArray(fc.constantFrom(...policyValues[name]), { minLength: 1, maxLength: 3 }),
        ),
    ),
);

const nullCondition = fc.tuple(
    fc.constant("Null"),
    anyKey,
    fc.constantFrom<ConditionValue | ConditionValue[]>("true", "false", true, false, [
        "true",
        "false",
    ]),
);

/** A Condition element of some operators and keys; a later pair of the same two wins. */
export const conditionBlocks: fc.Arbitrary<ConditionBlock> = fc
    .array(
        fc.oneof(
            { weight: 8, arbitrary: singleConditions },
            { weight: 1, arbitrary: nullCondition },
        ),
        { minLength: 1, maxLength: 2 },
    )
    .map((conditions) => {
        const block: Record<string, Record<string, ConditionValue | ConditionValue[]>> = {};
        for (const [operator, key, values] of conditions) {
            const others = Object.entries(block[operator] ?? {}).filter(
                ([name]) => name.toLowerCase() !== key.toLowerCase(),
            );
            block[operator] = { ...Object.fromEntries(others), [key]: values };
        }
        return block;
    });

/** Each operator that has a negation, with the one that says the opposite of it. */
export const negations = new Map<string, string>(
    [
        ["StringEquals", "StringNotEquals"],
        ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
        ["StringLike", "StringNotLike"],
        ["ArnEquals", "ArnNotEquals"],
        ["ArnLike", "ArnNotLike"],
        ["NumericEquals", "NumericNotEquals"],
        ["DateEquals", "DateNotEquals"],
        ["IpAddress", "NotIpAddress"],
    ].flatMap(([positive, negated]) => [
        [`${positive}`, `${negated}`],
        [`ForAllValues:${positive}`, `ForAnyValue:${negated}`],
        [`ForAnyValue:${positive}`, `ForAllValues:${negated}`],
    ]),
);

/** Keys of a request: absent, with one value, with several, or with an empty list. */
export const contexts: fc.Arbitrary<NonNullable<Request["context"]>> = fc
    .tuple(
        contextKey("tools:Team", "string"),
        contextKey("aws:TagKeys", "string"),
        contextKey("aws:SourceArn", "arn"),
        contextKey("tools:Count", "number"),
        contextKey("aws:CurrentTime", "date"),
        contextKey("aws:SecureTransport", "bool"),
        contextKey("aws:SourceIp", "address"),
        contextKey("tools:Digest", "binary"),
        // A key that the caller has by itself, given otherwise.
        fc.oneof(
            { weight: 9, arbitrary: fc.constant({}) },
            { weight: 1, arbitrary: contextKey("aws:username", "caller") },
            { weight: 1, arbitrary: contextKey("aws:PrincipalArn", "arn") },
        ),
    )
    .map((keys) => Object.assign({}, ...keys) as Record<string, string | string[]>);

function contextKey(key: string, name: Kind) {
    const value = fc.constantFrom(...requestValues[name]);
    const values = fc.oneof(
        { weight: 5, arbitrary: value },
        { weight: 2, arbitrary: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }) },
        { weight: 1, arbitrary: fc.constant([]) },
    );
    return fc.oneof(
        { weight: 2, arbitrary: fc.constant({}) },
        {
            weight: 3,
            arbitrary: fc
                .tuple(inSomeCase(key), values)
                .map(([spelling, held]) => ({ [spelling]: held })),
        },
    );
}

/** The text as it is, or in another case: names of keys are the same in any. */
function inSomeCase(text: string): fc.Arbitrary<string> {
    return fc.constantFrom(text, text, text, text.toLowerCase(), text.toUpperCase());
}
