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
} as const satisfies Record<string, Refusal>;
