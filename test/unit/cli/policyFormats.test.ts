import assert from "node:assert/strict";
import { junitText } from "../../../cli/policyJunit";
import type { StackReport } from "../../../cli/policyReport";
import { judgeProject } from "../../../cli/policyRun";
import { sarifText } from "../../../cli/policySarif";
import { readProject } from "../../../engine/stacks";
import { rules, rulesOf } from "../../../policy/rules";
import { TestProject } from "../../helpers/project";

const message = (account: string) =>
    `policy.Statement[0].Principal: got arn:aws:iam::${account}:root; must be the exact ARN of a role or user, or this account with a condition ArnEquals aws:PrincipalArn of such ARNs; write arn:aws:iam::${account}:role/<name> for each role that is meant`;

/** What is read of a SARIF log. */
interface SarifLog {
    $schema: string;
    version: string;
    runs: [
        {
            tool: { driver: { rules: Record<string, unknown>[] } };
            results: {
                ruleId: string;
                ruleIndex: number;
                level: string;
                message: { text: string };
                locations: unknown;
                partialFingerprints: Record<string, string>;
            }[];
        },
    ];
}

describe("what hub policy writes for other programs", function () {
    this.timeout(60_000);
    const project = new TestProject().config("provider", {
        account: { role: "provider", id: "111122223333" },
        spokes: { consumer: { account: "444455556666", stack: "consumer" } },
        gateways: {
            tools: {
                targets: { calculator: { mcpServer: "mcp-server" } },
                grants: [
                    { spoke: "consumer", roles: ["developer", "agent"] },
                    { account: "777788889999" },
                    { account: "777788880000" },
                ],
            },
        },
    });
    project.file(
        "Policy.provider.json",
        JSON.stringify({
            "log-retention": "disabled",
            // Its findings name ARNs with ids that are random.
            "arns-of-known-accounts": {
                enforcementLevel: "advisory",
                allowedRegions: ["eu-central-1"],
            },
        }),
    );
    const judged = () =>
        judgeProject(readProject(project.folder), {
            today: "2026-11-21",
            onEvent: () => undefined,
            onStack: () => undefined,
        });
    let reports: StackReport[];
    let log: SarifLog;
    before(async () => {
        reports = await judged();
        log = JSON.parse(sarifText(reports)) as SarifLog;
    });
    after(() => {
        project.remove();
    });

    describe("as SARIF", () => {
        it("is a log of version 2.1.0, with each rule that was asked", () => {
            assert.equal(log.version, "2.1.0");
            const enabled = rules.filter(({ name }) => name !== "log-retention");
            const { rules: described } = log.runs[0].tool.driver;
            // The consumer's pack has the disabled rule too.
            assert.deepEqual(
                described.map(({ id }) => id).sort(),
                [...enabled.map(({ name }) => name), "log-retention"].sort(),
            );
        });

        it("describes a rule with its page, its severity, and an example that fails and one that passes", () => {
            const rule = rules.find(({ name }) => name === "gateway-debug-off");
            const described = log.runs[0].tool.driver.rules.find(({ id }) => id === rule?.name);
            const { help, ...rest } = described as { help: { text: string; markdown: string } };
            assert.deepEqual(rest, {
                id: "gateway-debug-off",
                shortDescription: { text: rule?.description },
                fullDescription: { text: rule?.description },
                helpUri: rule?.page,
                defaultConfiguration: { level: "error" },
                properties: {
                    tags: ["security"],
                    precision: "very-high",
                    "security-severity": "5.5",
                },
            });
            assert.match(help.text, /^A gateway tells its callers[^]*Fails:[^]*DEBUG[^]*Passes:/);
            assert.equal(help.markdown, help.text);
        });

        it("gives each finding its file and line, its resource, and its rule's place", () => {
            const found = log.runs[0].results.filter(
                ({ ruleId }) => ruleId === "resource-policy-exact-principals",
            );
            const urn =
                "urn:pulumi:provider::agentcore-hub::agentcore-hub:index:ToolGateway$aws-native:bedrockagentcore:ResourcePolicy::tools-grants";
            assert.deepEqual(
                found.map(({ partialFingerprints: _prints, ruleIndex, ...rest }) => ({
                    ...rest,
                    ruleIndex: log.runs[0].tool.driver.rules[ruleIndex]?.["id"],
                })),
                (
                    [
                        ["777788880000", 21],
                        ["777788889999", 20],
                    ] as const
                ).map(([account, startLine]) => ({
                    ruleId: "resource-policy-exact-principals",
                    ruleIndex: "resource-policy-exact-principals",
                    level: "error",
                    message: { text: `provider, tools-grants: ${message(account)}` },
                    locations: [
                        {
                            physicalLocation: {
                                artifactLocation: { uri: "Pulumi.provider.yaml" },
                                region: { startLine },
                            },
                            logicalLocations: [
                                {
                                    name: "tools-grants",
                                    fullyQualifiedName: urn,
                                    kind: "resource",
                                },
                            ],
                        },
                    ],
                })),
            );
        });

        it("has fingerprints that are the same in the next run, where ARNs have other ids", async () => {
            const prints = (of: SarifLog) =>
                of.runs[0].results.map(({ partialFingerprints }) => partialFingerprints);
            const texts = (of: SarifLog) => of.runs[0].results.map((result) => result.message.text);
            const next = JSON.parse(sarifText(await judged())) as SarifLog;
            assert.notDeepEqual(texts(next), texts(log));
            assert.deepEqual(prints(next), prints(log));
            const all = prints(log).map((print) => JSON.stringify(print));
            assert.equal(new Set(all).size, all.length);
            assert.match(all[0] ?? "", /^\{"finding\/v1":"[0-9a-f]{64}"\}$/);
        });
    });

    describe("as JUnit's XML", () => {
        const suite = (name: string) =>
            new RegExp(`<testsuite name="${name}"[^]*?</testsuite>`).exec(
                junitText(reports),
            )?.[0] ?? "";
        const testCase = (name: string) =>
            new RegExp(
                `<testcase classname="provider" name="${name}"(?: file="[^"]*")?>[^]*?</testcase>`,
            ).exec(suite("provider"))?.[0] ?? "";

        it("has a suite for each stack, and in it a case for each rule and for the deployment", () => {
            for (const pack of ["provider", "consumer"] as const) {
                assert.deepEqual(
                    [...suite(pack).matchAll(/<testcase classname="\w+" name="([^"]+)"/g)].map(
                        ([, name]) => name,
                    ),
                    ["deployment", ...rulesOf(pack).map(({ name }) => name)],
                );
            }
            const tests = rulesOf("provider").length + 1;
            assert.ok(
                suite("provider").startsWith(
                    `<testsuite name="provider" tests="${tests}" failures="1" errors="0" skipped="1">`,
                ),
            );
        });

        it("has the messages in a rule's one failure", () => {
            const text = testCase("resource-policy-exact-principals");
            assert.equal(text.match(/<failure /g)?.length, 1);
            for (const [account, line] of [
                ["777788889999", 20],
                ["777788880000", 21],
            ] as const) {
                assert.ok(
                    text.includes(
                        `Pulumi.provider.yaml:${line}: tools-grants: ${message(account).replace("<name>", "&lt;name&gt;")} (https://`,
                    ),
                    text,
                );
            }
        });

        it("skips a disabled rule, and does not fail by an advisory one", () => {
            assert.match(testCase("log-retention"), /<skipped/);
            assert.match(
                testCase("arns-of-known-accounts"),
                /<system-out>advisory: Pulumi\.provider\.yaml:\d+: /,
            );
            assert.doesNotMatch(testCase("arns-of-known-accounts"), /<failure/);
            assert.doesNotMatch(testCase("gateway-debug-off"), /<(failure|skipped|system-out)/);
        });
    });

    it("names a stack that could not be deployed in both", () => {
        const refused = reports.map((report) => ({
            ...report,
            failure: `Stack ${report.stack}: "refused" & <gone>`,
            asked: [],
            notAsked: rulesOf(report.pack),
            violations: [],
        }));
        assert.match(
            junitText(refused),
            /name="deployment">\s*<error message="Stack provider: &quot;refused&quot; &amp; &lt;gone&gt;"/,
        );
        const { runs } = JSON.parse(sarifText(refused)) as { runs: { invocations: unknown }[] };
        assert.deepEqual(runs[0]?.invocations, [
            {
                executionSuccessful: false,
                toolExecutionNotifications: refused.map(({ failure }) => ({
                    level: "error",
                    message: { text: failure },
                })),
            },
        ]);
    });
});
