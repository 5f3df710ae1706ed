import assert from "node:assert/strict";
import { evaluate } from "../../../access";
import { conditionCases } from "../../oracle/conditionExamples";
import { cases, doc, full, user } from "../../oracle/decisionExamples";
import { naiveDecision } from "../../oracle/naiveEvaluator";
import type { Caller, Decision, Policies, Request } from "../../oracle/types";

// What AWS's pages decide, worked out by hand: it holds the second evaluator itself to account.
for (const [page, rows] of Object.entries(conditionCases)) {
    describe(`the second evaluator on conditions of ${page}`, () => {
        for (const [name, condition, context, holds] of rows) {
            it(`takes ${name} as ${holds ? "met" : "not met"}`, () => {
                const policies = { identity: [doc({ ...full, Condition: condition })] };
                decides(user, { context }, policies, holds ? "allow" : "implicitDeny");
            });
        }
    });
}

for (const [page, rows] of Object.entries(cases)) {
    describe(`the second evaluator on ${page}`, () => {
        for (const { name, caller, request, policies, decision } of rows) {
            it(`answers ${decision} to ${name}`, () => {
                decides(caller, request ?? {}, policies, decision);
            });
        }
    });
}

function decides(
    principal: Caller,
    asked: Partial<Request>,
    given: Partial<Policies>,
    decision: Decision,
): void {
    const request = {
        principal,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::amzn-s3-demo-bucket/key",
        resourceAccountId: "111122223333",
        ...asked,
    };
    const policies = { identity: [], ...given };
    assert.equal(naiveDecision(request, policies), decision, "the second evaluator");
    assert.equal(evaluate(request, policies).decision, decision, "access");
}
