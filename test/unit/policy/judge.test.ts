import assert from "node:assert/strict";
import { InvalidPolicyConfig, parseRuleConfig, ruleConfigJsonSchema } from "../../../policy/config";
import { judge } from "../../../policy/judge";
import { example, grants } from "../../../policy/rules/examples";
import { baseStack } from "./baseStack";

const root = "arn:aws:iam::444455556666:root";
const rule = "resource-policy-exact-principals";
const policy = JSON.stringify(grants(root));
const stack = baseStack([example("resourcePolicy", "tools-grants", { policy })]);
const exception = {
    resource: "tools-grants",
    got: root,
    reason: "The payroll team names its roles in January",
    expires: "2027-01-31",
};
const found = (exceptions: object[], today = "2026-11-21") =>
    judge("provider", stack, {
        config: { [rule]: parseRuleConfig(rule, { exceptions }) },
        today,
    }).map(({ message }) => message);

describe("exceptions", () => {
    it("hold to their last day", () => {
        assert.deepEqual(found([exception], "2027-01-31"), []);
    });

    it("are told when they have ended", () => {
        assert.match(
            found([exception], "2027-02-01")[0] ?? "",
            /\(its exception ended on 2027-01-31\)$/,
        );
    });

    it("are about one resource, and one value of it", () => {
        assert.equal(found([{ ...exception, resource: "other-grants" }]).length, 1);
        assert.equal(found([{ ...exception, got: "444455556666" }]).length, 1);
        const { got: _got, ...whole } = exception;
        assert.deepEqual(found([whole]), []);
    });
});

describe("the config of a rule", () => {
    const problemsOf = (config: unknown): readonly string[] => {
        try {
            parseRuleConfig(rule, config);
            return [];
        } catch (error) {
            assert.ok(error instanceof InvalidPolicyConfig);
            return error.problems;
        }
    };

    it("is refused with all its problems, each with its place", () => {
        const problems = problemsOf({
            allowedAccounts: ["4444"],
            exceptions: [{ ...exception, reason: "", expires: "soon" }],
        });
        assert.deepEqual(
            problems.map((line) => line.split(":")[0]),
            [
                `${rule}.exceptions.0.reason`,
                `${rule}.exceptions.0.expires`,
                `${rule}.allowedAccounts.0`,
            ],
        );
    });

    it("has no key that no rule reads", () => {
        assert.equal(problemsOf({ allowAccounts: [] }).length, 1);
    });

    it("is a JSON schema, with the keys of the rule and exceptions", () => {
        const schema = ruleConfigJsonSchema(["requiredTags"]);
        assert.deepEqual(Object.keys(schema), ["exceptions", "requiredTags"]);
        assert.equal((schema["requiredTags"] as { type?: unknown }).type, "array");
    });
});
