import { apiKeyProviderTypes, oauth2ProviderTypes, parameterTypes } from "../kinds";
import { at, type StackResource } from "../resource";
import { example } from "./examples";
import { violation, type Finding, type Rule } from "./rule";

/** A secret has one place, where it is rotated and its readers are logged. */
export const secretsInSecretsManager: Rule = {
    name: "secrets-in-secrets-manager",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_CreateApiKeyCredentialProvider.html",
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
    check: (stack) => [
        ...stack
            .ofTypes(Object.keys(apiKeyProviderTypes))
            .flatMap(({ urn, type, props }) =>
                (apiKeyProviderTypes[type] ?? [])
                    .filter((path) => isThere(at(props, path)))
                    .map((path) => plain(urn, path, "apiKeySecretConfig")),
            ),
        ...stack.ofTypes(Object.keys(oauth2ProviderTypes)).flatMap(clientSecrets),
        ...stack
            .ofTypes(parameterTypes)
            .filter(({ props }) => props["type"] === "SecureString")
            .map(({ urn }) => plain(urn, "value", "what reads it")),
    ],
};

function isThere(value: unknown): boolean {
    return value !== undefined && value !== null;
}

function clientSecrets({ urn, type, props }: StackResource): Finding[] {
    const secretsAt = (value: unknown, path: string): string[] => {
        if (typeof value !== "object" || value === null) return [];
        return Object.entries(value).flatMap(([key, member]) => {
            const here = `${path}.${key}`;
            return key === "clientSecret" && isThere(member) ? [here] : secretsAt(member, here);
        });
    };
    const property = oauth2ProviderTypes[type] ?? "";
    return secretsAt(props[property], property).map((path) =>
        plain(urn, path, "clientSecretConfig"),
    );
}

function plain(urn: string, path: string, reference: string): Finding {
    return violation(urn, path, {
        got: "a secret (not shown)",
        must: "in Secrets Manager, and not in the stack",
        instead: `put it there, and write its id in ${reference}`,
    });
}
