/**
 * The actions that take no resource, so that a policy has to say `*` for them: the only ones for which this program
 * does. Each with the page that says so.
 */
const agentcorePage =
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_bedrock-agentcore.html";

/** Those of a runtime's execution role. */
export const runtimeUnscopedActions = {
    /** A registry's login. */
    "ecr:GetAuthorizationToken":
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html",
    /** A runtime's traces (AgentCore devguide, runtime-permissions). */
    "xray:PutTraceSegments":
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html",
    "xray:PutTelemetryRecords":
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html",
    /** A runtime's metrics, held to their namespace by a condition (AgentCore devguide, runtime-permissions). */
    "cloudwatch:PutMetricData":
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html",
} as const;

/** Those of an operator's role; what makes a gateway is held to one region by a condition. */
export const operatorUnscopedActions = {
    "bedrock-agentcore:CreateGateway": agentcorePage,
    "bedrock-agentcore:ListGateways": agentcorePage,
    "bedrock-agentcore:ListAgentRuntimes": agentcorePage,
    "bedrock-agentcore:ListAgentRuntimeEndpoints": agentcorePage,
    "bedrock-agentcore:ListPolicyEngines": agentcorePage,
    /** Every role, user, group and policy of the account in one answer. */
    "iam:GetAccountAuthorizationDetails":
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html",
} as const;

/** All of them. */
export const unscopedActions = { ...runtimeUnscopedActions, ...operatorUnscopedActions } as const;

/** An action that takes no resource. */
export type UnscopedAction = keyof typeof unscopedActions;
