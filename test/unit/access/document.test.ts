import assert from "node:assert/strict";
import {
    MalformedPolicy,
    parsePolicyDocument,
    UnsupportedConditionOperator,
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
        place: "document",
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

    it("is refused by name for a condition operator that is not modelled", () => {
        for (const operator of [
            "IpAddress",
            "DateGreaterThan",
            "StringEqual",
            "NullIfExists",
            "toString",
        ]) {
            assert.throws(
                () =>
                    parsePolicyDocument(
                        document({
                            ...allow,
                            Condition: { [operator]: { "aws:SourceIp": "::1" } },
                        }),
                        "identity",
                    ),
                (error) =>
                    error instanceof UnsupportedConditionOperator && error.operator === operator,
            );
        }
    });

    it("is compiled once for the same text", () => {
        const text = JSON.stringify(document(allow));
        assert.equal(parsePolicyDocument(text, "identity"), parsePolicyDocument(text, "identity"));
    });
});
