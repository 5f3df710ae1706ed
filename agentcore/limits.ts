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
    /** What the service makes of the name: CreateGatewayTarget `gatewayIdentifier`. */
    gatewayId: {
        pattern: /^(?:[0-9a-z]-?){1,100}-[0-9a-z]{10}$/,
        rule: "a gateway's id: lower-case letters, digits and single hyphens, ending in - and ten characters",
    },
    /** CreateRole `RoleName`. */
    roleName: {
        pattern: /^[\w+=,.@-]{1,64}$/,
        rule: "1-64 letters, digits or any of _+=,.@-",
    },
    /** CreateRole `Path`. */
    rolePath: {
        pattern: /^(?:\/|\/[!-\x7f]+\/)$/,
        rule: "/, or printable ASCII that begins and ends with /",
    },
    rolePathCharacters: { min: 1, max: 512 },
    /** CreateRole `Description`. */
    roleDescription: {
        pattern: /^[\t\n\r\x20-\x7e\xa1-\xff]*$/,
        rule: "text of Latin-1 characters",
    },
    roleDescriptionCharacters: { min: 0, max: 1000 },
    /** PutRolePolicy `PolicyName`. */
    rolePolicyName: {
        pattern: /^[\w+=,.@-]{1,128}$/,
        rule: "1-128 letters, digits or any of _+=,.@-",
    },
    /** AssumeRole `RoleSessionName` (botocore model `sts` 2011-06-15). */
    roleSessionName: {
        pattern: /^[\w+=,.@-]{2,64}$/,
        rule: "2-64 letters, digits or any of _+=,.@-",
    },
    /** `policyDocumentType` of IAM: printable Latin-1. */
    policyDocument: {
        pattern: /^[\t\n\r\x20-\xff]+$/,
        rule: "text of Latin-1 characters",
    },
    /** CreateGateway `roleArn`. */
    gatewayRoleArn: {
        pattern: /^arn:aws(?:-[^:]+)?:iam::(?:[0-9]{12})?:role\/.+$/,
        rule: "the ARN of a role",
    },
    gatewayRoleArnCharacters: { min: 1, max: 2048 },
    /** `LambdaFunctionArn` of a target: an alias or version may follow. */
    targetLambdaArn: {
        pattern:
            /^arn:(?:aws[a-zA-Z-]*)?:lambda:[a-z]{2}(?:-gov)?-[a-z]+-\d:\d{12}:function:[a-zA-Z0-9-_.]+(?::(?:\$LATEST|[a-zA-Z0-9-_]+))?$/,
        rule: "the ARN of a Lambda function",
    },
    targetLambdaArnCharacters: { min: 1, max: 170 },
    /** PutResourcePolicy `resourceArn`; the pattern is CloudFormation's. */
    policyResourceArn: {
        pattern: /^arn:[a-z0-9-]+:bedrock-agentcore:[a-z0-9-]*:[0-9]{12}:.+$/s,
        rule: "the ARN of an AgentCore resource",
    },
    policyResourceArnCharacters: { min: 20, max: 1011 },
    /** CreateFunction `FunctionName`, as a bare name (Lambda developer guide). */
    functionName: {
        pattern: /^[a-zA-Z0-9-_]{1,64}$/,
        rule: "1-64 letters, digits, hyphens or underscores",
    },
    /** CreateFunction `Role`. */
    functionRoleArn: {
        pattern: /^arn:(?:aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/,
        rule: "the ARN of a role",
    },
    /** CreateFunction `Handler`. */
    functionHandler: { pattern: /^[^\s]+$/, rule: "text without white space" },
    functionHandlerCharacters: { min: 1, max: 128 },
    functionDescriptionCharacters: { min: 0, max: 256 },
    /** CreateFunction `Environment.Variables`: names, and all of it as JSON (Lambda quotas page). */
    environmentName: {
        pattern: /^[a-zA-Z][a-zA-Z0-9_]+$/,
        rule: "two or more letters, digits or underscores, a letter first",
    },
    environmentBytes: { max: 4096 },
    /** CreateLogGroup `logGroupName`. */
    logGroupName: {
        pattern: /^[.\-_/#A-Za-z0-9]{1,512}$/,
        rule: "1-512 letters, digits or any of ._-/#",
    },
    /** Tags of IAM: letters, digits and white space of any script. */
    iamTagKey: {
        pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
        rule: "1-128 letters, digits, spaces or any of _.:/=+-@",
    },
    iamTagValue: {
        pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
        rule: "0-256 letters, digits, spaces or any of _.:/=+-@",
    },
    /** Tags of AgentCore: ASCII. */
    gatewayTagKey: {
        pattern: /^[a-zA-Z0-9\s._:/=+@-]{1,128}$/,
        rule: "1-128 ASCII letters, digits, spaces or any of ._:/=+@-",
    },
    gatewayTagValue: {
        pattern: /^[a-zA-Z0-9\s._:/=+@-]{0,256}$/,
        rule: "0-256 ASCII letters, digits, spaces or any of ._:/=+@-",
    },
    tagsPerResource: { max: 50 },
    /** The tool's own name (gateway-tool-naming page). */
    toolNameCharacters: { min: 1, max: 256 },
    /** `target___tool`: many models refuse tool names over 64 characters (inferred; AWS allows 256). */
    qualifiedToolNameCharacters: { min: 1, max: 64 },
    /** PutResourcePolicy `policy`. */
    resourcePolicyCharacters: { min: 1, max: 20480 },
    /** Inline policies of one role, in sum, without white space. */
    roleInlinePolicyCharacters: { max: 10240 },
    /** A role's trust policy, by the default quota. */
    trustPolicyCharacters: { max: 2048 },
    targetsPerGateway: { min: 1, max: 100 },
    toolsPerTarget: { min: 1, max: 1000 },
    /** A target's inline tool schema, 1 MB; what AWS counts, and 1 MB as 2^20, are inferred. */
    inlineSchemaBytes: { max: 1024 * 1024 },
    /** Which of two targets with one resource URI has it: the lower (CreateGatewayTarget `resourcePriority`). */
    resourcePriority: { min: 0, max: 1000 },
    credentialProvidersPerTarget: { min: 1, max: 1 },
    gatewayInstructionsCharacters: { min: 1, max: 2048 },
    gatewayDescriptionCharacters: { min: 1, max: 200 },
    targetDescriptionCharacters: { min: 1, max: 200 },
    /** CreateRole `MaxSessionDuration`. */
    sessionSeconds: { min: 3600, max: 43200 },
    /** Lambda quotas page; the model's 5400 s and 32768 MB are for managed instances only (inferred). */
    lambdaTimeoutSeconds: { min: 1, max: 900 },
    lambdaMemoryMb: { min: 128, max: 10240 },
    architecturesPerFunction: { min: 1, max: 1 },
    /** CreateAgentRuntime `agentRuntimeName`. */
    runtimeName: {
        pattern: /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/,
        rule: "1-48 letters, digits or underscores, a letter first",
    },
    /** An endpoint's name, the qualifier of an invocation. */
    runtimeEndpointName: {
        pattern: /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/,
        rule: "1-48 letters, digits or underscores, a letter first",
    },
    /** `idleRuntimeSessionTimeout` and `maxLifetime`. */
    runtimeSeconds: { min: 60, max: 1_209_600 },
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
