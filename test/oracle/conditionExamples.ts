import type { Request, Statement } from "./types";

const guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
const hub = "111122223333";
const bucket = "arn:aws:s3:::amzn-s3-demo-bucket";

type Context = NonNullable<Request["context"]>;

/** Name, condition, context, and whether the condition holds for the user. */
export type ConditionCase = [string, NonNullable<Statement["Condition"]>, Context, boolean];

const operators = `${guide}/reference_policies_elements_condition_operators.html`;
const multivalued = `${guide}/reference_policies_condition-single-vs-multi-valued-context-keys.html`;
const variables = `${guide}/reference_policies_variables.html`;

/** By the page of AWS that decides them: conditions for a user of the name carlos. */
export const conditionCases: Record<string, ConditionCase[]> = {
    [operators]: [
        ["a case that differs", { StringEquals: { k: "John" } }, { k: "john" }, false],
        ["a case to ignore", { StringEqualsIgnoreCase: { k: "John" } }, { k: "john" }, true],
        ["a wildcard in StringEquals", { StringEquals: { k: "t2.*" } }, { k: "t2.nano" }, false],
        ["a wildcard in StringLike", { StringLike: { k: "t?.*" } }, { k: "t2.nano" }, true],
        ["a missing key", { StringLike: { k: "*" } }, {}, false],
        ["a missing key, negated", { StringNotLike: { k: "*" } }, {}, true],
        ["a missing key, if it exists", { StringLikeIfExists: { k: "t1.*" } }, {}, true],
        ["a wrong value, if it exists", { StringLikeIfExists: { k: "t1.*" } }, { k: "m3" }, false],
        ["a key's name in another case", { StringEquals: { "A:B": "x" } }, { "a:b": "x" }, true],
        ["at most ten keys", { NumericLessThanEquals: { k: "10" } }, { k: "10.0" }, true],
        ["eleven keys of ten", { NumericLessThanEquals: { k: 10 } }, { k: "11" }, false],
        ["nine before ten", { NumericLessThan: { k: "10" } }, { k: "9" }, true],
        ["no number", { NumericNotEquals: { k: "10" } }, { k: "ten" }, true],
        [
            "a token of 2020",
            { DateGreaterThan: { k: "2020-01-01T00:00:01Z" } },
            { k: "2020-01-01T00:00:02Z" },
            true,
        ],
        ["a date and its epoch", { DateEquals: { k: "2020-01-01" } }, { k: "1577836800" }, true],
        ["a day that is none", { DateEquals: { k: "2026-03-02" } }, { k: "2026-02-30" }, false],
        ["a Boolean in JSON", { Bool: { k: false } }, { k: "False" }, true],
        ["the same bytes", { BinaryEquals: { k: "QmluYXJ5" } }, { k: "QmluYXJ5" }, true],
        ["bytes in another case", { BinaryEquals: { k: "QmluYXJ5" } }, { k: "qmluYXJ5" }, false],
        ["in 203.0.113.0/24", { IpAddress: { k: "203.0.113.0/24" } }, { k: "203.0.113.255" }, true],
        ["after it", { IpAddress: { k: "203.0.113.0/24" } }, { k: "203.0.114.0" }, false],
        [
            "in the IPv6 of two ranges",
            { IpAddress: { k: ["203.0.113.0/24", "2001:DB8:1234:5678::/64"] } },
            { k: "2001:db8:1234:5678:9::1" },
            true,
        ],
        ["an IPv4 in all of IPv6", { IpAddress: { k: "::/0" } }, { k: "203.0.113.1" }, false],
        ["a mapped IPv4", { IpAddress: { k: "203.0.113.1" } }, { k: "::ffff:203.0.113.1" }, true],
        ["an IPv4-compatible IPv6", { IpAddress: { k: "0.0.0.0/0" } }, { k: "::1.2.3.4" }, false],
        ["no address", { NotIpAddress: { k: "0.0.0.0/0" } }, { k: "somewhere" }, true],
        [
            "an ARN whose star would cross a colon",
            { ArnLike: { k: `arn:aws:someservice:*:${hub}:finance/*` } },
            { k: `arn:aws:someservice:us-east-2:9:store/abc:${hub}:finance/document.txt` },
            false,
        ],
        [
            "the same as a string",
            { StringLike: { k: `arn:aws:someservice:*:${hub}:finance/*` } },
            { k: `arn:aws:someservice:us-east-2:9:store/abc:${hub}:finance/document.txt` },
            true,
        ],
        ["ArnLike with any scheme", { ArnLike: { k: "*:aws:s3:::*" } }, { k: bucket }, true],
        ["ArnEquals with a star", { ArnEquals: { k: "arn:*:s3:::*" } }, { k: bucket }, true],
        ["Null of a missing key", { Null: { k: "true" } }, {}, true],
        ["Null of a present key", { Null: { k: true } }, { k: "x" }, false],
    ],
    [multivalued]: [
        [
            "all of the list",
            { "ForAllValues:StringLike": { k: ["a*", "b"] } },
            list("a", "b"),
            true,
        ],
        [
            "one besides it",
            { "ForAllValues:StringLike": { k: ["a*", "b"] } },
            list("a", "c"),
            false,
        ],
        ["all of none", { "ForAllValues:StringLike": { k: "a" } }, {}, true],
        [
            "any of the list",
            { "ForAnyValue:StringEquals": { k: ["a", "b"] } },
            list("b", "c"),
            true,
        ],
        ["any of none", { "ForAnyValue:StringEquals": { k: "a" } }, { k: [] }, false],
        ["all of an empty text", { "ForAllValues:StringLike": { k: "a" } }, { k: "" }, true],
        ["any of an empty text", { "ForAnyValue:StringLike": { k: "*" } }, { k: "" }, false],
        [
            "any of an empty text if it is there",
            { "ForAnyValue:StringLikeIfExists": { k: "*" } },
            { k: "" },
            false,
        ],
        [
            "an empty text among others",
            { "ForAnyValue:StringEquals": { k: "" } },
            list("", "b"),
            true,
        ],
        ["any of none, negated", { "ForAnyValue:StringNotEquals": { k: "a" } }, {}, false],
        ["one unlike", { "ForAnyValue:StringNotEquals": { k: "a" } }, list("a", "b"), true],
        ["all unlike", { "ForAllValues:StringNotEquals": { k: "a" } }, list("a", "b"), false],
        ["neither of two", { StringNotEquals: { k: ["a", "b"] } }, { k: "b" }, false],
    ],
    [variables]: [
        ["the user's name", { StringEquals: { k: "${aws:username}" } }, { k: "carlos" }, true],
        [
            "its name in another case",
            { StringLike: { k: "${AWS:UserName}*" } },
            { k: "carlos" },
            true,
        ],
        ["no value", { StringLike: { k: "${aws:PrincipalTag/t}*" } }, { k: "*" }, false],
        ["no value, negated", { StringNotLike: { k: "${aws:PrincipalTag/t}" } }, { k: "x" }, true],
        [
            "a default",
            { StringEquals: { k: "${p:t, 'company-wide'}" } },
            { k: "company-wide" },
            true,
        ],
        ["a star as such", { StringLike: { k: "a${*}" } }, { k: "ab" }, false],
        ["a star that is meant", { StringLike: { k: "a${*}" } }, { k: "a*" }, true],
        ["a dollar", { StringEquals: { k: "${$}{aws:username}" } }, { k: "${aws:username}" }, true],
        ["a value's star", { StringLike: { k: "${p}" } }, { k: "ab", p: "a*" }, false],
        ["many values", { StringEquals: { k: "${p}" } }, { k: "a", p: ["a", "b"] }, false],
    ],
};

function list(...values: string[]): Context {
    return { k: values };
}
