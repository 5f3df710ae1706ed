import assert from "node:assert/strict";
import { explainPair } from "../../../../cli/explain/explain";
import { InvalidOptions } from "../../../../cli/invalidOptions";
import { TestProject } from "../../../helpers/project";
import { layersOf, unwrapped } from "./explainFixture";
import { allow, arnOf, document, explain, inventoryOf } from "./explainInventory";

describe("a principal's access to a gateway is explained", () => {
    it("by the statements that allow it", () => {
        const report = explain({ principal: "consumer-developer", gateway: "tools" });
        assert.equal(report.answer, "allowed");
        assert.deepEqual(report.signature, { result: "notAsked" });
        assert.match(unwrapped(report), /signature +not asked: no request/);
    });

    it("by the condition that it rests on, and decided where the context has the key", () => {
        const office = { principal: "consumer-office" };
        const open = explain(office);
        assert.equal(open.answer, "conditional");
        assert.deepEqual(open.on, ["from 10.0.0.0/8"]);
        assert.match(unwrapped(open), /may call tools from 10\.0\.0\.0\/8/);
        const inside = explain({ ...office, context: ["aws:SourceIp=10.1.2.3"] });
        assert.equal(inside.answer, "allowed");
        const outside = explain({ ...office, context: ["aws:SourceIp=192.0.2.1"] });
        assert.equal(outside.answer, "refused");
    });

    it("by a permissions boundary, whose own statement is proposed", () => {
        const report = explain({ principal: "consumer-bounded" });
        assert.equal(layersOf(report)["boundary"], "implicitDeny");
        const [change] = report.changes;
        assert.ok(report.changes.length === 1 && change?.kind === "statement");
        assert.deepEqual([change.layer, change.document], ["boundary", "narrow"]);
    });

    it("by the role of the gateway that does not get to the tool", () => {
        const { targets } = inventoryOf().gateways[0] ?? assert.fail();
        const report = explain({ principal: "consumer-developer", tool: "say" }, { targets });
        assert.equal(report.tool, "echo___say");
        const ofTarget = explain({ principal: "consumer-developer", tool: "echo" }, { targets });
        assert.deepEqual(ofTarget.steps, report.steps);
        const refused = report.steps.find(({ decision }) => decision === "refused");
        assert.deepEqual([refused?.action, refused?.target], ["lambda:InvokeFunction", "echo"]);
        const [change] = report.changes;
        assert.ok(change?.kind === "statement");
        assert.deepEqual(change.gains, ["consumer-developer", "consumer-office"]);
    });

    it("never without the policy engine, which is not evaluated", () => {
        const policyEngine = {
            arn: "arn:aws:bedrock-agentcore:::policy-engine/pe",
            mode: "ENFORCE",
        };
        const report = explain({ principal: "consumer-developer" }, { policyEngine });
        assert.equal(report.answer, "conditional");
        assert.match(unwrapped(report), /Cedar +not evaluated: policy engine pe, ENFORCE/);
        const logs = { policyEngine: { ...policyEngine, mode: "LOG_ONLY" } };
        assert.equal(explain({ principal: "consumer-developer" }, logs).answer, "allowed");
    });

    for (const [what, principal] of [
        ["its name", "consumer-agent"],
        ["its stack and name", "consumer/agent"],
        ["its name in config", "agent"],
        ["its role's ARN", arnOf("agent")],
        ["its session's ARN", "arn:aws:sts::444455556666:assumed-role/agent/session"],
    ] as const) {
        it(`where the principal is given by ${what}`, () => {
            assert.equal(explain({ principal }).principal?.name, "consumer-agent");
        });
    }

    for (const [what, options, message] of [
        ["principal", { principal: "consumer-develper" }, /closest .*: consumer-developer/],
        [
            "gateway",
            { principal: "consumer-agent", gateway: "tool" },
            /--gateway: got tool; .*: tools$/,
        ],
        ["tool", { principal: "consumer-agent", tool: "sing" }, /--tool: got sing; .*echo___say/],
        ["context", { principal: "consumer-agent", context: ["x"] }, /--context: got x; must be/],
    ] as const) {
        it(`but not of an unknown ${what}, and the nearest are named`, () => {
            assert.throws(
                () => explainPair({ inventory: inventoryOf() }, options),
                (error) => error instanceof InvalidOptions && message.test(error.message),
            );
        });
    }

    it("with a session policy, which limits it", () => {
        const project = new TestProject();
        const file = `${project.folder}/session.json`;
        project.file("session.json", JSON.stringify(document({ ...allow, Resource: "*" })));
        const wide = explain({ principal: "consumer-developer", sessionPolicy: file });
        project.file(
            "session.json",
            JSON.stringify(document({ Effect: "Allow", Action: "s3:*", Resource: "*" })),
        );
        const narrow = explain({ principal: "consumer-developer", sessionPolicy: file });
        project.remove();
        assert.deepEqual([wide.answer, narrow.answer], ["allowed", "refused"]);
        assert.equal(layersOf(narrow)["session"], "implicitDeny");
    });
});
