import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../../access";
import { plainScenarios, scenarios, type Scenario } from "../../oracle/arbitraries";
import { naiveDecision } from "../../oracle/naiveEvaluator";

/** The long lane sets `ORACLE_RUNS=100000`. */
const numRuns = Number(process.env["ORACLE_RUNS"] ?? 3_000);

describe("access beside a second evaluator", function () {
    this.timeout(20_000 + 10 * numRuns);

    it("decides as the second evaluator does", () => {
        fc.assert(fc.property(scenarios, decidesAlike), { numRuns });
    });

    it("reads each condition, action and resource as the second evaluator does", () => {
        fc.assert(fc.property(plainScenarios, decidesAlike), { numRuns });
    });
});

function decidesAlike({ request, policies }: Scenario): void {
    const { decision } = evaluate(request, policies);
    const second = naiveDecision(request, policies);
    assert.equal(
        decision,
        second,
        `access decides ${decision}, the second evaluator ${second}:\n` +
            JSON.stringify({ request, policies }, null, 2),
    );
}
