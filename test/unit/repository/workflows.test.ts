import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "../../helpers/project";
import { commandsOf, problemOf } from "./shellCommands";

interface Step {
    uses?: string;
    run?: string;
    if?: string;
    shell?: string;
    with?: Record<string, string>;
}

interface Job {
    permissions?: Record<string, string>;
    environment?: string;
    if?: string;
    needs?: string | string[];
    "timeout-minutes"?: number;
    steps: Step[];
}

interface Workflow {
    on: unknown;
    permissions?: Record<string, string>;
    concurrency?: unknown;
    jobs: Record<string, Job>;
}

const folder = join(repository, ".github", "workflows");
const files = readdirSync(folder);
const text = (file: string): string => readFileSync(join(folder, file), "utf8");
const read = (file: string): Workflow => parse(text(file)) as Workflow;
const steps = (file: string): Step[] => Object.values(read(file).jobs).flatMap((job) => job.steps);
const runs = (job: Job | undefined): string[] => job?.steps.flatMap(({ run }) => run ?? []) ?? [];

describe("The workflows", function () {
    // The help of each command is read once, from a process.
    this.timeout(60_000);

    for (const file of files) {
        describe(file, () => {
            it("runs commands and options that exist", async () => {
                const commands = steps(file).flatMap(({ run }) => commandsOf(run ?? ""));
                assert.ok(commands.length > 0);
                const problems = await Promise.all(commands.map(problemOf));
                assert.deepEqual(
                    problems.filter((problem) => problem !== undefined),
                    [],
                );
            });

            it("pins each action by a commit, and says its version", () => {
                const used = [...text(file).matchAll(/^[ -]*uses: (.+)$/gm)];
                assert.ok(used.length > 0);
                for (const [, action = ""] of used) {
                    assert.match(action, /^[\w-]+(\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
                }
            });

            it("has no key that outlives a job", () => {
                assert.doesNotMatch(text(file), /aws-(access-key-id|secret-access-key)/i);
                assert.doesNotMatch(text(file), /AWS_(ACCESS_KEY|SECRET)|secrets\./);
            });

            it("takes from GitHub what a job needs, and nothing by default", () => {
                const { permissions, jobs } = read(file);
                assert.ok(permissions !== undefined);
                assert.ok(Object.values(permissions).every((access) => access === "read"));
                for (const job of Object.values(jobs)) {
                    const given: Record<string, string> = job.permissions ?? permissions;
                    assert.equal(given["contents"], "read");
                    const assumesRole = job.steps.some(({ uses }) =>
                        /aws-credentials@/.test(uses ?? ""),
                    );
                    assert.equal(given["id-token"] === "write", assumesRole);
                    assert.ok(!assumesRole || Object.keys(given).length === 2);
                }
            });

            it("ends by itself, and runs once at a time", () => {
                const { concurrency, jobs } = read(file);
                assert.ok(concurrency !== undefined);
                for (const job of Object.values(jobs)) assert.ok(job["timeout-minutes"]);
            });

            it("checks out without leaving its token behind", () => {
                for (const { uses, with: inputs } of steps(file)) {
                    if (!uses?.startsWith("actions/checkout@")) continue;
                    assert.equal(String(inputs?.["persist-credentials"]), "false");
                }
            });

            it("never runs a fork's code with this repository's rights", () => {
                assert.doesNotMatch(text(file), /pull_request_target|workflow_run/);
            });

            it("installs the Pulumi CLI that the tests are run with", () => {
                const module = readFileSync(
                    join(repository, ".ci", "pulumi-cli", "go.mod"),
                    "utf8",
                );
                const pinned = /pulumi\/pkg\/v3 v(\S+)/.exec(module)?.[1];
                for (const { uses, with: inputs } of steps(file)) {
                    if (!uses?.startsWith("pulumi/actions@")) continue;
                    assert.equal(inputs?.["pulumi-version"], pinned);
                }
            });
        });
    }

    it("test what .ci/run tests, with no lane skipped", () => {
        const script = readFileSync(join(repository, ".ci", "run"), "utf8");
        const npm = commandsOf(script).filter(([program]) => program === "npm");
        const { jobs } = read("ci.yml");
        assert.deepEqual(runs(jobs["test"]).flatMap(commandsOf), npm);
        const { env } = jobs["test"] as unknown as { env: Record<string, string> };
        for (const lane of script.matchAll(/REQUIRE_\w+/g)) assert.equal(env[lane[0]], "1");
    });

    it("judge a pull request by the steps that docs/policy.md has", () => {
        const page = readFileSync(join(repository, "docs", "policy.md"), "utf8");
        const [, documented = ""] = /```yaml\n(permissions:[^]*?)```/.exec(page) ?? [];
        const { permissions, steps } = read("pull-request.yml").jobs["policy"] ?? assert.fail();
        assert.deepEqual(parse(documented), { permissions, steps });
    });

    it("check who may call what by the steps that docs/access.md has", () => {
        const page = readFileSync(join(repository, "docs", "access.md"), "utf8");
        const [, documented = ""] = /```yaml\n(permissions:[^]*?)```/.exec(page) ?? [];
        const { permissions, steps } = read("pull-request.yml").jobs["access"] ?? assert.fail();
        assert.deepEqual(parse(documented), { permissions, steps });
    });

    it("fail a pull request whose access differs from the lock, and write the comment then too", () => {
        const { access, comment } = read("pull-request.yml").jobs;
        const check = access?.steps.find(({ run }) => run?.includes("hub -- access --check"));
        // With bash, a pipe fails where its first command does.
        assert.equal(check?.shell, "bash");
        assert.equal(check.if, "hashFiles('access.lock.json') != ''");
        assert.equal("continue-on-error" in check, false);
        assert.deepEqual(comment?.needs, ["access", "preview"]);
        assert.match(comment.if ?? "", /!cancelled\(\)/);
    });

    it("deploy the hub, the spoke and the hub again, each with its account's role", () => {
        const jobs = Object.entries(read("deploy.yml").jobs).map(([name, job]) => ({
            ...{ name, needs: job.needs, environment: job.environment },
            role: job.steps.flatMap((step) => step.with?.["role-to-assume"] ?? []).join(),
            run: runs(job).at(-1),
        }));
        const hub = { environment: "provider", role: "${{ vars.PROVIDER_DEPLOYER_ROLE }}" };
        const spoke = { environment: "consumer", role: "${{ vars.CONSUMER_DEPLOYER_ROLE }}" };
        const deploy = "npm run --silent hub -- deploy";
        assert.deepEqual(jobs, [
            { name: "hub", needs: undefined, ...hub, run: `${deploy} provider --yes` },
            { name: "spoke", needs: "hub", ...spoke, run: `${deploy} consumer --yes` },
            { name: "grants", needs: "spoke", ...hub, run: `${deploy} provider --yes --strict` },
        ]);
    });
});
