import assert from "node:assert/strict";
import type { OpenCondition } from "../../../../access/openConditions";
import { conditionsWords, conditionWords } from "../../../../cli/access/accessWords";

type Written = Extract<OpenCondition, { effect: string }>;

const written = (
    kind: Written["kind"],
    [effect, operator, key]: [Written["effect"], string | undefined, string],
    values: readonly string[],
    [layer, index]: [Written["layer"], number] = ["resource", 0],
): OpenCondition => ({
    ...{ kind, key, values, effect, layer, statement: { document: "grants", index } },
    ...(operator !== undefined && { operator }),
});

describe("a condition in words", () => {
    const ip = "aws:SourceIp";
    const endpoint = "aws:SourceVpce";
    const now = "aws:CurrentTime";
    const cases: [string, OpenCondition][] = [
        ["from 10.0.0.0/8", written("sourceAddress", ["Allow", "IpAddress", ip], ["10.0.0.0/8"])],
        ["from a or b", written("sourceAddress", ["Deny", "NotIpAddress", ip], ["a", "b"])],
        ["not from a", written("sourceAddress", ["Deny", "IpAddress", ip], ["a"])],
        ["not from a", written("sourceAddress", ["Allow", "NotIpAddress", ip], ["a"])],
        ["through vpce-1", written("endpoint", ["Allow", "StringEquals", endpoint], ["vpce-1"])],
        [
            "through vpce-1, or without aws:SourceVpce",
            written("endpoint", ["Allow", "StringEqualsIfExists", endpoint], ["vpce-1"]),
        ],
        ["through vpce-1", written("endpoint", ["Deny", "StringNotEquals", endpoint], ["vpce-1"])],
        [
            "not through vpce-1, and with aws:SourceVpce",
            written("endpoint", ["Deny", "StringEqualsIfExists", endpoint], ["vpce-1"]),
        ],
        ["not through a VPC endpoint", written("endpoint", ["Allow", "Null", endpoint], ["true"])],
        ["through a VPC endpoint", written("endpoint", ["Deny", "Null", endpoint], ["true"])],
        ["before 2027-01-01", written("time", ["Allow", "DateLessThan", now], ["2027-01-01"])],
        [
            "before 2027-06-01",
            written("time", ["Deny", "DateGreaterThanEquals", now], ["2027-06-01"]),
        ],
        ["until 2027-06-01", written("time", ["Deny", "DateGreaterThan", now], ["2027-06-01"])],
        ["until 2027-06-01", written("time", ["Allow", "DateLessThanEquals", now], ["2027-06-01"])],
        ["after 2027-06-01", written("time", ["Allow", "DateGreaterThan", now], ["2027-06-01"])],
        ["from 2027-06-01 on", written("time", ["Deny", "DateLessThan", now], ["2027-06-01"])],
        [
            "before 2027-01-01T00:00:00Z",
            written("time", ["Allow", "NumericLessThan", "aws:EpochTime"], ["1798761600"]),
        ],
        [
            "with a session begun from 2027-06-01 on",
            written("time", ["Deny", "DateLessThan", "aws:TokenIssueTime"], ["2027-06-01"]),
        ],
        ["with MFA", written("mfa", ["Allow", "Bool", "aws:MultiFactorAuthPresent"], ["true"])],
        [
            "with MFA",
            written("mfa", ["Deny", "BoolIfExists", "aws:MultiFactorAuthPresent"], ["false"]),
        ],
        [
            "with MFA, or without aws:MultiFactorAuthPresent",
            written("mfa", ["Deny", "Bool", "aws:MultiFactorAuthPresent"], ["false"]),
        ],
        ["without MFA", written("mfa", ["Allow", "Bool", "aws:MultiFactorAuthPresent"], ["false"])],
        [
            "as session ci",
            written(
                "session",
                ["Allow", undefined, "sts:RoleSessionName"],
                ["arn:aws:sts::444455556666:assumed-role/developer/ci"],
            ),
        ],
        [
            "where aws:PrincipalTag/team is like a* or b",
            written("other", ["Allow", "StringLike", "aws:PrincipalTag/team"], ["a*", "b"]),
        ],
        [
            "where aws:userid is not x",
            written("session", ["Deny", "StringEquals", "aws:userid"], ["x"]),
        ],
        [
            "if ForAllValues:StringEquals aws:TagKeys a, b",
            written("other", ["Allow", "ForAllValues:StringEquals", "aws:TagKeys"], ["a", "b"]),
        ],
        [
            "unless ForAnyValue:StringLike aws:TagKeys a",
            written("other", ["Deny", "ForAnyValue:StringLike", "aws:TagKeys"], ["a"]),
        ],
        [
            "if allowed by policy engine cedar-abcdefghij",
            {
                kind: "policyEngine",
                arn: `arn:aws:bedrock-agentcore:us-east-1:111122223333:policy-engine/cedar-abcdefghij`,
            },
        ],
        [
            "if allowed by its permissions boundary (not read)",
            { kind: "unreadPolicy", policy: "its permissions boundary" },
        ],
    ];
    for (const [words, condition] of cases) {
        const { effect = "", operator = "" } = condition as Partial<Written>;
        it(`is ${JSON.stringify(words)} of ${effect} ${operator} (${condition.kind})`, () => {
            assert.equal(conditionWords(condition), words);
        });
    }
});

describe("several conditions in words", () => {
    const from = (value: string, effect: "Allow" | "Deny", at: [Written["layer"], number]) =>
        written(
            "sourceAddress",
            [effect, effect === "Allow" ? "IpAddress" : "NotIpAddress", "aws:SourceIp"],
            [value],
            at,
        );
    const before = (effect: "Allow" | "Deny", at: [Written["layer"], number]) =>
        written(
            "time",
            [effect, effect === "Allow" ? "DateLessThan" : "DateGreaterThan", "aws:CurrentTime"],
            ["2027-06-01"],
            at,
        );

    it("go together in one Allow, and are alternatives in two", () => {
        assert.deepEqual(
            conditionsWords([
                from("b", "Allow", ["resource", 0]),
                before("Allow", ["resource", 0]),
                from("a", "Allow", ["resource", 1]),
            ]),
            ["before 2027-06-01 and from b or from a"],
        );
    });

    it("are alternatives in one Deny, and go together in two", () => {
        assert.deepEqual(
            conditionsWords([
                from("b", "Deny", ["resource", 0]),
                before("Deny", ["resource", 0]),
                from("a", "Deny", ["resource", 1]),
            ]),
            ["from a", "from b or until 2027-06-01"],
        );
    });

    it("of both sides go together between accounts, and are alternatives within one", () => {
        const both = [from("a", "Allow", ["identity", 0]), from("b", "Allow", ["resource", 0])];
        assert.deepEqual(conditionsWords(both), ["from a", "from b"]);
        assert.deepEqual(conditionsWords(both, { crossAccount: false }), ["from a or from b"]);
    });

    it("are the same in whatever order they come", () => {
        const some = [
            from("a", "Allow", ["identity", 0]),
            from("b", "Allow", ["resource", 0]),
            before("Deny", ["resource", 1]),
        ];
        assert.deepEqual(conditionsWords(some), conditionsWords([...some].reverse()));
    });
});
