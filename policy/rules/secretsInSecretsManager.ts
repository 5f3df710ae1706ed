import { at, type StackResource } from "../resource";
import { example } from "./examples";
import { violation, type Finding, type Rule } from "./rule";

/** Where each type takes a secret as it is. */
const plainSecrets: Readonly<Record<string, readonly string[]>> = {
    "aws-native:bedrockagentcore:ApiKeyCredentialProvider": ["apiKey"],
    "aws:bedrock/agentcoreApiKeyCredentialProvider:AgentcoreApiKeyCredentialProvider": [
        "apiKey",
        "apiKeyWo",
    ],
};
const oauth2Types: readonly string[] = [
    "aws-native:bedrockagentcore:OAuth2CredentialProvider",
    "aws:bedrock/agentcoreOauth2CredentialProvider:AgentcoreOauth2CredentialProvider",
];
const parameterTypes: readonly string[] = [
    "aws:ssm/parameter:Parameter",
    "aws-native:ssm:Parameter",
];

/** A secret has one place, where it is rotated and its readers are logged. */
export const secretsInSecretsManager: Rule = {
    name: "secrets-in-secrets-manager",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-permissions.html",
    description:
        "Credential providers refer to a secret in Secrets Manager and do not hold it; no parameter of Systems Manager is a SecureString.",
    example: {
        fails: [example("apiKey", "weather", { name: "weather", apiKey: "hunter2" })],
        passes: [
            example("apiKey", "weather", {
                name: "weather",
                apiKeySecretConfig: { secretId: "weather-key", jsonKey: "key" },
                apiKeySecretSource: "EXTERNAL",
            }),
        ],
    },
    check: (stack) =>
        stack.resources.flatMap(({ urn, type, props }) => [
            ...(plainSecrets[type] ?? [])
                .filter((path) => at(props, path) !== undefined && at(props, path) !== null)
                .map((path) => plain(urn, path)),
            ...(oauth2Types.includes(type) ? clientSecrets({ urn, props }) : []),
            ...(parameterTypes.includes(type) && props["type"] === "SecureString"
                ? [plain(urn, "value")]
                : []),
        ]),
};

function clientSecrets({ urn, props }: Pick<StackResource, "urn" | "props">): Finding[] {
    const found: Finding[] = [];
    const look = (value: unknown, path: string): void => {
        if (typeof value !== "object" || value === null) return;
        for (const [key, member] of Object.entries(value)) {
            if (key === "clientSecret" && member !== undefined)
                found.push(plain(urn, `${path}${key}`));
            else look(member, `${path}${key}.`);
        }
    };
    look(props["oauth2ProviderConfigInput"] ?? props["oauth2ProviderConfig"], "");
    return found;
}

function plain(urn: string, path: string): Finding {
    return violation(urn, path, {
        got: "a secret (not shown)",
        must: "a reference to a secret in Secrets Manager",
        instead: "keep the secret there, and write its id",
    });
}
