import { statementsOf } from "../documents";
import { isOperator } from "../operators";
import type { Role } from "../roles";
import type { StackView } from "../stackView";
import { allow, example, hub, policy } from "./examples";
import { excessOfRole } from "./roleExcess";
import type { Rule } from "./rule";

/** A role that calls gateways is for that. */
export const callerOnlyInvokes: Rule = {
    name: "caller-only-invokes",
    pack: "consumer",
    severity: "medium",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    description:
        "A role that people or other roles take on invokes gateways, and has no other action; others are named in the config. An operator's role, which calls nothing, is for operator-role-nothing-else.",
    config: ["allowedActions"],
    example: {
        fails: [
            example("rolePolicy", "developer-invoke-gateways", {
                policy: policy(
                    allow("bedrock-agentcore:InvokeGateway", hub.gateway),
                    allow("s3:GetObject", "arn:aws:s3:::payroll/2026.csv"),
                ),
            }),
        ],
        passes: [
            example("rolePolicy", "developer-invoke-gateways", {
                policy: policy(allow("bedrock-agentcore:InvokeGateway", hub.gateway)),
            }),
        ],
    },
    check: (stack, config) =>
        stack.roles
            .filter((role) => isCaller(stack, role))
            .flatMap((role) => excessOfRole(stack, role, config, ["unlisted", "gateways"])),
};

/** Whether people or other roles take the role on, it has a policy, and is no operator's. */
function isCaller(stack: StackView, role: Role): boolean {
    if (stack.workersOf(role).length > 0 || isOperator(stack, role)) return false;
    const isService = statementsOf(role.trust).some(
        ({ statement }) => (statement.principal?.element.services.size ?? 0) > 0,
    );
    return !isService && stack.documentsOf(role).length > 0;
}
