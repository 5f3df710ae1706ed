import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { McpServerProcess } from "../helpers/mcpServerProcess";
import { repository } from "../helpers/project";
import { reasons, runs, scenarios, type Expected, type Reason, type Run } from "./expected";
import { FixtureOnRuntime } from "./fixtureOnRuntime";
import { FixtureServer } from "./fixtureServer";
import { runServerScenarios, serverScenarios, suiteOrSkip, type Check } from "./suite";

/** What a run is of: where it is called, and how it is ended. */
interface Subject {
    url: string;
    stop: () => Promise<void>;
    /** Looks at what the run has left behind. */
    check?: () => void;
}

const subjects: Record<Run, { title: string; start: () => Promise<Subject> }> = {
    fixture: {
        title: "a server with all that it asks for",
        start: async () => {
            const server = await FixtureServer.start();
            return { url: server.url, stop: () => server.stop() };
        },
    },
    gateway: {
        title: "that server on the local Runtime, behind the local gateway",
        start: async () => {
            const deployed = await FixtureOnRuntime.start();
            const { shim } = deployed;
            return {
                url: shim.url,
                stop: () => deployed.stop(),
                check: () => {
                    const { tools, prompts } = shim.listed;
                    assert.deepEqual([tools.size, prompts.size], [13, 4]);
                    for (const name of [...tools, ...prompts]) {
                        assert.match(name, /^conformance___[a-z]/);
                    }
                },
            };
        },
    },
    workload: {
        title: "the shipped MCP server",
        start: async () => {
            const server = await McpServerProcess.start();
            return { url: `http://127.0.0.1:${server.port}/mcp`, stop: () => server.stop() };
        },
    },
};

describe("The MCP conformance suite", () => {
    before(function () {
        return suiteOrSkip(this);
    });

    it("has the scenarios that are listed here", async () => {
        assert.deepEqual((await serverScenarios()).sort(), Object.keys(scenarios).sort());
    });

    for (const run of runs) {
        const { title, start } = subjects[run];
        describe(`says of ${title}`, () => {
            let subject: Subject | undefined;
            let results: ReadonlyMap<string, Check[]>;
            before(async () => {
                subject = await start();
                results = await runServerScenarios(subject.url);
            });
            after(() => subject?.stop());

            for (const [name, { [run]: expected }] of Object.entries(scenarios)) {
                it(`${name}, ${outcomeOf(expected)}`, () => {
                    assertChecks(results.get(name) ?? assert.fail("it has not run"), expected);
                });
            }
            if (run === "gateway") {
                it("that it was called by the gateway's names of the tools and prompts", () => {
                    subject?.check?.();
                });
            }
        });
    }

    it("has come to what docs/conformance.md says", () => {
        const page = readFileSync(join(repository, "docs", "conformance.md"), "utf8");
        const rows = page.split("\n").filter((line) => line.startsWith("| `"));
        assert.deepEqual(
            rows.map((row) => row.replace(/ +/g, " ")),
            [...scenarioRows(), ...reasonRows()],
        );
    });
});

function assertChecks(checks: readonly Check[], expected: Expected): void {
    assert.ok(checks.length > 0);
    const idsOf = (status: Check["status"]) =>
        checks.filter((check) => check.status === status).map(({ id }) => id);
    const idsIf = (outcome: Expected["outcome"]) =>
        expected.outcome === outcome && expected.outcome !== "passes" ? expected.checks : [];
    assert.deepEqual(
        { fails: idsOf("FAILURE"), warns: idsOf("WARNING"), skips: idsOf("SKIPPED") },
        { fails: idsIf("fails"), warns: idsIf("warns"), skips: [] },
        JSON.stringify(checks, undefined, 2),
    );
    if (expected.outcome !== "fails") return;
    const { message = /^$/ }: Reason = reasons[expected.reason];
    for (const { status, errorMessage = "" } of checks) {
        if (status === "FAILURE") assert.match(errorMessage, message);
    }
}

function outcomeOf(expected: Expected): string {
    if (expected.outcome === "passes") return "passes";
    return `${expected.outcome}: ${expected.reason}`;
}

function scenarioRows(): string[] {
    return Object.entries(scenarios).map(
        ([name, row]) => `| \`${name}\` | ${runs.map((run) => outcomeOf(row[run])).join(" | ")} |`,
    );
}

function reasonRows(): string[] {
    return Object.entries(reasons).map(([name, { text }]) => `| \`${name}\` | ${text} |`);
}
