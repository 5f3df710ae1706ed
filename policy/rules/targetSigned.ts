import { parseArn } from "../../agentcore/arn";
import { at, hasUnknown, listOf, unknown } from "../resource";
import type { Target } from "../targets";
import { example } from "./examples";
import { shown, undecided, violation, type Finding, type Rule } from "./rule";

const path = "credentialProviderConfigurations[0]";

/** A target is called as the gateway, and signed for what it is. */
export const targetSigned: Rule = {
    name: "target-signed",
    pack: "provider",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-outbound-auth.html",
    description:
        "A Lambda target is called with the gateway's role; a runtime too, signed for bedrock-agentcore in the runtime's region.",
    example: {
        fails: [
            example("target", "tools-echo-tools", {
                credentialProviderConfigurations: [{ credentialProviderType: "JWT_PASSTHROUGH" }],
            }),
        ],
        passes: [
            example("target", "tools-echo-tools", {
                credentialProviderConfigurations: [{ credentialProviderType: "GATEWAY_IAM_ROLE" }],
            }),
        ],
    },
    check: (stack) => stack.targets.flatMap(ofTarget),
};

function ofTarget({ resource, lambdaArn, runtime }: Target): Finding[] {
    const { urn, props } = resource;
    // The classic provider has one object, and AWS's API a list of one.
    const given =
        props["credentialProviderConfigurations"] ?? props["credentialProviderConfiguration"];
    if (lambdaArn === undefined && runtime === undefined) return [];
    if (hasUnknown(given)) return [undecided(urn, path)];
    const [provider] = listOf(given);
    const type =
        at(provider, "credentialProviderType") ??
        (at(provider, "gatewayIamRole") === undefined ? undefined : "GATEWAY_IAM_ROLE");
    if (type !== "GATEWAY_IAM_ROLE") {
        return [
            violation(urn, `${path}.credentialProviderType`, {
                got: shown(type),
                must: "GATEWAY_IAM_ROLE",
                instead: "write GATEWAY_IAM_ROLE, so that the gateway calls with its own role",
            }),
        ];
    }
    if (runtime === undefined) return [];
    const region = parseArn(runtime.runtimeArn)?.region;
    const iam =
        at(provider, "credentialProvider.iamCredentialProvider") ?? at(provider, "gatewayIamRole");
    return Object.entries({ service: "bedrock-agentcore", region })
        .filter(([key, must]) => at(iam, key) !== unknown && at(iam, key) !== must)
        .map(([key, must]) =>
            violation(urn, `${path}.credentialProvider.iamCredentialProvider.${key}`, {
                got: shown(at(iam, key)),
                must: String(must),
                instead: "write that: the runtime refuses another signature",
            }),
        );
}
