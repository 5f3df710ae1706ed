import fc from "fast-check";
import { mutations } from "./mutations";

/** What policies are written with, and what a reader of JSON may stumble over. */
const words = [
    '"*"',
    '"?"',
    '""',
    '"Allow"',
    '"Deny"',
    '"Effect"',
    '"Action"',
    '"NotAction"',
    '"Resource"',
    '"NotResource"',
    '"Principal"',
    '"NotPrincipal"',
    '"AWS"',
    '"Service"',
    '"Condition"',
    '"Sid"',
    '"Statement"',
    '"2008-10-17"',
    '"2012-10-17"',
    '"StringEquals"',
    '"ForAllValues:StringLikeIfExists"',
    '"Null"',
    '"IpAddress"',
    '"10.0.0.0/33"',
    '"::ffff:1.2.3.4"',
    '"NumericLessThan"',
    '"DateGreaterThan"',
    '"2026-02-30T00:00:00Z"',
    '"BinaryEquals"',
    '"Bool"',
    '"true"',
    '"aws:PrincipalArn"',
    '"111122223333"',
    '"arn:aws:iam::111122223333:root"',
    '"arn:"',
    '"__proto__"',
    '"constructor"',
    '"toString"',
    "null",
    "true",
    "0",
    "-0",
    "1e999",
    "[]",
    "{}",
    "[[]]",
    ",",
    ":",
    '"',
    "\\",
    "\\u0000",
    "\\ud800",
    "\ud800",
    "\u0000",
    "\ufeff",
    "\n",
    "//",
    "/*",
    "*",
    "?",
    "${",
    "}",
    "${*}",
    "${aws:username}",
    "${aws:PrincipalTag/x, 'y'}",
    "${aws:username, '",
];

/** Edits of a policy's text. */
export const policyMutations = mutations(words);

const hard: fc.Arbitrary<string> = fc
    .tuple(fc.constantFrom("levels", "open", "statements", "wildcards", "values"), fc.nat(2_000))
    .map(([kind, size]) => {
        switch (kind) {
            case "levels":
                return document(`"Condition":${"[".repeat(size * 4)}${"]".repeat(size * 4)}`);
            case "open":
                return `{"Statement":`.repeat(size);
            case "statements":
                return `{"Version":"2012-10-17","Statement":[${Array(Math.ceil(size / 10))
                    .fill('{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}')
                    .join(",")}]}`;
            case "wildcards":
                return document(`"Condition":{"StringLike":{"aws:Text":"${"*a?".repeat(size)}"}}`);
            default:
                return document(
                    `"Condition":{"StringNotLike":{"aws:Text":["*b"${',"a*b"'.repeat(size)}]}}`,
                );
        }
    });

/** Once in a while a text that is hard by its size or depth, at most 20 KB as AWS takes policies. */
export const hardPolicies: fc.Arbitrary<string | null> = fc.oneof(
    { weight: 99, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: hard },
);

function document(more: string): string {
    return `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",${more}}}`;
}
