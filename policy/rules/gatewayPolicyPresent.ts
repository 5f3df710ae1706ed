import { listOf, unknown } from "../resource";
import type { StackView } from "../stackView";
import type { Worker } from "../workers";
import { example, hub } from "./examples";
import { shown, undecided, violation, type Finding, type Rule } from "./rule";

/** Somebody decided who may call a gateway. */
export const gatewayPolicyPresent: Rule = {
    name: "gateway-policy-present",
    pack: "provider",
    severity: "medium",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html",
    description:
        "Every gateway has one resource policy, or grants that wait for a spoke, or is named as one for its own account.",
    config: ["sameAccountGateways"],
    example: {
        fails: [
            example("resourcePolicy", "tools-grants", {
                resourceArn:
                    "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/other-a1b2c3d4e5",
            }),
        ],
        passes: [example("resourcePolicy", "tools-grants", { resourceArn: hub.gateway })],
    },
    check: (stack, { sameAccountGateways = [] }) =>
        stack.gateways.flatMap((gateway) => {
            if (sameAccountGateways.some((name) => name === gateway.name)) return [];
            return isWaiting(stack, gateway) ? [] : withoutPolicy(stack, gateway);
        }),
};

function isWaiting({ outputs }: StackView, { name }: Worker): boolean {
    const { pendingGrants } = outputs;
    return listOf(pendingGrants).some(
        (grant) => (grant as { gateway?: unknown } | null)?.gateway === name,
    );
}

function withoutPolicy(stack: StackView, { resource, arn, name }: Worker): Finding[] {
    const policies = stack.resourcePolicies.filter(
        ({ resource: { madeFrom }, resourceArn }) =>
            (resourceArn === arn && arn !== unknown) ||
            madeFrom?.["resourceArn"]?.includes(resource.urn) === true,
    );
    if (policies.length === 1) return [];
    const isUnsure = stack.resourcePolicies.some(({ resourceArn }) => resourceArn === unknown);
    if (
        policies.length === 0 &&
        (isUnsure || (arn === unknown && stack.resourcePolicies.length > 0))
    ) {
        return [undecided(resource.urn, "resource policy")];
    }
    return [
        violation(resource.urn, "resource policy", {
            got: `${policies.length === 0 ? "none" : String(policies.length)} for the gateway ${shown(name)}`,
            must: "one, which names its callers",
            instead:
                policies.length === 0
                    ? `make a ResourcePolicy with its ARN; or, where only its own account calls it, add ${shown(name)} to this rule's sameAccountGateways`
                    : "bring their statements together in one: AWS keeps the last that is put",
        }),
    ];
}
