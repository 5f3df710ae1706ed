import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../helpers/project";
import { commandsOf, problemOf } from "./shellCommands";

const pages = [
    "README.md",
    "AGENTS.md",
    ...readdirSync(join(repository, "docs"))
        .filter((file) => file.endsWith(".md"))
        .map((file) => join("docs", file)),
];

describe("The commands of README.md, AGENTS.md and docs/", function () {
    // The help of each command is read once, from a process.
    this.timeout(60_000);

    for (const page of pages) {
        it(`exist, with their options, in ${page}`, async () => {
            const text = readFileSync(join(repository, page), "utf8");
            const problems = await Promise.all(scriptsOf(text).flatMap(commandsOf).map(problemOf));
            assert.deepEqual(
                problems.filter((problem) => problem !== undefined),
                [],
            );
        });
    }

    it("are told from those that do not exist", async () => {
        const problems = await Promise.all(
            [
                ["hub", "deliver"],
                ["hub", "deploy", "provider", "--dry-run"],
                ["npm", "run", "hub", "--", "deploy", "--stack"],
                ["npm", "run", "local", "--serve"],
                ["npm", "run", "deploy"],
                ["npx", "serverless", "deploy"],
            ].map(problemOf),
        );
        assert.ok(problems.every((problem) => problem !== undefined));
    });

    it("are found in lines with others, with what goes around them", () => {
        const script = [
            'eval "$(hub env provider)"  # hub nothing',
            "(cd a && npm run --silent hub -- call echo '{\"a\": 1}' \\",
            "    --local) 2>&1 | tee out.txt",
            "NO_COLOR=1 hub policy > findings.txt",
        ].join("\n");
        assert.deepEqual(
            commandsOf(script).filter(([program]) => ["hub", "npm"].includes(program ?? "")),
            [
                ["hub", "env", "provider"],
                ["npm", "run", "--silent", "hub", "--", "call", "echo", '{"a": 1}', "--local"],
                ["hub", "policy", "findings.txt"],
            ],
        );
    });
});

/** Shell blocks, and what stands in the text as code and begins as a command does. */
function scriptsOf(page: string): string[] {
    const blocks = [...page.matchAll(/^ *```sh\n([^]*?)^ *```/gm)].map(([, block = ""]) => block);
    const spans = [...page.replace(/^ *```[^]*?^ *```/gm, "").matchAll(/`([^`\n]+)`/g)]
        .map(([, span = ""]) => span)
        .filter(
            (span) => /^(hub|npx|npm run|npm test) ?[\w-]*/.test(span) && !/…|^\S+$/.test(span),
        );
    return [...blocks, ...spans.map((span) => span.replace(/[<>]/g, ""))];
}
