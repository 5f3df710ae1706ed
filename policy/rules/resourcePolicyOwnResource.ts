import { isGatewayArn } from "../../agentcore/arn";
import { runtimeActions, runtimeOfArn } from "../../agentcore/runtime";
import { readDocument, statementsOf } from "../documents";
import { unknown } from "../resource";
import type { ResourcePolicy } from "../resourcePolicies";
import { allow, example, hub, policy, spoke } from "./examples";
import { oneOf, several, undecided, violation, type Finding, type Rule } from "./rule";

/** A gateway's policy is about that gateway, and about invoking it. */
export const resourcePolicyOwnResource: Rule = {
    name: "resource-policy-own-resource",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html",
    description:
        "The policy of a gateway, a runtime or an endpoint has its own exact ARN as Resource, and only the actions that such a policy may have: of a gateway InvokeGateway alone.",
    example: {
        fails: [
            example("resourcePolicy", "tools-grants", {
                policy: policy({
                    ...allow("bedrock-agentcore:*", "*"),
                    Principal: { AWS: spoke.developer },
                }),
            }),
        ],
        passes: [
            example("resourcePolicy", "tools-grants", {
                policy: policy({
                    ...allow("bedrock-agentcore:InvokeGateway", hub.gateway),
                    Principal: { AWS: spoke.developer },
                }),
            }),
        ],
    },
    check: (stack) => stack.resourcePolicies.flatMap(inPolicy),
};

function inPolicy(policyOf: ResourcePolicy): Finding[] {
    const { document, resourceArn } = policyOf;
    const { urn } = document;
    if (readDocument(document).state === "unknown") return [undecided(urn, document.path)];
    const kindFindings =
        typeof resourceArn === "string" &&
        !isGatewayArn(resourceArn) &&
        runtimeOfArn(resourceArn) === undefined
            ? [
                  violation(urn, "resourceArn", {
                      got: resourceArn,
                      must: "the exact ARN of a gateway, a runtime or an endpoint",
                      instead: "take it from the resource's output",
                  }),
              ]
            : [];
    const actions = actionsFor(resourceArn);
    return [...statementsOf(document), ...statementsOf(document, "Deny")].reduce<Finding[]>(
        (findings, { statement, place }) => [
            ...findings,
            ...actionFindings(urn, place, statement.action, actions),
            ...resourceFindings(urn, place, statement.resource, resourceArn),
        ],
        kindFindings,
    );
}

function actionsFor(resourceArn: unknown): readonly string[] {
    const invokeGateway = ["bedrock-agentcore:InvokeGateway"];
    if (resourceArn === unknown) return [...invokeGateway, ...runtimeActions];
    return isGatewayArn(String(resourceArn)) ? invokeGateway : runtimeActions;
}

function actionFindings(
    urn: string,
    place: string,
    { name, written }: { name: string; written: readonly string[] },
    actions: readonly string[],
): Finding[] {
    const rule = {
        must: oneOf(actions),
        instead: "write each action out, without a wildcard",
    };
    const path = `${place}.${name}`;
    if (name === "NotAction") {
        return [violation(urn, path, { got: `all but ${several(written)}`, ...rule })];
    }
    return written
        .filter((one) => !actions.some((action) => action.toLowerCase() === one.toLowerCase()))
        .map((got) => violation(urn, path, { got, ...rule }));
}

function resourceFindings(
    urn: string,
    place: string,
    resource: { name: string; written: readonly string[] } | undefined,
    resourceArn: unknown,
): Finding[] {
    const written = resource?.written ?? [];
    const path = `${place}.${resource?.name ?? "Resource"}`;
    const got = resource?.name === "NotResource" ? `all but ${several(written)}` : several(written);
    if (resource?.name === "Resource" && written.length === 1) {
        if (written[0] === resourceArn) return [];
        // The ARN in the document is known, and the resource's own is not: it is not made from it.
        if (resourceArn === unknown) return [undecided(urn, path)];
    }
    const must = `${typeof resourceArn === "string" ? resourceArn : "the resource's own ARN"}, the one that the policy is put on`;
    return [
        violation(urn, path, { got, must, instead: "write that ARN alone: AWS takes no other" }),
    ];
}
