import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { answerLine, exitOf, summaryOf, verifyText } from "../../../../cli/verify/verifyReport";
import type { CaseResult } from "../../../../cli/verify/verifyRun";

const result = (name: string, more: Partial<CaseResult> = {}): CaseResult => ({
    ...{ name, kind: "ungranted role", as: [], gateway: "tools", expect: "refuse" },
    ...{ status: "held", got: "HTTP 403", attempts: 1, milliseconds: 2 },
    ...more,
});
const textOf = (results: readonly CaseResult[], columns?: number) =>
    stripVTControlCharacters(verifyText(results, true, columns)).split("\n");

describe("the report of hub verify", () => {
    const long = "consumer-developer → calculator, around tools";
    const unasked = (name: string) =>
        result(name, { status: "notVerified", got: "no credentials by profile x", attempts: 1 });

    it("is no wider than the terminal, and no wider than it needs", () => {
        const results = [result(long, { got: "one two three ".repeat(20) }), result("short")];
        for (const [columns, width] of [
            [80, 80],
            [100, 100],
            [300, 120],
            [10, 80],
            [undefined, 120],
        ] as const) {
            const lines = textOf(results, columns);
            assert.ok(lines.length > 5);
            assert.deepEqual([...new Set(lines.map(({ length }) => length))], [width]);
        }
        assert.equal(textOf([result("short")])[0]?.length, 52);
    });

    it("says of a pair what it is about, and how often it was asked if more than once", () => {
        const [, , , pair, unsigned] = textOf([
            result("a → tools", { attempts: 3 }),
            result("unsigned → tools", { kind: "unsigned" }),
        ]);
        assert.match(
            pair ?? "",
            /a → tools \(ungranted role\) │ refused  │ HTTP 403 \(asked 3 times\)/,
        );
        assert.match(unsigned ?? "", /unsigned → tools +│ refused  │ HTTP 403 +│$/);
    });

    it("gives each reason once, with all cases that it is of", () => {
        const lines = textOf([unasked("a"), unasked("b"), result("c", skipped)]);
        assert.deepEqual(lines.slice(-4), [
            "not verified: a; b",
            "    no credentials by profile x",
            "skipped: c",
            "    pending",
        ]);
    });

    it("writes no control characters of what was answered", () => {
        const text = verifyText(
            [result("a", { status: "differs", got: "\u001b[2Jgone", expect: "allow" })],
            false,
        );
        assert.ok(!text.includes("\u001b[2J"));
    });

    it("answers what was asked, and what was not", () => {
        const differs = result("d", { status: "differs" });
        for (const [results, line, code] of [
            [[result("a")], "verified: 1 of 1 cases hold", 0],
            [[result("a"), unasked("b")], "verified: 1 of 2 cases hold; 1 not verified", 0],
            [[result("c", skipped)], "nothing was verified; 1 skipped", 2],
            [[unasked("b")], "nothing was verified; 1 not verified", 2],
            [
                [differs, result("a"), unasked("b")],
                "NOT as the program says: 1 of 3 cases differs; 1 not verified",
                1,
            ],
            [[differs, differs], "NOT as the program says: 2 of 2 cases differ", 1],
        ] as const) {
            const summary = summaryOf(results);
            assert.equal(answerLine(summary), line);
            assert.equal(exitOf(summary, false), code);
        }
        const some = summaryOf([result("a"), unasked("b")]);
        assert.equal(answerLine(some, true), "interrupted: 1 of 2 cases hold; 1 not verified");
        assert.equal(exitOf(some, true), 1);
    });
});

const skipped = { status: "skipped", got: "pending", attempts: 0 } as const;
