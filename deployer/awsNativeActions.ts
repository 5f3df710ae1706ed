import { reads, type ActionRow, type Operation } from "./row";

/**
 * What the `aws-native` provider calls: Cloud Control, which then calls AgentCore with the deployer's own credentials.
 * Each row is of `handlers.<operation>.permissions` in the type's CloudFormation schema. Left out there is what only
 * these ask for, which the program has not or the local cloud does not model: keys of one's own (`kms:*`), VPCs (`ec2:*`,
 * `vpc-lattice:*`), OAuth and API keys (`GetWorkloadAccessToken…`, `GetResourceOauth2Token`, `secretsmanager:*`), schemas
 * in S3, targets that are API Gateway stages or models (`apigateway:GET`, `bedrock-mantle:*`), versions of an archive
 * (`s3:GetObjectVersion`), `Delete…` where a creation is undone.
 */

const agentcore = "arn:{partition}:bedrock-agentcore:{region}:{account}";
const runtime = `${agentcore}:runtime/{runtimeId}`;
const endpoint = `${runtime}/runtime-endpoint/DEFAULT`;
const gateway = `${agentcore}:gateway/{gatewayId}`;
const directory = `${agentcore}:workload-identity-directory/default`;
/** Named after what it is for, and how the name ends is a guess. */
const runtimeIdentity = `${directory}/workload-identity/{agentRuntimeName}-*`;
const gatewayIdentity = `${directory}/workload-identity/{gatewayName}-*`;
const identityRole =
    "arn:{partition}:iam::{account}:role/aws-service-role/runtime-identity.bedrock-agentcore.amazonaws.com/AWSServiceRoleForBedrockAgentCoreRuntimeIdentity";

const schema = (type: string) =>
    `CloudFormation schema of AWS::BedrockAgentCore::${type}, handlers`;
/** That the handler calls it for a resource like the program's, too, is a guess. */
const runtimeSchema = { known: "inferred", source: schema("Runtime") } as const;
const gatewaySchema = { known: "inferred", source: schema("Gateway") } as const;
const targetSchema = { known: "inferred", source: schema("GatewayTarget") } as const;
/** The operation that the resource is for. */
const runtimeItself = { known: "sure", source: schema("Runtime") } as const;
const gatewayItself = { known: "sure", source: schema("Gateway") } as const;
const targetItself = { known: "sure", source: schema("GatewayTarget") } as const;
const policyItself = { known: "sure", source: schema("ResourcePolicy") } as const;

/** AgentCore's roles are passed at each change: the handlers send all that a resource has. */
const passedRole: ActionRow = {
    actions: ["iam:PassRole"],
    resources: ["{roleArn}"],
    operations: ["create", "update"],
    context: { "iam:PassedToService": "bedrock-agentcore.amazonaws.com" },
    known: "sure",
    source: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html",
};

/** Cloud Control's own actions, which take no resource: one for each operation, and the wait for its end. */
const cloudControl: readonly ActionRow[] = (
    [
        [["CreateResource", "GetResource", "GetResourceRequestStatus"], "create"],
        [["GetResource"], "read"],
        [["UpdateResource", "GetResource", "GetResourceRequestStatus"], "update"],
        [["DeleteResource", "GetResourceRequestStatus"], "delete"],
    ] as const
).map(([names, operation]: readonly [readonly string[], Operation]) => ({
    actions: names.map((name) => `cloudformation:${name}`),
    resources: ["*"],
    operations: [operation],
    known: "sure",
    source: "pulumi-aws-native, provider/pkg/client/client.go; https://docs.aws.amazon.com/service-authorization/latest/reference/list_cloudcontrol.html",
}));

/** By resource type of the `aws-native` package. */
export const awsNativeActions = {
    "aws-native:bedrockagentcore:Runtime": [
        ...cloudControl,
        {
            actions: ["bedrock-agentcore:CreateAgentRuntime"],
            resources: ["*"],
            operations: ["create"],
            ...runtimeItself,
        },
        passedRole,
        {
            actions: ["bedrock-agentcore:CreateAgentRuntimeEndpoint"],
            resources: [runtime],
            operations: ["create"],
            ...runtimeSchema,
        },
        {
            actions: ["bedrock-agentcore:CreateWorkloadIdentity"],
            resources: [directory, runtimeIdentity],
            operations: ["create"],
            ...runtimeSchema,
        },
        {
            actions: ["iam:CreateServiceLinkedRole"],
            resources: [identityRole],
            operations: ["create", "update"],
            context: { "iam:AWSServiceName": "runtime-identity.bedrock-agentcore.amazonaws.com" },
            known: "inferred",
            source: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/service-linked-roles.html; schema of AWS::BedrockAgentCore::Runtime",
        },
        {
            // Whether the deployer's or the role's is checked is an open fact (agentcore/openFacts.ts): both have it.
            actions: ["s3:GetObject"],
            resources: ["arn:{partition}:s3:::{archive}"],
            operations: ["create", "update"],
            ...runtimeSchema,
        },
        {
            actions: ["bedrock-agentcore:GetAgentRuntime", "bedrock-agentcore:ListTagsForResource"],
            resources: [runtime],
            operations: reads,
            ...runtimeItself,
        },
        {
            actions: ["bedrock-agentcore:GetAgentRuntimeEndpoint"],
            resources: [runtime, endpoint],
            operations: reads,
            ...runtimeSchema,
        },
        {
            actions: ["bedrock-agentcore:UpdateAgentRuntime"],
            resources: [runtime],
            operations: ["update"],
            ...runtimeItself,
        },
        {
            actions: ["bedrock-agentcore:UpdateAgentRuntimeEndpoint"],
            resources: [runtime, endpoint],
            operations: ["update"],
            ...runtimeSchema,
        },
        {
            actions: ["bedrock-agentcore:DeleteAgentRuntime", "bedrock-agentcore:GetAgentRuntime"],
            resources: [runtime],
            operations: ["delete"],
            ...runtimeItself,
        },
        {
            actions: [
                "bedrock-agentcore:DeleteAgentRuntimeEndpoint",
                "bedrock-agentcore:GetAgentRuntimeEndpoint",
            ],
            resources: [runtime, endpoint],
            operations: ["delete"],
            ...runtimeSchema,
        },
        {
            actions: ["bedrock-agentcore:DeleteWorkloadIdentity"],
            resources: [directory, runtimeIdentity],
            operations: ["delete"],
            ...runtimeSchema,
        },
    ],
    "aws-native:bedrockagentcore:Gateway": [
        ...cloudControl,
        {
            actions: ["bedrock-agentcore:CreateGateway"],
            resources: ["*"],
            operations: ["create"],
            ...gatewayItself,
        },
        passedRole,
        {
            actions: ["bedrock-agentcore:CreateWorkloadIdentity"],
            resources: [directory, gatewayIdentity],
            operations: ["create"],
            known: "inferred",
            source: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-create.html; schema of AWS::BedrockAgentCore::Gateway",
        },
        {
            actions: ["bedrock-agentcore:SynchronizeGatewayTargets"],
            resources: [gateway],
            operations: ["create"],
            input: "protocolConfiguration.mcp.searchType",
            known: "sure",
            source: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-create.html",
        },
        {
            actions: ["bedrock-agentcore:TagResource"],
            resources: [gateway],
            operations: ["create"],
            input: "tags",
            ...gatewayItself,
        },
        {
            actions: ["bedrock-agentcore:GetGateway", "bedrock-agentcore:ListTagsForResource"],
            resources: [gateway],
            operations: reads,
            ...gatewayItself,
        },
        {
            actions: ["bedrock-agentcore:UpdateGateway"],
            resources: [gateway],
            operations: ["update"],
            ...gatewayItself,
        },
        {
            actions: ["bedrock-agentcore:TagResource", "bedrock-agentcore:UntagResource"],
            resources: [gateway],
            operations: ["update"],
            changed: ["tags"],
            ...gatewayItself,
        },
        {
            actions: ["bedrock-agentcore:DeleteGateway", "bedrock-agentcore:GetGateway"],
            resources: [gateway],
            operations: ["delete"],
            ...gatewayItself,
        },
        {
            actions: ["bedrock-agentcore:DeleteWorkloadIdentity"],
            resources: [directory, gatewayIdentity],
            operations: ["delete"],
            ...gatewaySchema,
        },
    ],
    "aws-native:bedrockagentcore:GatewayTarget": [
        ...cloudControl,
        {
            actions: ["bedrock-agentcore:CreateGatewayTarget"],
            resources: [gateway],
            operations: ["create"],
            ...targetItself,
        },
        {
            // The gateway reads an MCP server's lists when it gets the target.
            actions: ["bedrock-agentcore:SynchronizeGatewayTargets"],
            resources: [gateway],
            operations: ["create", "update"],
            input: "targetConfiguration.mcp.mcpServer",
            ...targetSchema,
        },
        {
            actions: ["bedrock-agentcore:GetAgentRuntime"],
            resources: ["{targetRuntimeArn}"],
            operations: ["create", "update"],
            ...targetSchema,
        },
        {
            actions: ["bedrock-agentcore:GetGatewayTarget"],
            resources: [gateway],
            operations: reads,
            ...targetItself,
        },
        {
            actions: ["bedrock-agentcore:UpdateGatewayTarget"],
            resources: [gateway],
            operations: ["update"],
            ...targetItself,
        },
        {
            actions: [
                "bedrock-agentcore:DeleteGatewayTarget",
                "bedrock-agentcore:GetGatewayTarget",
            ],
            resources: [gateway],
            operations: ["delete"],
            ...targetItself,
        },
    ],
    "aws-native:bedrockagentcore:ResourcePolicy": [
        ...cloudControl,
        {
            actions: ["bedrock-agentcore:PutResourcePolicy"],
            resources: ["{resourceArn}"],
            operations: ["create", "update"],
            ...policyItself,
        },
        {
            actions: ["bedrock-agentcore:GetResourcePolicy"],
            resources: ["{resourceArn}"],
            operations: ["create", "read", "update", "delete"],
            ...policyItself,
        },
        {
            actions: ["bedrock-agentcore:DeleteResourcePolicy"],
            resources: ["{resourceArn}"],
            operations: ["delete"],
            ...policyItself,
        },
    ],
} as const satisfies Readonly<Record<string, readonly ActionRow[]>>;
