import assert from "node:assert/strict";
import { FuzzCloud } from "../fuzz/fuzzCloud";
import { leftoversOf } from "../fuzz/leftovers";
import { runBatch } from "../fuzz/target";
import { targetsOf } from "../fuzz/targets";

const seed = 20261121;
/** About as many as take half a second; `npm run fuzz` is the long form. */
const runs: Readonly<Record<string, number>> = {
    "policy documents": 200,
    "trust documents": 500,
    stores: 300,
    "JSON-RPC": 400,
    headers: 150,
    decisions: 400,
};

describe("Fuzzed inputs", () => {
    it("fail nowhere, and leave nothing behind", async () => {
        const left = await leftoversOf(async () => {
            const cloud = await new FuzzCloud().start();
            try {
                for (const target of targetsOf(cloud)) {
                    const count = runs[target.name] ?? assert.fail(`no runs of ${target.name}`);
                    const { failure } = await runBatch(target, seed, count);
                    if (failure !== undefined) assert.fail(`${target.name}: ${failure}`);
                }
                await cloud.assertWell();
            } finally {
                await cloud.stop();
            }
        });
        assert.deepEqual(left, []);
    });
});
