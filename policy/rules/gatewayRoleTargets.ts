import { runtimeEndpointArn } from "../../agentcore/runtime";
import { unknown } from "../resource";
import { missingOf } from "../rolePermissions";
import type { Role } from "../roles";
import type { StackView } from "../stackView";
import type { Worker } from "../workers";
import { allow, example, hub, policy } from "./examples";
import { excessOfRole } from "./roleExcess";
import { undecided, violation, type Finding, type Rule } from "./rule";

/** A gateway reaches its targets, and nothing else in the account. */
export const gatewayRoleTargets: Rule = {
    name: "gateway-role-targets",
    pack: "provider",
    severity: "high",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-prerequisites-permissions.html",
    description:
        "A gateway's role can invoke exactly the functions, runtimes and APIs that its targets name: none is missing, and nothing else is there.",
    config: ["allowedActions"],
    example: {
        fails: [
            example("rolePolicy", "tools-invoke-targets", {
                policy: policy(
                    allow(
                        "lambda:InvokeFunction",
                        "arn:aws:lambda:us-east-1:111122223333:function:*",
                    ),
                    allow("bedrock-agentcore:InvokeAgentRuntime", [
                        hub.runtime,
                        runtimeEndpointArn(hub.runtime),
                    ]),
                ),
            }),
        ],
        passes: [
            example("rolePolicy", "tools-invoke-targets", {
                policy: policy(
                    allow("lambda:InvokeFunction", hub.tool),
                    allow("bedrock-agentcore:InvokeAgentRuntime", [
                        hub.runtime,
                        runtimeEndpointArn(hub.runtime),
                    ]),
                ),
            }),
        ],
    },
    check: (stack, config) =>
        stack.gateways.flatMap((gateway) => {
            const { role } = gateway;
            if (role === undefined || role === unknown) return [];
            return [...excessOfRole(stack, role, config), ...missingFor(stack, gateway, role)];
        }),
};

/** What a target needs and the role has not. */
function missingFor(stack: StackView, gateway: Worker, role: Role): Finding[] {
    return stack.targetsOf(gateway).flatMap(({ resource, lambdaArn, runtime }) => {
        const needs: (readonly [string, string])[] = [
            ...(typeof lambdaArn === "string"
                ? [["lambda:InvokeFunction", lambdaArn] as const]
                : []),
            ...(runtime === undefined
                ? []
                : [
                      runtime.runtimeArn,
                      runtimeEndpointArn(runtime.runtimeArn, runtime.qualifier),
                  ].map((arn) => ["bedrock-agentcore:InvokeAgentRuntime", arn] as const)),
        ];
        const missing = missingOf(stack, role, needs);
        if (missing === undefined) return [undecided(resource.urn, "targetConfiguration")];
        return missing.map(([action, arn]) =>
            violation(resource.urn, "targetConfiguration", {
                got: `${arn}, which ${role.resource.name} may not call`,
                must: `allowed to it by ${action}`,
                instead: `add ${action} on ${arn} to the role's policy`,
            }),
        );
    });
}
