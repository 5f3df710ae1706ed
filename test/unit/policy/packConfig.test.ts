import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidPolicyConfig } from "../../../policy/config";
import { judgeBy } from "../../../policy/judge";
import { policiesOf } from "../../../policy/pack";
import { parsePackConfig, parsePackFile, readPackConfig } from "../../../policy/packConfig";
import { rulesOf } from "../../../policy/rules";
import { example, grants } from "../../../policy/rules/examples";
import { baseStack } from "./baseStack";

const exact = "resource-policy-exact-principals";
const root = "arn:aws:iam::444455556666:root";
const problemsOf = (read: () => unknown): readonly string[] => {
    try {
        read();
        return [];
    } catch (error) {
        assert.ok(error instanceof InvalidPolicyConfig);
        return error.problems;
    }
};

describe("the config of a pack", () => {
    it("without a word, has every policy of the pack at its own level", () => {
        const settings = parsePackConfig("provider", {});
        assert.deepEqual(
            Object.entries(settings),
            policiesOf("provider").map(({ name, enforcementLevel }) => [
                name,
                { level: enforcementLevel, properties: {} },
            ]),
        );
    });

    it("takes a level, or an object, for all rules and for one", () => {
        const exceptions = [
            { resource: "tools-grants", reason: "Named in January", expires: "2027-01-31" },
        ];
        const settings = parsePackConfig("provider", {
            all: "advisory",
            "gateway-kms-key": { enforcementLevel: "disabled", requireKmsKey: true },
            "gateway-debug-off": "mandatory",
            [exact]: { exceptions },
        });
        assert.deepEqual(settings["gateway-kms-key"], {
            level: "disabled",
            properties: { requireKmsKey: true },
        });
        assert.equal(settings["gateway-debug-off"]?.level, "mandatory");
        assert.deepEqual(settings[exact], { level: "advisory", properties: { exceptions } });
        assert.equal(settings["log-retention"]?.level, "advisory");
        assert.deepEqual(
            parsePackConfig("consumer", { all: { enforcementLevel: "disabled" } })["log-retention"],
            { level: "disabled", properties: {} },
        );
    });

    it("is refused with all its problems, and what is allowed", () => {
        const problems = problemsOf(() =>
            parsePackConfig("provider", {
                all: { requiredTags: ["owner"] },
                "gateway-invoke-exat": "mandatory",
                "caller-only-invokes": "advisory",
                "log-retention": "remediate",
                "gateway-debug-off": { enforcementLevel: true, debugStacks: [3], debug: [] },
                "required-tags": ["owner"],
                [exact]: { exceptions: [{ resource: "tools-grants", reason: "so", until: "x" }] },
            }),
        );
        assert.deepEqual(problems, [
            "all.requiredTags: got an unknown key; must be enforcementLevel alone: all is told nothing else",
            "gateway-invoke-exat: got a rule that the provider pack does not have; must be all, or a rule, as gateway-invoke-exact, gateway-kms-key, gateway-authorizer: docs/policy.md lists them",
            "caller-only-invokes: got a rule of the consumer pack; must be one of the provider pack",
            'log-retention: got "remediate"; must be advisory, mandatory, disabled, or an object with the rule\'s keys',
            "gateway-debug-off.enforcementLevel: got true; must be advisory, mandatory, disabled",
            "gateway-debug-off.debugStacks.0: got 3; must be a stack's name",
            "gateway-debug-off.debug: got an unknown key; must be one of enforcementLevel, exceptions, debugStacks",
            'required-tags: got ["owner"]; must be advisory, mandatory, disabled, or an object with the rule\'s keys',
            `${exact}.exceptions.0.reason: got "so"; must be a reason of ten characters or more`,
            `${exact}.exceptions.0.expires: got nothing; must be a day, as 2027-01-31`,
            `${exact}.exceptions.0.until: got an unknown key; must be one of resource, got, reason, expires`,
        ]);
        assert.match(problemsOf(() => parsePackConfig("consumer", []))[0] ?? "", /^consumer: got /);
    });
});

describe("the file of a pack's config", () => {
    const folder = mkdtempSync(join(tmpdir(), "agentcore-hub-"));
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("stands beside the stack's, and need not be there", () => {
        assert.equal(
            readPackConfig(folder, "team", "consumer")["log-retention"]?.level,
            "mandatory",
        );
        writeFileSync(join(folder, "Policy.team.json"), '{ "log-retention": "disabled" }');
        assert.equal(
            readPackConfig(folder, "team", "consumer")["log-retention"]?.level,
            "disabled",
        );
        assert.equal(
            readPackConfig(folder, "other", "consumer")["log-retention"]?.level,
            "mandatory",
        );
    });

    it("may be empty, as Pulumi's", () => {
        assert.equal(parsePackFile("p.json", " \n", "provider")[exact]?.level, "mandatory");
    });

    it("tells of each problem its line", () => {
        const text = `{
    "required-tags": {
        "requiredTags": [
            "owner",
            3
        ],
        "allowedAccounts": []
    },
    "log-retention": "disabled",
    "log-retention": "off"
}`;
        assert.deepEqual(
            problemsOf(() => parsePackFile("Policy.team.json", text, "consumer")),
            [
                "Policy.team.json:9: log-retention: got the key twice; must be there once",
                "Policy.team.json:5: required-tags.requiredTags.1: got 3; must be a tag's key",
                "Policy.team.json:7: required-tags.allowedAccounts: got an unknown key; must be one of enforcementLevel, exceptions, requiredTags",
                'Policy.team.json:9: log-retention: got "off"; must be advisory, mandatory, disabled, or an object with the rule\'s keys',
            ],
        );
    });

    for (const [what, text, line, why] of [
        ["a trailing comma", '{\n  "all": "advisory",\n}', 3, "PropertyNameExpected"],
        ["a comment", '{\n  // all\n  "all": "advisory"\n}', 2, "InvalidCommentToken"],
        ["a cut file", '{\n  "all": "advisory"\n', 3, "CloseBraceExpected"],
    ] as const) {
        it(`is JSON, without ${what}`, () => {
            assert.deepEqual(
                problemsOf(() => parsePackFile("Policy.team.json", text, "consumer")),
                [
                    `Policy.team.json:${line}: got no valid JSON (${why}); must be { "<rule>": "advisory" | "mandatory" | "disabled" }, without comments`,
                ],
            );
        });
    }
});

describe("a stack judged by a pack's config", () => {
    const policy = JSON.stringify(grants(root));
    const stack = baseStack([example("resourcePolicy", "tools-grants", { policy })]);
    const judged = (config: object, today = "2026-11-21") =>
        judgeBy(rulesOf("provider"), stack, {
            settings: parsePackConfig("provider", config),
            today,
        });
    const exception = {
        resource: "tools-grants",
        got: root,
        reason: "The payroll team names its roles in January",
        expires: "2027-01-31",
    };

    it("has each finding at the rule's level", () => {
        const levels = (config: object) =>
            judged(config).verdicts.map(({ rule, level }) => [rule.name, level]);
        assert.deepEqual(levels({}), [[exact, "mandatory"]]);
        assert.deepEqual(levels({ all: "advisory" }), [[exact, "advisory"]]);
        assert.deepEqual(levels({ [exact]: "disabled" }), []);
    });

    it("runs no rule that is disabled", () => {
        for (const rule of rulesOf("provider")) {
            const { check } = rule;
            rule.check = () => assert.fail(`${rule.name} was run`);
            try {
                judged({ [rule.name]: "disabled" });
            } finally {
                rule.check = check;
            }
        }
    });

    it("tells of exceptions that no finding is about", () => {
        const dead = { ...exception, got: "arn:aws:iam::444455556666:role/old" };
        const { verdicts, excepted, unused } = judged({
            [exact]: { exceptions: [exception, dead] },
        });
        assert.deepEqual([verdicts, excepted], [[], 1]);
        assert.deepEqual(
            unused.map(({ rule, exception: { got } }) => [rule.name, got]),
            [[exact, dead.got]],
        );
        assert.deepEqual(judged({ [exact]: { exceptions: [exception] } }, "2027-02-01").unused, []);
    });
});
