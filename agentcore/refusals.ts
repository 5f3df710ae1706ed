import type { Certainty } from "./mcp";

/** What AWS answers to a deployment that it refuses. `<…>` in the text is filled in. */
export interface Refusal {
    readonly code: string;
    readonly httpStatus: number;
    readonly text: string;
    readonly known: Certainty;
    readonly source: string;
}

/** The refusals that need more than the input: a role, a function, or what is there already. */
export const refusals = {
    /** CreateFunction, where the role is missing or its trust policy does not admit Lambda. */
    functionRole: {
        code: "InvalidParameterValueException",
        httpStatus: 400,
        text: "The role defined for the function cannot be assumed by Lambda.",
        known: "sure",
        source: "Lambda's answer, in issues: danilop/LambdAuth#49, boto3#2976",
    },
    /** iam:PassRole is for roles of the own account (IAM user guide, id_roles_use_passrole). */
    crossAccountRole: {
        code: "AccessDeniedException",
        httpStatus: 403,
        text: "Cross-account pass role is not allowed.",
        known: "sure",
        source: "Lambda's answer, in issues: aws-toolkit-azure-devops#546; inferred for AgentCore",
    },
    gatewayRoleMissing: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Role <role> does not exist.",
        known: "inferred",
        source: "no capture",
    },
    gatewayRoleTrust: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Gateway service is not authorized to assume the execution role",
        known: "inferred",
        source: "status reason of a failed MCP server target, in issues",
    },
    targetFunctionDenied: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Gateway execution role lacks permission to invoke Lambda function <function>. Update the permission and retry",
        known: "sure",
        source: "aws-cdk#36826, generative-ai-application-builder-on-aws#238",
    },
    targetFunctionMissing: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Function not found: <function>",
        known: "inferred",
        source: "Lambda's own answer to an invocation",
    },
    targetFunctionRegion: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Functions from '<functionRegion>' are not reachable in this region ('<region>')",
        known: "inferred",
        source: "Lambda's own answer to an invocation, aws-lambda-power-tuning#18",
    },
    gatewayRenamed: {
        code: "ValidationException",
        httpStatus: 400,
        text: "The name must be the same as the one when the gateway was created.",
        known: "inferred",
        source: "botocore model bedrock-agentcore-control 2023-06-05, UpdateGateway `name`: the rule is sure",
    },
    gatewaySearchType: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Semantic search can only be enabled when the gateway is created.",
        known: "inferred",
        source: "devguide, gateway-create and gateway-using-mcp-semantic-search: enabled at creation; the answer is not captured",
    },
    /** A target that is asked for its tools each time, on a gateway that searches a catalogue. */
    dynamicWithSearch: {
        code: "ValidationException",
        httpStatus: 400,
        text: "DYNAMIC listing mode is not supported for gateways with semantic search enabled",
        known: "inferred",
        source: "gateway-target-MCPservers page: the rule is sure, the answer not captured",
    },
    /** CreateGatewayTarget of an MCP server. */
    mcpServerCredentials: {
        code: "ValidationException",
        httpStatus: 400,
        text: "IamCredentialProvider is required for mcpServer targets using IAM authentication",
        known: "sure",
        source: "captured answers, in public repositories",
    },
    mcpServerHost: {
        code: "ValidationException",
        httpStatus: 400,
        text: "IAM (SigV4) outbound authorization requires an MCP server behind AgentCore Runtime, AgentCore Gateway, Amazon API Gateway or a Lambda function URL",
        known: "inferred",
        source: "gateway-target-MCPservers page: the rule is sure, the answer not captured",
    },
    mcpServerEndpoint: {
        code: "ValidationException",
        httpStatus: 400,
        text: "The endpoint of the MCP server is not valid",
        known: "inferred",
        source: "gateway-target-MCPservers page: that it must be encoded is sure, the answer not captured",
    },
    /** A target that becomes FAILED, as CloudFormation's handler passes it on. */
    mcpServerHandshake: {
        code: "NotStabilized",
        httpStatus: 400,
        text: "Failed to connect and fetch tools from the provided MCP target server. Error - <error>",
        known: "sure",
        source: "status reasons of failed targets, in public repositories; the code is CloudFormation's",
    },
    mcpServerDenied: {
        code: "NotStabilized",
        httpStatus: 400,
        text: "<reason>",
        known: "sure",
        source: "the same: the runtime's own words, User: … is not authorized to perform: …",
    },
    synchronizeTarget: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Target <target> cannot be synchronized",
        known: "inferred",
        source: "gateway-target-MCPservers page: only MCP servers with DEFAULT listing are synchronized",
    },
    /** CreateAgentRuntime, where the role is missing or its trust policy does not admit AgentCore for the runtime. */
    runtimeRole: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Role validation failed for '<role>'. Please verify that the role exists and its trust policy allows assumption by this service",
        known: "sure",
        source: "AgentCore's answer, in READMEs and deploy scripts of several public repositories",
    },
    runtimeImageDenied: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Access denied while validating ECR URI '<uri>'. The execution role requires permissions for ecr:GetAuthorizationToken, ecr:BatchGetImage, and ecr:GetDownloadUrlForLayer operations.",
        known: "sure",
        source: "agentcore-samples#154",
    },
    runtimeImageMissing: {
        code: "ValidationException",
        httpStatus: 400,
        text: "The specified image identifier does not exist in the repository. Verify the image tag format and repository name.",
        known: "sure",
        source: "AgentCore's answer through CloudFormation, in several public repositories",
    },
    runtimeImageArchitecture: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Architecture incompatible for uri '<uri>'. Supported architectures: [arm64].",
        known: "sure",
        source: "AgentCore's answer, in several public repositories",
    },
    runtimeArchiveDenied: {
        code: "ValidationException",
        httpStatus: 400,
        text: "Access denied when trying to retrieve zip file from S3. Check if you have sufficient permissions on the object",
        known: "sure",
        source: "AgentCore's answer, in several public repositories; that a missing object gets it too is inferred",
    },
    runtimeNameTaken: {
        code: "ConflictException",
        httpStatus: 409,
        text: "An agent with the specified name already exists in your account.",
        known: "sure",
        source: "AgentCore's answer, in READMEs of public repositories",
    },
    runtimeRenamed: {
        code: "ValidationException",
        httpStatus: 400,
        text: "The name of an agent runtime cannot be changed.",
        known: "inferred",
        source: "botocore model bedrock-agentcore-control 2023-06-05: UpdateAgentRuntime takes no name",
    },
    imageTagTaken: {
        code: "ImageTagAlreadyExistsException",
        httpStatus: 400,
        text: "The image tag '<tag>' already exists in the '<repository>' repository and cannot be overwritten because the tag is immutable.",
        known: "sure",
        source: "ECR's answer to docker push, in issues",
    },
} as const satisfies Record<string, Refusal>;
