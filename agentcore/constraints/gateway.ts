import { limits } from "../limits";
import { mcpRevisions } from "../mcp";
import {
    bytes,
    characters,
    constraints,
    createOnly,
    entries,
    exactlyOneOf,
    items,
    json,
    keys,
    list,
    map,
    object,
    oneOf,
    pattern,
    range,
    required,
    text,
    toolSchema,
    type Constraint,
    wholeNumber,
} from "./constraint";

const model = "botocore model bedrock-agentcore-control 2023-06-05";
const limitsPage = "AgentCore devguide, bedrock-agentcore-limits";
const cloudFormation =
    "the AWS::BedrockAgentCore schemas that @pulumi/aws-native 1.79.0 is made of";

const iamProvider = "credentialProviderConfigurations[].credentialProvider.iamCredentialProvider";

/** The endpoint of an MCP server target, and what its calls are signed for. */
const httpsUrl = { pattern: /^https:\/\/.*$/, rule: "a URL that begins with https://" };
const signingService = {
    pattern: /^[a-zA-Z0-9._-]{1,64}$/,
    rule: "1-64 letters, digits or any of ._-",
};
const signingRegion = { pattern: /^[a-zA-Z0-9-]{1,32}$/, rule: "1-32 letters, digits or hyphens" };

/** `aws-native:bedrockagentcore:Gateway`. */
export const gateway: readonly Constraint[] = [
    ...constraints(`${model}, CreateGateway`, {
        name: [text, pattern(limits.gatewayName)],
        description: [text, characters(limits.gatewayDescriptionCharacters)],
        roleArn: [
            required,
            text,
            characters(limits.gatewayRoleArnCharacters),
            pattern(limits.gatewayRoleArn),
        ],
        authorizerType: [
            required,
            text,
            oneOf(["CUSTOM_JWT", "AWS_IAM", "NONE", "AUTHENTICATE_ONLY"]),
        ],
        protocolType: [text, oneOf(["MCP"])],
        protocolConfiguration: [object, exactlyOneOf("mcp")],
        "protocolConfiguration.mcp": [object],
        "protocolConfiguration.mcp.supportedVersions": [list],
        "protocolConfiguration.mcp.supportedVersions[]": [text],
        "protocolConfiguration.mcp.instructions": [
            text,
            characters(limits.gatewayInstructionsCharacters),
        ],
        "protocolConfiguration.mcp.searchType": [text, oneOf(["SEMANTIC"])],
        exceptionLevel: [text, oneOf(["DEBUG"])],
        tags: [map, entries(limits.tagsPerResource), keys(limits.gatewayTagKey)],
        "tags{}": [text, pattern(limits.gatewayTagValue)],
    }),
    ...constraints("Tagging AWS resources user guide, tag naming limits", {
        tags: [{ kind: "reservedKeyPrefix", prefix: "aws:" }],
    }),
    ...constraints(
        "AgentCore devguide, gateway-using; the model takes any text",
        { "protocolConfiguration.mcp.supportedVersions[]": [oneOf(mcpRevisions)] },
        "inferred",
    ),
];

/** `aws-native:bedrockagentcore:GatewayTarget`. */
export const gatewayTarget: readonly Constraint[] = [
    ...constraints(`${model}, CreateGatewayTarget`, {
        gatewayIdentifier: [required, text, pattern(limits.gatewayId)],
        name: [text, pattern(limits.targetName)],
        description: [text, characters(limits.targetDescriptionCharacters)],
        targetConfiguration: [required, object, exactlyOneOf("mcp", "http", "inference")],
        "targetConfiguration.mcp": [
            object,
            exactlyOneOf(
                ...["openApiSchema", "smithyModel", "lambda", "mcpServer", "apiGateway"],
                "connector",
            ),
        ],
        "targetConfiguration.mcp.lambda": [object],
        "targetConfiguration.mcp.lambda.lambdaArn": [
            required,
            text,
            characters(limits.targetLambdaArnCharacters),
            pattern(limits.targetLambdaArn),
        ],
        "targetConfiguration.mcp.lambda.toolSchema": [
            required,
            object,
            exactlyOneOf("inlinePayload", "s3"),
        ],
        "targetConfiguration.mcp.lambda.toolSchema.inlinePayload": [list],
        "targetConfiguration.mcp.mcpServer": [object],
        "targetConfiguration.mcp.mcpServer.endpoint": [required, text, pattern(httpsUrl)],
        "targetConfiguration.mcp.mcpServer.listingMode": [text, oneOf(["DEFAULT", "DYNAMIC"])],
        "targetConfiguration.mcp.mcpServer.resourcePriority": [
            wholeNumber,
            range(limits.resourcePriority),
        ],
        credentialProviderConfigurations: [list, items(limits.credentialProvidersPerTarget)],
        "credentialProviderConfigurations[]": [object],
        "credentialProviderConfigurations[].credentialProviderType": [
            required,
            text,
            oneOf([
                ...["GATEWAY_IAM_ROLE", "OAUTH", "API_KEY", "CALLER_IAM_CREDENTIALS"],
                "JWT_PASSTHROUGH",
            ]),
        ],
        "credentialProviderConfigurations[].credentialProvider": [
            object,
            exactlyOneOf(
                ...["oauthCredentialProvider", "apiKeyCredentialProvider"],
                "iamCredentialProvider",
            ),
        ],
        [iamProvider]: [object],
        [`${iamProvider}.service`]: [required, text, pattern(signingService)],
        [`${iamProvider}.region`]: [text, pattern(signingRegion)],
    }),
    ...constraints(
        "AgentCore devguide, gateway-add-target-lambda; bedrock-agentcore-starter-toolkit#56",
        { credentialProviderConfigurations: [required] },
    ),
    ...constraints(`${limitsPage} for the most`, {
        "targetConfiguration.mcp.lambda.toolSchema.inlinePayload": [items(limits.toolsPerTarget)],
    }),
    ...constraints(
        `${limitsPage}: 1 MB; that it is 2^20 bytes, of the list as JSON, is a guess`,
        {
            "targetConfiguration.mcp.lambda.toolSchema.inlinePayload": [
                bytes(limits.inlineSchemaBytes),
            ],
        },
        "inferred",
    ),
    ...constraints(
        "the model's ToolDefinition, sure; that names differ, that required names are properties, and that the input is an object are guesses",
        { "targetConfiguration.mcp.lambda.toolSchema.inlinePayload": [toolSchema] },
        "inferred",
    ),
    ...constraints(cloudFormation, { gatewayIdentifier: [createOnly] }),
];

/** `aws-native:bedrockagentcore:ResourcePolicy`. */
export const resourcePolicy: readonly Constraint[] = [
    ...constraints(`${model}, PutResourcePolicy`, {
        resourceArn: [required, text, characters(limits.policyResourceArnCharacters)],
        policy: [required, text, characters(limits.resourcePolicyCharacters)],
    }),
    ...constraints("AgentCore devguide, resource-based-policies", { policy: [json] }),
    ...constraints(cloudFormation, {
        resourceArn: [pattern(limits.policyResourceArn), createOnly],
    }),
];
