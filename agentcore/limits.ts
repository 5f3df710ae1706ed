/**
 * What AWS accepts: name patterns, sizes and counts that the program checks before it deploys.
 * Sources: the botocore service models `bedrock-agentcore-control` 2023-06-05, `iam` 2010-05-08 and
 * `lambda` 2015-03-31, and the AgentCore limits page
 * (https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html). All *sure*
 * unless a line says otherwise.
 */
export const limits = {
    /** Account ids are 12 digits. */
    accountId: { pattern: /^\d{12}$/, rule: "12 digits" },
    /** CreateGateway `name`; the service appends `-` and ten characters to make the id. */
    gatewayName: {
        pattern: /^(?:[0-9a-zA-Z]-?){1,48}$/,
        rule: "1-48 letters and digits, with single hyphens between them",
    },
    /** CreateGatewayTarget `name`: no underscore, so that `___` splits a tool's full name. */
    targetName: {
        pattern: /^(?:[0-9a-zA-Z]-?){1,100}$/,
        rule: "1-100 letters and digits, with single hyphens between them (no underscore)",
    },
    /** CreateRole `RoleName`. */
    roleName: {
        pattern: /^[\w+=,.@-]{1,64}$/,
        rule: "1-64 letters, digits or any of _+=,.@-",
    },
    /** `target___tool`: many models refuse tool names over 64 characters (inferred; AWS allows 256). */
    qualifiedToolNameCharacters: { min: 1, max: 64 },
    /** PutResourcePolicy `policy`. */
    resourcePolicyCharacters: { min: 1, max: 20480 },
    /** Inline policies of one role, in sum, without white space. */
    roleInlinePolicyCharacters: { min: 1, max: 10240 },
    /** A role's trust policy, by the default quota. */
    trustPolicyCharacters: { min: 1, max: 2048 },
    targetsPerGateway: { min: 1, max: 100 },
    toolsPerTarget: { min: 1, max: 1000 },
    gatewayInstructionsCharacters: { min: 1, max: 2048 },
    gatewayDescriptionCharacters: { min: 1, max: 200 },
    /** CreateRole `MaxSessionDuration`. */
    sessionSeconds: { min: 3600, max: 43200 },
    lambdaTimeoutSeconds: { min: 1, max: 900 },
    lambdaMemoryMb: { min: 128, max: 10240 },
    /** The values that CloudWatch Logs accepts for `retentionInDays`. */
    logRetentionDays: [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
        3288, 3653,
    ],
} as const;

/** The number of characters that the service appends to a gateway's name: a hyphen and ten letters or digits. */
export const gatewayIdSuffixCharacters = 11;

/**
 * The AWS partition of a region: `aws`, `aws-cn` or `aws-us-gov`.
 */
export function partitionOf(region: string): string {
    if (region.startsWith("cn-")) return "aws-cn";
    return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
