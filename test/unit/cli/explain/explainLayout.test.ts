import assert from "node:assert/strict";
import { explainText } from "../../../../cli/explain/explainText";
import { aligned, hanging } from "../../../../cli/explain/explainLayout";
import { unwrapped } from "./explainFixture";
import { explain } from "./explainInventory";

describe("an explanation's lines", () => {
    it("have the texts one below the other, within the width", () => {
        const lines = aligned(
            [
                ["signature", "verified"],
                ["Cedar", "one two three four"],
                ["", "five"],
            ],
            24,
        );
        assert.deepEqual(lines, [
            "  signature  verified",
            "  Cedar      one two",
            "             three four",
            "             five",
        ]);
        assert.ok(lines.every((line) => line.length <= 24));
    });

    it("leave a word whole that is wider, however narrow it is", () => {
        const arn = "arn:aws:iam::444455556666:role/developer";
        assert.deepEqual(aligned([["a", `for ${arn} only`]], 10), [
            ...["  a  for", `     ${arn}`, "     only"],
        ]);
    });

    it("hang below the first one of a sentence", () => {
        assert.deepEqual(hanging("one two three four", 10), ["one two", "  three", "  four"]);
        assert.deepEqual(hanging("one two", 7), ["one two"]);
    });

    it("say the same whatever the width, and keep what is to be copied on one line", () => {
        const report = explain({ principal: "consumer-bounded" });
        const words = (text: string) => text.split(/\s+/).join(" ");
        const narrow = explainText(report, 60);
        assert.equal(words(narrow), words(unwrapped(report)));
        const [change] = report.changes;
        assert.ok(change?.kind === "statement");
        assert.ok(narrow.includes(`\n  ${JSON.stringify(change.statement)}`));
        const [answer, , ...others] = narrow.split("\n");
        assert.equal(answer, "refused: consumer-bounded may not call tools");
        const sentences = others.filter((line) => !line.includes("{"));
        assert.ok(
            sentences.every((line) => line.length <= 60),
            narrow,
        );
    });
});
