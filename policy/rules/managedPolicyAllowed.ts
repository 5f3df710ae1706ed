import { identityPolicyTypes, managedPolicyTypes } from "../kinds";
import { listOf, unknown, type StackResource } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Finding, type Rule } from "./rule";

/** A policy that AWS, or another stack, changes is not the role's to choose. */
export const managedPolicyAllowed: Rule = {
    name: "managed-policy-allowed",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/security-iam-awsmanpol.html",
    description:
        "Roles, users, groups and permission sets have policies of the stack, and those managed policies that the config names; no full-access policy of AWS gets in by the way.",
    config: ["allowedManagedPolicies"],
    example: {
        fails: [
            example("attachment", "developer-access", {
                role: "developer",
                policyArn: "arn:aws:iam::aws:policy/BedrockAgentCoreFullAccess",
            }),
        ],
        passes: [],
    },
    check: (stack, { allowedManagedPolicies = [] }) => {
        const own = new Set(
            stack.resources.flatMap(({ type, props }) => {
                const arn = identityPolicyTypes[type]?.arn;
                return arn === undefined ? [] : [props[arn]];
            }),
        );
        const isAllowed = (arn: unknown) =>
            own.has(arn) || allowedManagedPolicies.some((one) => one === arn);
        return stack.resources.flatMap((resource) => inResource(resource, isAllowed));
    },
};

function inResource(
    { type, urn, props }: StackResource,
    isAllowed: (arn: unknown) => boolean,
): Finding[] {
    const property = managedPolicyTypes[type];
    if (property === undefined) return [];
    return listOf(props[property]).flatMap((arn) => {
        if (arn === unknown) return [undecided(urn, property)];
        if (isAllowed(arn)) return [];
        return [
            violation(urn, property, {
                got: shown(arn),
                must: "a policy of this stack, or one of this rule's allowedManagedPolicies",
                instead: "write the statements that are needed in a policy of this stack",
            }),
        ];
    });
}
