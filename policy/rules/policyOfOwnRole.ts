import { listOf, unknown } from "../resource";
import { rolesProperty } from "../rolePolicies";
import { allow, example, hub, policy } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

/** What a role may do is said where the role is. */
export const policyOfOwnRole: Rule = {
    name: "policy-of-own-role",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html",
    description:
        "A role's policy, or its attachment, names a role of the stack: of any other neither the trust nor the rest of its policies can be judged.",
    example: {
        fails: [
            example("rolePolicy", "developer-invoke-gateways", {
                role: "somebody-else",
                policy: policy(allow("bedrock-agentcore:InvokeGateway", hub.gateway)),
            }),
        ],
        passes: [
            example("rolePolicy", "developer-invoke-gateways", {
                role: "developer",
                policy: policy(allow("bedrock-agentcore:InvokeGateway", hub.gateway)),
            }),
        ],
    },
    check: (stack) => {
        const known = new Set(stack.roles.flatMap(({ name, arn }) => [name, arn]));
        return stack.resources.flatMap(({ type, urn, props }) => {
            const property = rolesProperty(type);
            if (property === undefined) return [];
            return listOf(props[property]).flatMap((role) => {
                if (role !== unknown && known.has(role)) return [];
                if (role === unknown || known.has(unknown)) return [undecided(urn, property)];
                return [
                    violation(urn, property, {
                        got: shown(role),
                        must: "a role of this stack",
                        instead:
                            "write the name of a role of this stack, from its output; or put the policy where that role is made",
                    }),
                ];
            });
        });
    },
};
