import assert from "node:assert/strict";
import { matchesTemplate } from "../../../local/gateway/uriTemplate";

describe("A template of resources", () => {
    const cases: [template: string, fits: string[], others: string[]][] = [
        ["a://b", ["a://b"], ["a://bc", "a://", ""]],
        [
            "users://{id}/profile",
            ["users://1/profile"],
            ["users:///profile", "users://1/2/profile"],
        ],
        ["a://{x}{y}", ["a://12"], ["a://1", "a://1/2"]],
        ["file:///{+path}", ["file:///a/b?c#d"], ["file:///"]],
        ["a://b{/c,d}", ["a://b", "a://b/1/2"], ["a://bc", "a://b?x"]],
        ["a://b{?q,r}", ["a://b", "a://b?q=1&r=2"], ["a://b#x", "a://bq"]],
        ["a://b{?q}{&r}", ["a://b?q=1&r=2"], ["a://c"]],
        ["a://b{#f}", ["a://b", "a://b#x/y"], ["a://bx"]],
        ["a://b{.ext}", ["a://b", "a://b.json"], ["a://b/x"]],
        ["a://b{;p}/c", ["a://b;p=1/c", "a://b/c"], ["a://b;p=1"]],
    ];
    for (const [template, fits, others] of cases) {
        it(`${template} expands to ${fits.join(", ")} and not to ${others.join(", ")}`, () => {
            for (const uri of fits) assert.equal(matchesTemplate(template, uri), true, uri);
            for (const uri of others) assert.equal(matchesTemplate(template, uri), false, uri);
        });
    }

    it("takes no longer for many expressions on a long URI", () => {
        const template = `a://${"{+x}a".repeat(200)}`;
        const uri = `a://${"a".repeat(4000)}b`;
        const began = performance.now();
        assert.equal(matchesTemplate(template, uri), false);
        assert.ok(performance.now() - began < 5000);
    });
});
