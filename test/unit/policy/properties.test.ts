import assert from "node:assert/strict";
import { judge } from "../../../policy/judge";
import { StackView } from "../../../policy/stackView";
import { baseResources } from "./baseStack";
import { propertyFixtures } from "./fixtures";
import type { PropertyChange } from "./fixtures/fixture";

/** The rules that find something in the base stack with a resource, each as often as it does. */
function rulesAbout(type: string, name: string, props: object): string[] {
    const stack = new StackView(
        baseResources([{ type, name, props: props as Record<string, unknown> }]),
    );
    const found = (["provider", "consumer"] as const).flatMap((pack) =>
        judge(pack, stack, { today: "2026-11-21" }),
    );
    return found
        .filter((finding) => finding.undecided !== true)
        .map(({ rule, urn, message }) => `${rule.name} ${urn} ${message}`);
}

describe("one property changed", () => {
    for (const { type, name, props, changes } of propertyFixtures) {
        describe(type, () => {
            const before = new Set(rulesAbout(type, name, props));
            for (const [path, value, ...rules] of changes) {
                it(titleOf([path, value, ...rules]), () => {
                    const after = rulesAbout(type, name, changedAt(props, path.split("."), value));
                    const found = after.filter((line) => !before.has(line));
                    const names = [...new Set(found.map((line) => line.split(" ")[0] ?? ""))];
                    assert.deepEqual(names.sort(), [...rules].sort());
                });
            }
        });
    }

    it("is tried for every resource type of the base stack", () => {
        const tried = new Set(propertyFixtures.map(({ type }) => type));
        const types = new Set(baseResources().map(({ type }) => type));
        assert.deepEqual(
            [...types].filter((type) => !tried.has(type)),
            [],
        );
    });
});

function titleOf([path, value, ...rules]: PropertyChange): string {
    const text = value === undefined ? "nothing" : JSON.stringify(value);
    const short = text.length > 70 ? `${text.slice(0, 67)}...` : text;
    return rules.length === 0
        ? `lets ${path} be ${short}`
        : `finds ${path} ${short}: ${rules.join(", ")}`;
}

function changedAt(value: unknown, [key = "", ...rest]: string[], change: unknown): object {
    const record = { ...(value as Record<string, unknown>) };
    record[key] = rest.length === 0 ? change : changedAt(record[key], rest, change);
    return record;
}
