import assert from "node:assert/strict";
import {
    constraintId,
    problemsOf,
    typeConstraints,
    type Constraint,
    type Rule,
} from "../../../agentcore/constraints";
import { placesOf } from "../../../agentcore/constraints/places";
import { withDocuments } from "../../../local/providers/check";
import { caseTables, inputsOf, Providers, type CaseTable, type Inputs } from "./providersFixture";

const tables = caseTables();

describe("the providers' Check", () => {
    let providers: Providers;
    before(async () => {
        providers = await new Providers().start();
    });
    after(() => providers.stop());

    for (const table of tables) {
        describe(`of ${table.type}`, () => {
            for (const one of table.cases) {
                const verb = one.refused === undefined ? "accepts" : "refuses";
                it(`${verb} ${one.what}`, async () => {
                    const failures = await providers.failures(table.type, inputsOf(table, one));
                    assert.deepEqual(failures, one.refused ?? []);
                });
            }
        });
    }
});

describe("the tables of cases", () => {
    it("are about every type that has constraints, once", () => {
        assert.deepEqual(
            tables.map(({ type }) => type).sort(),
            Object.keys(typeConstraints).sort(),
        );
    });

    for (const table of tables) {
        for (const constraint of typeConstraints[table.type]) {
            // Diff and Update are asked about these, in providersRefusals.test.ts.
            if (constraint.rule.kind === "createOnly") continue;
            it(`keep and break: ${constraintId(constraint)} of ${table.type}`, () => {
                const { kept, broken } = trials(table, constraint);
                assert.notEqual(broken.length, 0, "no case breaks it");
                assert.notEqual(kept.length, 0, "no case keeps it");
                const { mostKept, leastKept, mostBroken, leastBroken } = bounds(constraint.rule);
                const sizes = (inputs: Inputs[]) =>
                    inputs.flatMap((one) => sizesOf(constraint, one));
                for (const size of [leastKept, mostKept]) {
                    if (size === undefined) continue;
                    assert.ok(sizes(kept).includes(size), `no case keeps it with ${size}`);
                }
                for (const size of [leastBroken, mostBroken]) {
                    if (size === undefined || size < 0) continue;
                    assert.ok(sizes(broken).includes(size), `no case breaks it with ${size}`);
                }
            });
        }
    }
});

/** The cases that have a value for a constraint to be about, by whether they keep it. */
function trials(table: CaseTable, constraint: Constraint) {
    const documents = table.type.startsWith("aws:") ? ["assumeRolePolicy", "policy"] : [];
    const inputs = table.cases.map((one) => withDocuments(inputsOf(table, one), documents));
    const isBroken = (one: Inputs) => problemsOf([constraint], one).length > 0;
    return {
        kept: inputs.filter((one) => !isBroken(one) && valuesAt(constraint, one).length > 0),
        broken: inputs.filter(isBroken),
    };
}

function valuesAt({ path }: Constraint, inputs: Inputs): unknown[] {
    return placesOf(inputs, path, () => false)
        .map(({ value }) => value)
        .filter((value) => value !== undefined);
}

/** The sizes on both sides of a rule's bounds. */
function bounds(rule: Rule): {
    leastKept?: number;
    mostKept?: number;
    leastBroken?: number;
    mostBroken?: number;
} {
    switch (rule.kind) {
        case "characters":
        case "items":
        case "range":
            return {
                leastKept: rule.min,
                mostKept: rule.max,
                leastBroken: rule.min - 1,
                mostBroken: rule.max + 1,
            };
        case "entries":
        case "bytes":
        case "solidCharacters":
            return { mostKept: rule.max, mostBroken: rule.max + 1 };
        default:
            return {};
    }
}

function sizesOf(constraint: Constraint, inputs: Inputs): number[] {
    return valuesAt(constraint, inputs).map((value) => {
        switch (constraint.rule.kind) {
            case "range":
                return value as number;
            case "bytes":
                return Buffer.byteLength(JSON.stringify(value));
            case "solidCharacters":
                return String(value).replace(/\s/g, "").length;
            case "entries":
                return Object.keys(value as object).length;
            default:
                return (value as string | unknown[]).length;
        }
    });
}
