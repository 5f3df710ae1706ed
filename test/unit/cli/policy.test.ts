import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rulesOf } from "../../../policy/rules";
import { runHub } from "../../helpers/hubProcess";
import { repository, TestProject } from "../../helpers/project";

const exactPrincipals = "resource-policy-exact-principals";
const wholeAccount = "arn:aws:iam::777788889999:root";
const resourcePolicies =
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html";
const wholeAccountMessage = `policy.Statement[0].Principal: got ${wholeAccount}; must be the exact ARN of a role or user, or this account with a condition ArnEquals aws:PrincipalArn of such ARNs; write arn:aws:iam::777788889999:role/<name> for each role that is meant`;

/** The shipped project, with a change in one file. */
class ChangedProject extends TestProject {
    change(stack: "provider" | "consumer", from: string, to: string): this {
        const file = `Pulumi.${stack}.yaml`;
        const text = readFileSync(join(this.folder, file), "utf8");
        assert.ok(text.includes(from), `${file} has no ${from}`);
        return this.file(file, text.replaceAll(from, to));
    }

    grant(grant: string): this {
        const shipped = "- { spoke: consumer, roles: [developer, agent] }";
        return this.change("provider", shipped, `${shipped}\n        - ${grant}`);
    }

    exceptions(exceptions: object[]): this {
        const config = { [exactPrincipals]: { exceptions } };
        return this.file("Policy.provider.json", JSON.stringify(config));
    }

    read(file: string): string {
        return readFileSync(join(this.folder, file), "utf8");
    }
}

describe("hub policy", function () {
    this.timeout(60_000);
    let project: ChangedProject;
    beforeEach(() => {
        project = new ChangedProject();
    });
    afterEach(() => {
        project.remove();
    });
    const policy = (...args: string[]) => runHub(project.folder, ["policy", ...args]);

    it("says that every rule holds in the shipped stacks, and exits with 0", async () => {
        const { code, stdout, stderr } = await policy();
        assert.deepEqual([code, stderr], [0, ""]);
        assert.match(
            stdout,
            /^ok: 44 rules hold in 2 stacks \(\d+ resources\)\n\nprovider \(provider pack, Pulumi\.provider\.yaml\): \d+ resources\n\nconsumer \(consumer pack, Pulumi\.consumer\.yaml\): \d+ resources\n$/,
        );
        assert.equal(existsSync(join(project.folder, ".hub")), false);
    });

    describe("fails a change that loosens", () => {
        it("a grant to a whole account, with what to write instead and where", async () => {
            project.grant('{ account: "777788889999" }');
            const { code, stdout } = await policy();
            assert.equal(code, 1);
            const lines = stdout.split("\n");
            assert.deepEqual(lines.slice(0, 6), [
                "1 violation of 1 rule in 1 stack",
                "",
                "provider (provider pack, Pulumi.provider.yaml): 1 violation",
                `  mandatory ${exactPrincipals} (critical): tools-grants`,
                `    ${wholeAccountMessage}`,
                `    Pulumi.provider.yaml:20 ${resourcePolicies}`,
            ]);
            const page = readFileSync(join(repository, "docs", "policy.md"), "utf8");
            assert.ok(
                page.includes(`\n\`\`\`\n${stdout}\`\`\`\n`),
                "docs/policy.md shows another output",
            );
        });

        it("a grant to the spoke's whole account, beside its roles", async () => {
            project.grant('{ account: "444455556666" }');
            const { code, stdout } = await policy();
            assert.equal(code, 1);
            assert.match(stdout, /got arn:aws:iam::444455556666:root; must be the exact ARN/);
            assert.match(stdout, /Pulumi\.provider\.yaml:20 /);
        });

        it("how long a caller's session is, for each caller", async () => {
            project.change(
                "consumer",
                "      gateways: [tools-team/tools]\n      assumedBy",
                "      gateways: [tools-team/tools]\n      maxSessionSeconds: 43200\n      assumedBy",
            );
            const { code, stdout } = await policy();
            assert.equal(code, 1);
            assert.match(stdout, /^2 violations of 1 rule in 1 stack\n/);
            for (const [caller, line] of [
                ["developer", 10],
                ["auditor", 15],
            ]) {
                assert.ok(
                    stdout.includes(
                        `  mandatory caller-session-length (low): ${caller}-role\n    maxSessionDuration: got 43200; must be at most 3600 seconds; write that, or raise maxSessionSeconds of this rule's config\n    Pulumi.consumer.yaml:${line} https://`,
                    ),
                    stdout,
                );
            }
        });

        it("what a gateway tells of its errors", async () => {
            project.change(
                "provider",
                "      targets:",
                "      exceptionLevel: DEBUG\n      targets:",
            );
            const { code, stdout } = await policy();
            assert.equal(code, 1);
            assert.match(
                stdout,
                /mandatory gateway-debug-off \(medium\): tools-gateway\n {4}exceptionLevel: got DEBUG; must be absent; take it out, or add the stack provider to this rule's debugStacks\n {4}Pulumi\.provider\.yaml:9 /,
            );
        });

        for (const [what, stack, from, to, problem] of [
            [
                "who takes on a caller's role",
                "consumer",
                '    auditor:\n      gateways: [tools-team/tools]\n      assumedBy: ["arn:aws:iam::444455556666:role/AdminRole"]',
                '    auditor:\n      gateways: [tools-team/tools]\n      assumedBy: ["arn:aws:iam::444455556666:root"]',
                'callers.auditor.assumedBy[0]: got "arn:aws:iam::444455556666:root"; must be the exact ARN of a role or user in partition aws, without wildcards',
            ],
            [
                "who asks the agent",
                "consumer",
                '    invokedBy: ["arn:aws:iam::444455556666:role/AdminRole"]',
                '    invokedBy: ["arn:aws:iam::444455556666:role/*"]',
                'agent.invokedBy[0]: got "arn:aws:iam::444455556666:role/*"; must be the exact ARN of a role or user in partition aws, without wildcards',
            ],
            [
                "a grant to a pattern of roles",
                "provider",
                "- { spoke: consumer, roles: [developer, agent] }",
                '- { principals: ["arn:aws:iam::444455556666:role/*"] }',
                'gateways.tools.grants[0].principals[0]: got "arn:aws:iam::444455556666:role/*"; must be the exact ARN of a role or user in partition aws, without wildcards',
            ],
        ] as const) {
            it(`${what}, which config refuses already, with 2`, async () => {
                project.change(stack, from, to);
                const { code, stdout, stderr } = await policy();
                assert.deepEqual([code, stdout], [2, ""]);
                assert.equal(stderr, `hub: Pulumi.${stack}.yaml: ${problem}\n`);
            });
        }
    });

    describe("where AWS refuses a resource", () => {
        const ghost = '{ principals: ["arn:aws:iam::444455556666:role/ghost"] }';
        const refusal =
            'not deployed: Stack provider: aws-native:bedrockagentcore:ResourcePolicy (tools-grants): ValidationException: Invalid principal in policy: "AWS":"arn:aws:iam::444455556666:role/ghost"';

        it("says so and fails with 2, asks rules about each resource, and judges the other stacks", async () => {
            project.grant(ghost);
            const { code, stdout } = await policy();
            assert.equal(code, 2);
            assert.match(
                stdout,
                /^failed: 1 stack of 2 could not be deployed: provider, 3 undecided\n/,
            );
            assert.ok(stdout.includes(refusal), stdout);
            const whole = rulesOf("provider").filter(({ scope }) => scope === "stack");
            assert.ok(
                stdout.includes(
                    `${whole.length} rules about the whole stack could not be asked: ${whole.map(({ name }) => name).join(", ")}\n`,
                ),
            );
            assert.match(
                stdout,
                /consumer \(consumer pack, .*\n {2}undecided: pending caller developer: /,
            );
        });

        it("judges that resource all the same, and shows both", async () => {
            project.grant(ghost).grant('{ account: "777788889999" }');
            const { code, stdout } = await policy(
                "--junit",
                "junit.xml",
                "--sarif",
                "policy.sarif",
            );
            assert.equal(code, 1);
            assert.ok(stdout.includes(wholeAccountMessage), stdout);
            assert.ok(stdout.includes(refusal), stdout);
            assert.match(
                project.read("junit.xml"),
                /<testcase classname="provider" name="deployment">\s*<error message="Stack provider: .*Invalid principal/,
            );
            const { invocations } = (
                JSON.parse(project.read("policy.sarif")) as { runs: { invocations: object[] }[] }
            ).runs[0] ?? { invocations: [] };
            assert.equal(
                (invocations[0] as { executionSuccessful?: boolean }).executionSuccessful,
                false,
            );
        });
    });

    it("tells of a grant that stays pending, and with --strict fails", async () => {
        project.change("provider", "[developer, agent]", "[developer, agent, nobody]");
        const { code, stdout } = await policy();
        assert.equal(code, 0);
        assert.match(stdout, /^ok: .*, 1 undecided\n/);
        assert.match(
            stdout,
            /undecided: pending grant on gateway tools: role nobody: stack consumer has no such role/,
        );
        const strict = await policy("--strict");
        assert.equal(strict.code, 1);
        assert.match(strict.stdout, /^undecided: .*, 1 undecided\n/);
    });

    describe("with Policy.<stack>.json", () => {
        const exception = {
            resource: "tools-grants",
            got: wholeAccount,
            reason: "The payroll team names its roles in January",
            expires: "2099-01-31",
        };

        it("bears what an exception names, and says how much", async () => {
            project.grant('{ account: "777788889999" }').exceptions([exception]);
            const { code, stdout } = await policy();
            assert.equal(code, 0);
            assert.match(stdout, /\n {2}excepted by config: 1 finding\n/);
        });

        it("fails when the exception has ended, and says when", async () => {
            project
                .grant('{ account: "777788889999" }')
                .exceptions([{ ...exception, expires: "2026-01-31" }]);
            const { code, stdout } = await policy();
            assert.equal(code, 1);
            assert.ok(
                stdout.includes(`${wholeAccountMessage} (its exception ended on 2026-01-31)`),
            );
        });

        it("warns of an exception that is about nothing", async () => {
            project.exceptions([exception]);
            const { code, stdout } = await policy();
            assert.equal(code, 0);
            assert.ok(
                stdout.includes(
                    `  warning: ${exactPrincipals}: the exception for tools-grants, got ${wholeAccount}, until 2099-01-31, is about nothing that is there; remove it\n`,
                ),
                stdout,
            );
        });

        it("shows advisory findings, and does not fail by them", async () => {
            project
                .grant('{ account: "777788889999" }')
                .file("Policy.provider.json", '{ "all": "advisory" }');
            const { code, stdout } = await policy("--sarif", "policy.sarif");
            assert.equal(code, 0);
            assert.match(
                stdout,
                /^ok: 44 rules hold in 2 stacks \(\d+ resources\), 1 advisory finding\n/,
            );
            assert.ok(stdout.includes(`  advisory ${exactPrincipals} (critical): tools-grants\n`));
            assert.match(project.read("policy.sarif"), /"level": "warning",\n\s+"message"/);
        });

        it("is refused with file and line, before anything is deployed", async () => {
            project.file("Policy.provider.json", '{\n  "gateway-debug-off": "sometimes"\n}');
            const { code, stdout, stderr } = await policy();
            assert.deepEqual([code, stdout], [2, ""]);
            assert.equal(
                stderr,
                'hub: Policy.provider.json:2: gateway-debug-off: got "sometimes"; must be advisory, mandatory, disabled, or an object with the rule\'s keys\n',
            );
        });
    });

    it("says with --json one event per finding, and the answer last", async () => {
        project.grant('{ account: "777788889999" }');
        const { code, stdout } = await policy("--json");
        assert.equal(code, 1);
        const events = stdout
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as Record<string, unknown>);
        assert.deepEqual(
            events.map(({ step }) => step),
            ["violation", "judge provider", "judge consumer", "done"],
        );
        const { urn, ...found } = events[0] ?? {};
        assert.match(String(urn), /::tools-grants$/);
        assert.deepEqual(found, {
            step: "violation",
            stack: "provider",
            pack: "provider",
            rule: exactPrincipals,
            level: "mandatory",
            severity: "critical",
            resource: "tools-grants",
            got: wholeAccount,
            message: wholeAccountMessage,
            file: "Pulumi.provider.yaml",
            line: 20,
            page: resourcePolicies,
        });
        assert.deepEqual(events.at(-1), {
            step: "done",
            status: "violations",
            answer: "1 violation of 1 rule in 1 stack",
        });
    });

    for (const [args, problem] of [
        [["--pack", "provider"], /^hub: --pack goes with --export: in a project/],
        [["--config", "policy.json"], /^hub: --config goes with --export: /],
        [["--export", "e.json"], /^hub: --pack: got nothing; must be provider or consumer/],
        [
            ["--export", "no.json", "--pack", "consumer"],
            /^hub: --export: got no\.json; must be a file to read: /,
        ],
        [
            ["--sarif", "-", "--junit", "-"],
            /^hub: got --sarif - and --junit -; only one can be on stdout/,
        ],
        [["--json", "--sarif", "-"], /^hub: got --sarif - and --json; only one can be on stdout/],
    ] as const) {
        it(`refuses ${args.join(" ")}`, async () => {
            const { code, stdout, stderr } = await policy(...args);
            assert.deepEqual([code, stdout], [2, ""]);
            assert.match(stderr, problem);
        });
    }

    it("refuses a project without stacks: it would hold by having nothing", async () => {
        project
            .file("Pulumi.provider.yaml", "config: {}\n")
            .file("Pulumi.consumer.yaml", "config: {}\n");
        const { code, stderr } = await policy();
        assert.equal(code, 2);
        assert.match(stderr, /got no Pulumi\.<stack>\.yaml with keys of agentcore-hub/);
    });
});
