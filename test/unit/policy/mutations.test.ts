import assert from "node:assert/strict";
import { judge } from "../../../policy/judge";
import type { Pack } from "../../../policy/rules/rule";
import { fromState, type StateResource } from "../../../policy/sources";
import { StackView } from "../../../policy/stackView";
import {
    developer,
    hubAccount,
    hubConfig,
    operators,
    spokeAccount,
    spokeConfig,
} from "../../helpers/configs";
import { harmless } from "./harmless";
import { mutationsOf } from "./mutator";
import { deployedStacks, teamConfig } from "./stackFixture";

const packs = ["provider", "consumer"] as const;
const found = (pack: Pack, resources: readonly StateResource[], config = teamConfig) =>
    judge(pack, new StackView(fromState(resources)), { config, today: "2026-11-21" }).map(
        ({ rule, message }) => `${rule.name}: ${message}`,
    );

describe("the packs over the stacks that the program makes", function () {
    this.timeout(300_000);
    let shipped: Record<Pack, StateResource[]>;
    let article: Record<Pack, StateResource[]>;
    let operated: Record<Pack, StateResource[]>;
    before(async () => {
        shipped = await deployedStacks();
        article = await deployedStacks({
            provider: hubConfig([developer]),
            consumer: spokeConfig(spokeAccount, ["developer", "auditor"]),
        });
        operated = await deployedStacks({
            provider: { ...hubConfig([developer]), ...operators(hubAccount) },
            consumer: {
                ...spokeConfig(spokeAccount, ["developer"]),
                operators: { readOnly: operators(spokeAccount).operators.readOnly },
            },
        });
    });

    it("find nothing in them, with a config and without", () => {
        for (const pack of packs) {
            for (const stacks of [shipped, article, operated]) {
                assert.deepEqual(found(pack, stacks[pack]), []);
                assert.deepEqual(found(pack, stacks[pack], {}), []);
            }
        }
    });

    it("find every change of one place in them that does harm", () => {
        const uses = harmless.map(() => 0);
        const survivors: string[] = [];
        let [changes, refused] = [0, 0];
        for (const stacks of [shipped, article, operated]) {
            for (const pack of packs) {
                for (const { id, resources } of mutationsOf(stacks[pack])) {
                    changes++;
                    if (found(pack, resources).length > 0) {
                        refused++;
                        continue;
                    }
                    const known = harmless.findIndex(({ matches }) => matches.test(id));
                    if (known < 0) survivors.push(`${pack} ${id}`);
                    else uses[known] = (uses[known] ?? 0) + 1;
                }
            }
        }
        console.log(
            `        ${changes} changes: ${refused} refused, ${changes - refused - survivors.length} harmless, ${survivors.length} survive`,
        );
        assert.ok(changes >= 150, `only ${changes} changes`);
        assert.deepEqual(survivors, []);
        assert.deepEqual(
            harmless.filter((_, index) => uses[index] === 0),
            [],
            "Reasons that no change needs",
        );
    });
});
