/** Where a resource type keeps what the rules read, as dotted paths; for each provider that has the type. */

/** Roles. */
export const roleTypes = {
    "aws:iam/role:Role": { name: "name", trust: "assumeRolePolicy" },
    "aws-native:iam:Role": { name: "roleName", trust: "assumeRolePolicyDocument" },
} as const;

/** What holds policies within itself: a list, and the document in each member. */
export const inlinePolicyTypes: Readonly<Record<string, { list: string; document: string }>> = {
    "aws:iam/role:Role": { list: "inlinePolicies", document: "policy" },
    "aws-native:iam:Role": { list: "policies", document: "policyDocument" },
    "aws-native:iam:User": { list: "policies", document: "policyDocument" },
    "aws-native:iam:Group": { list: "policies", document: "policyDocument" },
};

/** Policies of roles, users, groups and permission sets, each with the properties that say whose it is. */
export const identityPolicyTypes: Readonly<
    Record<string, { document: string; roles?: string; arn?: string; isOptional?: true }>
> = {
    "aws:iam/rolePolicy:RolePolicy": { document: "policy", roles: "role" },
    "aws:iam/policy:Policy": { document: "policy", arn: "arn" },
    "aws:iam/userPolicy:UserPolicy": { document: "policy" },
    "aws:iam/groupPolicy:GroupPolicy": { document: "policy" },
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": {
        document: "inlinePolicy",
    },
    "aws-native:iam:RolePolicy": { document: "policyDocument", roles: "roleName" },
    "aws-native:iam:ManagedPolicy": {
        document: "policyDocument",
        roles: "roles",
        arn: "policyArn",
    },
    "aws-native:iam:UserPolicy": { document: "policyDocument" },
    "aws-native:iam:GroupPolicy": { document: "policyDocument" },
    "aws-native:sso:PermissionSet": { document: "inlinePolicy", isOptional: true },
};

/** Attachments of managed policies to roles. */
export const attachmentTypes: Readonly<Record<string, { roles: string; policies: string }>> = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { roles: "role", policies: "policyArn" },
    "aws:iam/policyAttachment:PolicyAttachment": { roles: "roles", policies: "policyArn" },
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": {
        roles: "roleName",
        policies: "policyArns",
    },
};

/** What gives managed policies to anyone, and the property with their ARNs. */
export const managedPolicyTypes: Readonly<Record<string, string>> = {
    ...Object.fromEntries(
        Object.entries(attachmentTypes).map(([type, { policies }]) => [type, policies]),
    ),
    "aws:iam/role:Role": "managedPolicyArns",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "policyArns",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
    "aws-native:iam:Role": "managedPolicyArns",
    "aws-native:iam:User": "managedPolicyArns",
    "aws-native:iam:Group": "managedPolicyArns",
    "aws-native:sso:PermissionSet": "managedPolicies",
};

/** Gateways. */
export const gatewayTypes = {
    "aws-native:bedrockagentcore:Gateway": { id: "gatewayIdentifier" },
    "aws:bedrock/agentcoreGateway:AgentcoreGateway": { id: "gatewayId" },
} as const;

/** Gateways' targets. */
export const targetTypes = [
    "aws-native:bedrockagentcore:GatewayTarget",
    "aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget",
] as const;

/** Runtimes. */
export const runtimeTypes = [
    "aws-native:bedrockagentcore:Runtime",
    "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime",
] as const;

/** Endpoints of runtimes, besides the one that each has. */
export const runtimeEndpointTypes = [
    "aws-native:bedrockagentcore:RuntimeEndpoint",
    "aws:bedrock/agentcoreAgentRuntimeEndpoint:AgentcoreAgentRuntimeEndpoint",
] as const;

/** Policies of gateways, runtimes and endpoints. */
export const resourcePolicyTypes = [
    "aws-native:bedrockagentcore:ResourcePolicy",
    "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy",
] as const;

/** Keys of outside services, and the properties that take one as it is. */
export const apiKeyProviderTypes: Readonly<Record<string, readonly string[]>> = {
    "aws-native:bedrockagentcore:ApiKeyCredentialProvider": ["apiKey"],
    "aws:bedrock/agentcoreApiKeyCredentialProvider:AgentcoreApiKeyCredentialProvider": [
        "apiKey",
        "apiKeyWo",
    ],
};

/** Clients of outside services, and the property with their settings. */
export const oauth2ProviderTypes: Readonly<Record<string, string>> = {
    "aws-native:bedrockagentcore:OAuth2CredentialProvider": "oauth2ProviderConfigInput",
    "aws:bedrock/agentcoreOauth2CredentialProvider:AgentcoreOauth2CredentialProvider":
        "oauth2ProviderConfig",
};

/** Parameters of Systems Manager. */
export const parameterTypes = ["aws:ssm/parameter:Parameter", "aws-native:ssm:Parameter"] as const;

/** Lambda functions. */
export const functionTypes = {
    "aws:lambda/function:Function": { name: "name" },
    "aws-native:lambda:Function": { name: "functionName" },
} as const;

/** Functions' URLs. */
export const functionUrlTypes = {
    "aws:lambda/functionUrl:FunctionUrl": { authorization: "authorizationType" },
    "aws-native:lambda:Url": { authorization: "authType" },
} as const;

/** Statements of functions' policies. */
export const permissionTypes = [
    "aws:lambda/permission:Permission",
    "aws-native:lambda:Permission",
] as const;

/** Log groups. */
export const logGroupTypes = {
    "aws:cloudwatch/logGroup:LogGroup": { name: "name" },
    "aws-native:logs:LogGroup": { name: "logGroupName" },
} as const;

/** Image repositories. */
export const repositoryTypes = {
    "aws:ecr/repository:Repository": { url: "repositoryUrl" },
    "aws-native:ecr:Repository": { url: "repositoryUri" },
} as const;

/** Images that are built. */
export const imageTypes = ["docker-build:index:Image"] as const;

/** Buckets, and objects in them. */
export const storageTypes = [
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketObjectv2:BucketObjectv2",
] as const;

/** AWS's providers. */
export const awsProviderTypes = ["pulumi:providers:aws", "pulumi:providers:aws-native"] as const;

/** Types that take tags, in the installed providers; the others that the rules know take none. */
export const taggableTypes: readonly string[] = [
    ...Object.keys(roleTypes),
    ...["aws:iam/policy:Policy", "aws-native:iam:User", "aws-native:sso:PermissionSet"],
    ...Object.keys(gatewayTypes),
    ...runtimeTypes,
    ...runtimeEndpointTypes,
    ...Object.keys(apiKeyProviderTypes),
    ...Object.keys(oauth2ProviderTypes),
    ...parameterTypes,
    ...Object.keys(functionTypes),
    ...Object.keys(logGroupTypes),
    ...Object.keys(repositoryTypes),
    ...storageTypes,
];
