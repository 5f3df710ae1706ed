import assert from "node:assert/strict";
import { findingsOf } from "../../../policy/judge";
import { unknown, type Props, type StackResource } from "../../../policy/resource";
import { rules } from "../../../policy/rules";
import type { ExampleResource, Finding, Rule } from "../../../policy/rules/rule";
import { StackView } from "../../../policy/stackView";
import { baseResources, baseStack } from "./baseStack";
import { exampleConfig, ruleMessages } from "./ruleMessages";

const today = "2026-11-21";
const shown = ({ urn, message }: Finding) => `${urn.split("::").at(-1) ?? ""}: ${message}`;
const tell = (rule: Rule, changes: readonly ExampleResource[] = []) =>
    findingsOf(rule, baseStack(changes), exampleConfig[rule.name] ?? {}, today).map(shown);

/** The example with what it is about not known yet; a name stays what it is. */
const unknownProps = ({ props, ...rest }: ExampleResource): ExampleResource => ({
    ...rest,
    props: Object.fromEntries(
        Object.entries(props).map(([key, value]) => {
            const isName = ["role", "name", "functionName"].includes(key);
            return [key, isName && Object.keys(props).length > 1 ? value : unknown];
        }),
    ),
});

describe("the rules", () => {
    for (const rule of rules) {
        describe(rule.name, () => {
            it("finds nothing in a stack that keeps it", () => {
                assert.deepEqual(tell(rule), []);
            });

            it("finds nothing in its passing example", () => {
                assert.deepEqual(tell(rule, rule.example.passes), []);
            });

            it("says of its failing example what is, what must be and what to write", () => {
                assert.ok((ruleMessages[rule.name]?.fails.length ?? 0) > 0);
                assert.deepEqual(tell(rule, rule.example.fails), ruleMessages[rule.name]?.fails);
            });

            it("decides without a value that is not known yet, or says when it will", () => {
                const messages = tell(rule, rule.example.fails.map(unknownProps));
                assert.ok(messages.length > 0, "says nothing");
                assert.deepEqual(messages, ruleMessages[rule.name]?.unknown);
            });
        });
    }

    it("are named each once, with a page of AWS and a message table", () => {
        const names = rules.map(({ name }) => name);
        assert.deepEqual(Object.keys(ruleMessages).sort(), [...names].sort());
        assert.equal(new Set(names).size, names.length);
        for (const { page } of rules) assert.match(page, /^https:\/\/docs\.aws\.amazon\.com\//);
    });

    it("call nothing wrong because a value is not known yet, wherever it is", () => {
        for (const { resources, place } of withUnknowns()) {
            const stack = new StackView(resources);
            for (const rule of rules) {
                const wrong = rule
                    .check(stack, exampleConfig[rule.name] ?? {})
                    .filter((finding) => finding.undecided !== true);
                assert.deepEqual(wrong, [], `${rule.name} with ${place} unknown`);
            }
        }
    });

    it("judge by itself what they say that they judge by itself", () => {
        for (const { example, scope, check, name } of rules) {
            if (scope === "stack") continue;
            const resources = baseResources(example.fails);
            const config = exampleConfig[name] ?? {};
            assert.deepEqual(
                resources.flatMap((one) => check(new StackView([one]), config)),
                check(new StackView(resources), config),
                name,
            );
        }
    });
});

/** The base stack with each property of each resource not known in turn, as a preview has them. */
function* withUnknowns(): Generator<{ resources: StackResource[]; place: string }> {
    const base = baseResources();
    for (const [index, resource] of base.entries()) {
        for (const key of Object.keys(resource.props)) {
            const props: Props = { ...resource.props, [key]: unknown };
            const changed = { ...resource, props };
            const place = `${resource.name} ${key}`;
            yield { resources: base.with(index, changed), place };
        }
    }
}
