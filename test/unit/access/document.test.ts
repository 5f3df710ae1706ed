import assert from "node:assert/strict";
import {
    evaluate,
    explainAccess,
    MalformedPolicy,
    parsePolicyDocument,
    type AccessRequest,
    type DocumentKind,
} from "../../../access";

const allow = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const document = (...statements: object[]) => ({ Version: "2012-10-17", Statement: statements });

const malformed: { name: string; kind?: DocumentKind; input: string | object; place: string }[] = [
    { name: "text that is not JSON", input: "{", place: "document" },
    { name: "a list", input: "[]", place: "document" },
    {
        name: "another version",
        input: { ...document(allow), Version: "2013-01-01" },
        place: "Version",
    },
    { name: "no statement", input: { Version: "2012-10-17", Statement: [] }, place: "Statement" },
    { name: "an unknown element", input: { ...document(allow), Extra: 1 }, place: "Extra" },
    {
        name: "an unknown element of a statement",
        input: document({ ...allow, Actions: "s3:*" }),
        place: "Statement[0].Actions",
    },
    {
        name: "an effect in other case",
        input: document(allow, { ...allow, Effect: "allow" }),
        place: "Statement[1].Effect",
    },
    {
        name: "no action",
        input: document({ Effect: "Allow", Resource: "*" }),
        place: "Statement[0]",
    },
    {
        name: "Action and NotAction",
        input: document({ ...allow, NotAction: "s3:*" }),
        place: "Statement[0]",
    },
    ...[
        "arn:aws",
        "arn:aws:*",
        "arn:aws:s?:::a",
        "arn:aws:*:*:*:*",
        "arn:aws::x",
        "arn:aws:s3::a",
    ].map((Resource) => ({
        name: `the resource ${Resource}`,
        input: document({ ...allow, Resource: ["*", Resource] }),
        place: "Statement[0].Resource",
    })),
    {
        name: "an action without its service",
        input: document({ ...allow, Action: "GetObject" }),
        place: "Statement[0].Action",
    },
    {
        name: "no resource",
        input: document({ Effect: "Allow", Action: "s3:*" }),
        place: "Statement[0]",
    },
    {
        name: "a principal in an identity policy",
        input: document({ ...allow, Principal: "*" }),
        place: "Statement[0].Principal",
    },
    {
        name: "no principal in a resource policy",
        kind: "resource",
        input: document(allow),
        place: "Statement[0]",
    },
    {
        name: "a wildcard in a principal's ARN",
        kind: "resource",
        input: document({ ...allow, Principal: { AWS: "arn:aws:iam::444455556666:role/*" } }),
        place: "Statement[0].Principal.AWS",
    },
    {
        name: "a resource in a trust policy",
        kind: "trust",
        input: document({ ...allow, Principal: "*" }),
        place: "Statement[0].Resource",
    },
    {
        name: "NotPrincipal in an allow",
        kind: "resource",
        input: document({ ...allow, NotPrincipal: { AWS: "444455556666" } }),
        place: "Statement[0].NotPrincipal",
    },
    {
        name: "NotPrincipal in a trust policy",
        kind: "trust",
        input: document({ Effect: "Deny", NotPrincipal: "*", Action: "sts:AssumeRole" }),
        place: "Statement[0].NotPrincipal",
    },
    {
        name: "no effect",
        input: document({ Action: "s3:*", Resource: "*" }),
        place: "Statement[0].Effect",
    },
    {
        name: "a condition that the schema would drop",
        input: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"__proto__":{"a":"b"}}}}',
        place: "Statement.Condition.__proto__",
    },
    {
        name: "a Sid with a space",
        input: document({ ...allow, Sid: "a b" }),
        place: "Statement[0].Sid",
    },
    {
        name: "a Sid twice",
        input: document({ ...allow, Sid: "a" }, { ...allow, Sid: "a" }),
        place: "Statement[1].Sid",
    },
    ...["StringEqual", "stringEquals", "NullIfExists", "ForAnyValue:Null", "toString"].map(
        (operator) => ({
            name: `the condition operator ${operator}`,
            input: document({ ...allow, Condition: { [operator]: { "aws:SourceIp": "::1" } } }),
            place: `Statement[0].Condition.${operator}`,
        }),
    ),
    ...Object.entries({
        NumericEquals: ["ten", "1e3", "0x1", "", "1.", "${aws:EpochTime}"],
        DateLessThan: [
            "2026-02-30",
            "2026-13-01",
            "tomorrow",
            "2026-01-01T24:00:00Z",
            "2026-01-01T10:60:00Z",
            "2026-01-01T10:00:00+24:00",
            "2026-01-01T10:00:00-00:60",
            "2026-01-01T10:00:60Z",
            "-1",
        ],
        Bool: ["yes", "1", ""],
        Null: ["yes", "${aws:username}"],
        BinaryEquals: ["QQ", "=", "Q-=="],
        IpAddress: [
            "10.0.0.0/33",
            "10.0.0",
            "::1/129",
            "host",
            "fe80::1%eth0",
            "::ffff:1.2.3.4/95",
        ],
    }).flatMap(([operator, values]) =>
        values.map((value) => ({
            name: `${operator} with the value "${value}"`,
            input: document({ ...allow, Condition: { [operator]: { "x:key": value } } }),
            place: `Statement[0].Condition.${operator}.x:key`,
        })),
    ),
    {
        name: "a key twice",
        input: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Effect":"Allow"}]}',
        place: "Statement[0].Effect",
    },
    {
        name: "a condition operator twice, and its line",
        input: `{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*",
    "Condition": {
      "StringEquals": {"a:b": "1"},
      "StringEquals": {"c:d": "2"}
    }}]
}`,
        place: "Statement[0].Condition.StringEquals (line 6)",
    },
    {
        name: "a wrong value, and its line",
        input: `{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    {"Effect": "Allow",
     "Action": 7, "Resource": "*"}
  ]
}`,
        place: "Statement[1].Action (line 6)",
    },
    {
        name: "a malformed element, and the line of its statement",
        input: `{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    {"Effect": "Allow", "Action": "GetObject", "Resource": "*"}
  ]
}`,
        place: "Statement[1].Action (statement at line 5)",
    },
    {
        name: "a hundred thousand levels",
        input: "[".repeat(100_000) + "]".repeat(100_000),
        place: "document",
    },
    {
        name: "a resource that is neither an ARN nor *",
        input: document({ ...allow, Resource: "gateway/tools" }),
        place: "Statement[0].Resource",
    },
    {
        name: "a principal in a service control policy",
        kind: "scp",
        input: document({ ...allow, Principal: "*" }),
        place: "Statement[0].Principal",
    },
    {
        name: "a principal other than * in a resource control policy",
        kind: "rcp",
        input: document({ ...allow, Effect: "Deny", Principal: { AWS: "*" } }),
        place: "Statement[0].Principal",
    },
    {
        name: "NotAction in a resource control policy",
        kind: "rcp",
        input: document({ Effect: "Deny", NotAction: "s3:*", Resource: "*", Principal: "*" }),
        place: "Statement[0].NotAction",
    },
    {
        name: "an unknown kind of principal",
        kind: "resource",
        input: document({ ...allow, Principal: { Group: "x" } }),
        place: "Statement[0].Principal.Group",
    },
];

describe("a policy document", () => {
    for (const { name, kind = "identity", input, place } of malformed) {
        it(`is refused with its place for ${name}`, () => {
            assert.throws(
                () => parsePolicyDocument(input, kind),
                (error) => {
                    assert.ok(error instanceof MalformedPolicy, String(error));
                    assert.equal(error.place, place);
                    return true;
                },
            );
        });
    }

    it("is compiled once for the same text", () => {
        const text = JSON.stringify(document(allow));
        assert.equal(parsePolicyDocument(text, "identity"), parsePolicyDocument(text, "identity"));
    });

    it("is forgotten when newer ones have half a million characters", () => {
        const text = (sid: string) => JSON.stringify(document({ ...allow, Sid: sid }));
        const first = parsePolicyDocument(text("first"), "scp");
        for (let count = 0; count < 4; count++) parsePolicyDocument(text(`a${count}`), "scp");
        assert.equal(parsePolicyDocument(text("first"), "scp"), first);
        for (let count = 0; count < 50; count++) {
            parsePolicyDocument(text(`b${count}${"x".repeat(10_000)}`), "scp");
        }
        assert.notEqual(parsePolicyDocument(text("first"), "scp"), first);
    });
});

describe("a malformed document", () => {
    const request: AccessRequest = {
        principal: { type: "service", service: "lambda.amazonaws.com" },
        action: "s3:GetObject",
        resource: "arn:aws:s3:::bucket/key",
        resourceAccountId: "111122223333",
    };
    const deny = { name: "deny", document: document({ ...allow, Effect: "Deny" }) };
    const broken = { name: "broken", document: "{" };

    for (const [what, policies] of [
        ["beside a deny", { identity: [deny, broken] }],
        ["under a level that denies", { identity: [], rcp: [[rcpDeny()], [broken]] }],
    ] as const) {
        it(`is refused ${what}, by the decision and its explanation`, () => {
            for (const decide of [evaluate, explainAccess]) {
                assert.throws(() => decide(request, policies), MalformedPolicy);
            }
        });
    }

    function rcpDeny() {
        return { ...deny, document: document({ ...allow, Effect: "Deny", Principal: "*" }) };
    }
});
