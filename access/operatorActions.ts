/**
 * What operators' roles may do: who manages gateways, and who reads what decides access. The actions are those of
 * 2026-09-26, each with its resource types, of
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_bedrock-agentcore.html; which besides the
 * operation's own are asked for is in that page's table of API operations.
 *
 * What calls is not among them: no Invoke…, and no GetWorkloadAccessToken…, GetResourceOauth2Token, GetResourceApiKey
 * or GetResourcePaymentToken. Those are the data plane: they hand out what a gateway's or runtime's own role calls its
 * targets with (AgentCore devguide, gateway-prerequisites-permissions: different roles for management and execution).
 */
export const operatorActions = {
    gateway: {
        reads: [
            "bedrock-agentcore:GetGateway",
            "bedrock-agentcore:GetGatewayTarget",
            "bedrock-agentcore:GetResourcePolicy",
            "bedrock-agentcore:ListGatewayTargets",
        ],
        manages: [
            "bedrock-agentcore:BatchPutGatewayRateLimits",
            "bedrock-agentcore:CreateGatewayRateLimit",
            "bedrock-agentcore:CreateGatewayRule",
            "bedrock-agentcore:CreateGatewayTarget",
            "bedrock-agentcore:DeleteGateway",
            "bedrock-agentcore:DeleteGatewayRateLimit",
            "bedrock-agentcore:DeleteGatewayRule",
            "bedrock-agentcore:DeleteGatewayTarget",
            "bedrock-agentcore:DeleteResourcePolicy",
            "bedrock-agentcore:GetGatewayRateLimit",
            "bedrock-agentcore:GetGatewayRule",
            "bedrock-agentcore:ListGatewayRateLimits",
            "bedrock-agentcore:ListGatewayRules",
            "bedrock-agentcore:PutResourcePolicy",
            "bedrock-agentcore:SynchronizeGatewayTargets",
            "bedrock-agentcore:UpdateGateway",
            "bedrock-agentcore:UpdateGatewayRateLimit",
            "bedrock-agentcore:UpdateGatewayRule",
            "bedrock-agentcore:UpdateGatewayTarget",
        ],
    },
    runtime: {
        reads: [
            "bedrock-agentcore:GetAgentRuntime",
            "bedrock-agentcore:GetAgentRuntimeEndpoint",
            "bedrock-agentcore:GetResourcePolicy",
        ],
        manages: [],
    },
    "policy-engine": {
        reads: [
            "bedrock-agentcore:GetPolicy",
            "bedrock-agentcore:GetPolicyEngine",
            "bedrock-agentcore:ListPolicies",
        ],
        manages: [],
    },
    /** AgentCore makes one for each gateway. */
    "workload-identity-directory": {
        reads: [],
        manages: [
            "bedrock-agentcore:CreateWorkloadIdentity",
            "bedrock-agentcore:DeleteWorkloadIdentity",
            "bedrock-agentcore:GetWorkloadIdentity",
            "bedrock-agentcore:ListWorkloadIdentities",
            "bedrock-agentcore:UpdateWorkloadIdentity",
        ],
    },
    /** For targets that are called with OAuth or an API key. */
    "token-vault": {
        reads: [],
        manages: [
            "bedrock-agentcore:CreateApiKeyCredentialProvider",
            "bedrock-agentcore:CreateOauth2CredentialProvider",
            "bedrock-agentcore:DeleteApiKeyCredentialProvider",
            "bedrock-agentcore:DeleteOauth2CredentialProvider",
            "bedrock-agentcore:GetApiKeyCredentialProvider",
            "bedrock-agentcore:GetOauth2CredentialProvider",
            "bedrock-agentcore:ListApiKeyCredentialProviders",
            "bedrock-agentcore:ListOauth2CredentialProviders",
            "bedrock-agentcore:UpdateApiKeyCredentialProvider",
            "bedrock-agentcore:UpdateOauth2CredentialProvider",
        ],
    },
} as const satisfies Record<string, { reads: readonly string[]; manages: readonly string[] }>;

/** Of gateways, workload identities and credential providers: what makes one with tags asks for the first, too. */
export const tagActions = [
    "bedrock-agentcore:ListTagsForResource",
    "bedrock-agentcore:TagResource",
    "bedrock-agentcore:UntagResource",
] as const;

/** The service that roles are passed to, and that calls other services in the operator's name. */
export const agentcoreService = "bedrock-agentcore.amazonaws.com";
