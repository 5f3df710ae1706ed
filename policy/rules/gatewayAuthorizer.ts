import { gatewayTypes } from "../kinds";
import { at, hasUnknown, listOf, unknown } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

/** A gateway knows who calls it. */
export const gatewayAuthorizer: Rule = {
    name: "gateway-authorizer",
    pack: "provider",
    severity: "critical",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-inbound-auth.html",
    description:
        "A gateway's callers are authorized: by IAM, or by a JWT of named clients or scopes. NONE lets in everyone, AUTHENTICATE_ONLY whoever has any token.",
    example: {
        fails: [example("gateway", "tools-gateway", { authorizerType: "NONE" })],
        passes: [
            example("gateway", "tools-gateway", {
                authorizerType: "CUSTOM_JWT",
                authorizerConfiguration: {
                    customJwtAuthorizer: {
                        discoveryUrl: "https://example.com/.well-known/openid-configuration",
                        allowedClients: ["client-1"],
                    },
                },
            }),
        ],
    },
    check: (stack) =>
        stack.ofTypes(Object.keys(gatewayTypes)).flatMap(({ urn, props }) => {
            const { authorizerType } = props;
            if (authorizerType === unknown) return [undecided(urn, "authorizerType")];
            if (authorizerType === "AWS_IAM") return [];
            if (authorizerType !== "CUSTOM_JWT") {
                return [
                    violation(urn, "authorizerType", {
                        got: shown(authorizerType),
                        must: "AWS_IAM, or CUSTOM_JWT with allowedClients or allowedScopes",
                        instead: "write AWS_IAM, which asks each caller's own policy",
                    }),
                ];
            }
            const path = "authorizerConfiguration.customJwtAuthorizer";
            const jwt = at(props, path);
            const named = ["allowedClients", "allowedScopes"].map((key) => at(jwt, key));
            if (named.some(isListOfTexts)) return [];
            if (jwt === unknown || named.some(hasUnknown)) return [undecided(urn, path)];
            return [
                violation(urn, path, {
                    got: "neither allowedClients nor allowedScopes",
                    must: "one of them, with a value",
                    instead:
                        "name the clients or the scopes that are let in: without them any token of the issuer is",
                }),
            ];
        }),
};

function isListOfTexts(value: unknown): boolean {
    const list = listOf(value);
    return list.length > 0 && list.every((one) => typeof one === "string" && one !== "");
}
