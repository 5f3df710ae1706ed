/** Where a resource type keeps what the rules read, as dotted paths; for each provider that has the type. */

/** Roles. */
export const roleTypes = {
    "aws:iam/role:Role": {
        name: "name",
        trust: "assumeRolePolicy",
        inline: { list: "inlinePolicies", document: "policy" },
    },
    "aws-native:iam:Role": {
        name: "roleName",
        trust: "assumeRolePolicyDocument",
        inline: { list: "policies", document: "policyDocument" },
    },
} as const;

/** Policies of roles, users, groups and permission sets, each with the properties that say whose it is. */
export const identityPolicyTypes: Readonly<
    Record<string, { document: string; roles?: string; arn?: string }>
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

/** Policies of gateways, runtimes and endpoints. */
export const resourcePolicyTypes = [
    "aws-native:bedrockagentcore:ResourcePolicy",
    "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy",
] as const;

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
export const repositoryTypes = [
    "aws:ecr/repository:Repository",
    "aws-native:ecr:Repository",
] as const;

/** AWS's providers. */
export const awsProviderTypes = ["pulumi:providers:aws", "pulumi:providers:aws-native"] as const;
