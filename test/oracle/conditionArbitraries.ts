import fc from "fast-check";
import { accounts } from "./universe";
import type { ConditionBlock, ConditionValue, Request } from "./types";

type Kind = "string" | "arn" | "number" | "date" | "bool" | "address" | "binary";

/** Values of a kind that a request may have, some of them not of the kind at all. */
const requestValues: Readonly<Record<Kind, readonly string[]>> = {
    string: ["alpha", "beta", "Alpha", "ann", "al*ha", "", "a", "al\nha", "${tools:Team}"],
    arn: [
        ...accounts.map((account) => `arn:aws:tools:us-east-1:${account}:tool/alpha`),
        `arn:aws:iam::${accounts[0]}:role/developer`,
        "arn:aws:store:::box/a:b:c",
        "arn:aws:store",
        "alpha",
    ],
    number: [
        "10",
        "9",
        "010",
        "10.0",
        "-3",
        "+3",
        "0.1",
        "0.10",
        "9007199254740993",
        "ten",
        "1e1",
        ".5",
        "10.",
        " 10",
        "+-3",
        "",
    ],
    date: [
        "2026-01-01T00:00:00Z",
        "2026-01-01",
        "1767225600",
        "2026-01-01T01:00:00+01:00",
        "2026-01-01T00:00Z",
        "2025-12-31T23:59:59.999Z",
        "2026-02-30",
        "2026-03-02",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.000Z",
        "2026-01-01T00:00:00+0000",
        "2026-01-01T00:61Z",
        "2026-1-1",
        "2026-13-01",
        "2026-01-01t00:00:00z",
        "-1",
        "1767225600.5",
        "yesterday",
    ],
    bool: ["true", "false", "True", "FALSE", "yes"],
    address: [
        "10.0.0.1",
        "10.0.1.255",
        "192.168.7.7",
        "::ffff:10.0.0.1",
        "::ffff:a00:1",
        "2001:db8::1",
        "2001:DB8:0:0:0:0:0:1",
        "2001:db8:1::1",
        "::10.0.0.1",
        "10.0.0",
        "010.0.0.1",
        "10.0.0.1/32",
        " 10.0.0.1",
        "localhost",
    ],
    binary: ["QQ==", "QUI=", "QUJD", "qq==", "A", "QQ", "QQ=", "no base64", ""],
};

/** Values of a kind that a policy may have; all are of the kind. */
const policyValues: Readonly<Record<Kind, readonly ConditionValue[]>> = {
    string: [
        "alpha",
        "ALPHA",
        "beta",
        "a*",
        "?lpha",
        "*",
        "",
        "al${*}ha",
        "al*ha",
        "${aws:username}",
        "${tools:Team}",
        "${aws:TagKeys}",
        "${tools:Team, 'beta'}",
        "${AWS:username, 'alpha'}*",
        "${*}",
        "a${?}",
        "${$}{tools:Team}",
        10,
        true,
    ],
    arn: [
        "*",
        "arn:*:*:*:*:*",
        ...accounts.map((account) => `arn:aws:tools:us-east-?:${account}:tool/al*`),
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::*:*/${aws:username}",
        "arn:aws:iam::${aws:PrincipalAccount}:*",
        "${aws:PrincipalArn}",
        "${aws:SourceArn}",
        "arn:aws:*:*:tool/alpha",
        "arn:aws:store:::box/a*c",
        "arn:aws:*:alpha",
        "arn:aws:*",
        "alpha",
    ],
    number: ["10", 10, "9", "-3", 3, "0.1", 0.1, "+10.00", "9007199254740992", "9007199254740993"],
    date: [
        "2026-01-01T00:00:00Z",
        "2026-01-01",
        1767225600,
        "1767225600",
        "2025-12-31T19:00:00-05:00",
        "2025-12-31T23:59:59.999Z",
        "2026-03-02T00:00Z",
    ],
    bool: ["true", "false", true, false, "True"],
    address: [
        "10.0.0.0/8",
        "10.0.0.1",
        "10.0.0.255/24",
        "10.0.0.0/23",
        "0.0.0.0/0",
        "2001:db8::/32",
        "2001:db8::/47",
        "2001:DB8::1",
        "::/0",
        "::ffff:10.0.0.1",
        "::ffff:10.0.0.0/104",
        "192.168.0.0/16",
        "10.0.0.1/32",
        "2001:db8::1/128",
    ],
    binary: ["QQ==", "QUI=", "QUJD"],
};

const keysByKind: Readonly<Record<Kind, readonly string[]>> = {
    string: ["tools:Team", "aws:TagKeys", "aws:username", "aws:PrincipalType", "aws:userid"],
    arn: ["aws:SourceArn", "aws:PrincipalArn"],
    number: ["tools:Count"],
    date: ["aws:CurrentTime"],
    bool: ["aws:SecureTransport", "aws:PrincipalIsAWSService"],
    address: ["aws:SourceIp"],
    binary: ["tools:Digest"],
};

const orders = ["LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"];

const operatorsByKind: Readonly<Record<Kind, readonly string[]>> = {
    string: [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ],
    arn: ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
    number: ["Equals", "NotEquals", ...orders].map((name) => `Numeric${name}`),
    date: ["Equals", "NotEquals", ...orders].map((name) => `Date${name}`),
    bool: ["Bool"],
    address: ["IpAddress", "NotIpAddress"],
    binary: ["BinaryEquals"],
};

const kinds = Object.keys(keysByKind) as Kind[];

const kind = fc.constantFrom<Kind>(...kinds, "string", "string", "arn");

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
            { weight: 1, arbitrary: contextKey("aws:username", "string") },
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
