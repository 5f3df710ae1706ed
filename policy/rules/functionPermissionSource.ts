import { isExactPrincipalArn } from "../../agentcore/arn";
import { isPattern } from "../documents";
import { permissionTypes } from "../kinds";
import { unknown, type StackResource } from "../resource";
import { example, hub } from "./examples";
import { shown, undecided, violation, type Finding, type Rule } from "./rule";

/** A service calls a function for whom it is meant for. */
export const functionPermissionSource: Rule = {
    name: "function-permission-source",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html",
    description:
        "A function's policy lets in exact roles, or a service with the account and the exact ARN that it acts for; and only to invoke it.",
    example: {
        fails: [
            example("permission", "echo-tool-permission", {
                action: "lambda:InvokeFunction",
                function: "echo-tool",
                principal: "bedrock-agentcore.amazonaws.com",
            }),
        ],
        passes: [
            example("permission", "echo-tool-permission", {
                action: "lambda:InvokeFunction",
                function: "echo-tool",
                principal: "bedrock-agentcore.amazonaws.com",
                sourceAccount: hub.account,
                sourceArn: hub.gateway,
            }),
        ],
    },
    check: (stack) => stack.ofTypes(permissionTypes).flatMap(inPermission),
};

function inPermission({ urn, props }: StackResource): Finding[] {
    const { action, principal, sourceArn, sourceAccount } = props;
    const invoking = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"];
    const findings =
        action === unknown || invoking.includes(String(action))
            ? []
            : [
                  violation(urn, "action", {
                      got: shown(action),
                      must: invoking.join(" or "),
                      instead: "write lambda:InvokeFunction",
                  }),
              ];
    if (principal === unknown) return [...findings, undecided(urn, "principal")];
    if (isExactPrincipalArn(String(principal))) return findings;
    if (!String(principal).endsWith(".amazonaws.com")) {
        const must =
            "the exact ARN of a role, or a service such as bedrock-agentcore.amazonaws.com";
        return [
            ...findings,
            violation(urn, "principal", {
                got: shown(principal),
                must,
                instead: "name the role that is meant",
            }),
        ];
    }
    for (const [path, value] of Object.entries({ sourceArn, sourceAccount })) {
        if (value === unknown) {
            findings.push(undecided(urn, path));
        } else if (typeof value !== "string" || isPattern(value)) {
            const must =
                path === "sourceArn"
                    ? "the exact ARN of what the service acts for, such as a gateway"
                    : "the 12 digits of the account of what the service acts for";
            findings.push(
                violation(urn, path, {
                    got: shown(value),
                    must,
                    instead: "write sourceArn and sourceAccount",
                }),
            );
        }
    }
    return findings;
}
