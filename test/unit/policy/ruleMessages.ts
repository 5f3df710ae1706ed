import type { RuleConfig } from "../../../policy/config";

/** What each rule says of its failing example, and with the values of that example not known. */
export const ruleMessages: Readonly<
    Record<string, { fails: readonly string[]; unknown: readonly string[] }>
> = {
    "gateway-invoke-exact": {
        fails: [
            "developer-invoke-gateways: policy.Statement[0].Resource: got arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/*; must be the exact ARN of a gateway, arn:aws:bedrock-agentcore:<region>:<account>:gateway/<id>; name each gateway that is meant",
        ],
        unknown: [
            "developer-invoke-gateways: policy: not known before the update; will be checked on update",
        ],
    },
    "resource-policy-own-resource": {
        fails: [
            "tools-grants: policy.Statement[0].Action: got bedrock-agentcore:*; must be one of bedrock-agentcore:InvokeGateway; name the actions that are meant",
            "tools-grants: policy.Statement[0].Resource: got *; must be arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-a1b2c3d4e5, the one that the policy is put on; write that; AWS takes no other",
        ],
        unknown: ["tools-grants: policy: not known before the update; will be checked on update"],
    },
    "resource-policy-exact-principals": {
        fails: [
            "tools-grants: policy.Statement[0].Principal: got arn:aws:iam::444455556666:root; must be the exact ARN of a role or user, or this account with ArnEquals on aws:PrincipalArn of exact ARNs of it; name the roles and users that are meant",
        ],
        unknown: ["tools-grants: policy: not known before the update; will be checked on update"],
    },
    "gateway-policy-present": {
        fails: [
            "tools-gateway: resource policy: got 0; must be one for each gateway; grant it, or name tools in sameAccountGateways",
        ],
        unknown: [
            "tools-gateway: resource policy: not known before the update; will be checked on update",
        ],
    },
    "gateway-authorizer": {
        fails: [
            "tools-gateway: authorizerType: got NONE; must be AWS_IAM, or CUSTOM_JWT with allowedClients or allowedScopes; write AWS_IAM",
        ],
        unknown: [
            "tools-gateway: authorizerType: not known before the update; will be checked on update",
        ],
    },
    "gateway-supported-versions": {
        fails: [
            "tools-gateway: protocolConfiguration.mcp.supportedVersions: got nothing; must be a list of 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26; write those that its callers speak",
        ],
        unknown: [
            "tools-gateway: protocolConfiguration.mcp.supportedVersions: not known before the update; will be checked on update",
        ],
    },
    "gateway-debug-off": {
        fails: [
            "tools-gateway: exceptionLevel: got DEBUG; must be absent; take it out, or name the stack provider in debugStacks",
        ],
        unknown: [
            "tools-gateway: exceptionLevel: not known before the update; will be checked on update",
        ],
    },
    "gateway-kms-key": {
        fails: [
            "tools-gateway: kmsKeyArn: got alias/tools; must be the ARN of a KMS key; write arn:aws:kms:<region>:<account>:key/<id>",
        ],
        unknown: [
            "tools-gateway: kmsKeyArn: not known before the update; will be checked on update",
        ],
    },
    "target-signed": {
        fails: [
            "tools-echo-tools: credentialProviderConfigurations[0].credentialProviderType: got JWT_PASSTHROUGH; must be GATEWAY_IAM_ROLE; write that",
        ],
        unknown: [
            "tools-echo-tools: credentialProviderConfigurations[0]: not known before the update; will be checked on update",
        ],
    },
    "service-role-trust": {
        fails: [
            "tools-service: assumeRolePolicy.Condition: got a trust in requests without aws:SourceAccount, requests without aws:SourceArn, other accounts, ARNs of other accounts and 3 more; must be StringEquals aws:SourceAccount 111122223333 and ArnLike aws:SourceArn arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-*; write both conditions",
        ],
        unknown: [
            "tools-service: assumeRolePolicy: not known before the update; will be checked on update",
        ],
    },
    "role-of-its-own": {
        fails: [
            "mcp-server-runtime: roleArn: got tools-service, the role of tools-gateway too; must be a role of its own; make one for each",
            "mcp-server-execution: assumeRolePolicy.Statement[0].Principal: got bedrock-agentcore.amazonaws.com; must be a service only where something of this stack has the role; take it out, or make what has the role in this stack",
        ],
        unknown: [
            "mcp-server-runtime: roleArn: not known before the update; will be checked on update",
        ],
    },
    "gateway-role-targets": {
        fails: [
            "tools-invoke-targets: policy.Statement[0].Resource: got arn:aws:lambda:us-east-1:111122223333:function:*; must be exactly what its targets name (arn:aws:lambda:us-east-1:111122223333:function:echo-tool); write that for lambda:InvokeFunction",
        ],
        unknown: [
            "tools-invoke-targets: policy: not known before the update; will be checked on update",
            "tools-echo-tools: targetConfiguration: not known before the update; will be checked on update",
            "tools-calculator: targetConfiguration: not known before the update; will be checked on update",
        ],
    },
    "runtime-role-code": {
        fails: [
            "mcp-server-read-code: policy.Statement[0].Resource: got arn:aws:ecr:us-east-1:111122223333:repository/*; must be the repository of the runtime's image, arn:aws:ecr:us-east-1:111122223333:repository/mcp-server-images; write that for ecr:BatchGetImage, ecr:GetDownloadUrlForLayer",
            "mcp-server-runtime: agentRuntimeArtifact.containerConfiguration.containerUri: got 111122223333.dkr.ecr.us-east-1.amazonaws.com/mcp-server-images@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, which mcp-server-execution may not pull; must be allowed to it by ecr:GetAuthorizationToken; add ecr:GetAuthorizationToken on * to the role's policy; AWS tries it when the runtime is made",
        ],
        unknown: [
            "mcp-server-read-code: policy: not known before the update; will be checked on update",
            "mcp-server-runtime: agentRuntimeArtifact.containerConfiguration.containerUri: not known before the update; will be checked on update",
        ],
    },
    "execution-role-logs": {
        fails: [
            "echo-tool-write-logs: policy.Statement[0].Resource: got arn:aws:logs:us-east-1:111122223333:*; must be its own log group, …:log-group:echo-tool-logs:*; write that for logs:CreateLogStream, logs:PutLogEvents",
        ],
        unknown: [
            "echo-tool-write-logs: policy: not known before the update; will be checked on update",
        ],
    },
    "runtime-role-gateways-and-models": {
        fails: [
            "agent-invoke-model: policy.Statement[0].Resource: got arn:aws:bedrock:*::foundation-model/*; must be the exact ARN of a model or an inference profile; a model of any region only with bedrock:InferenceProfileArn of one exact profile; write that for bedrock:InvokeModel",
        ],
        unknown: [
            "agent-invoke-model: policy: not known before the update; will be checked on update",
        ],
    },
    "execution-role-nothing-else": {
        fails: [
            "echo-tool-write-logs: policy.Statement[0].Action: got logs:*; must be one of logs:CreateLogStream, logs:PutLogEvents, logs:DescribeLogStreams, logs:CreateLogGroup; take the others out, or give them to a role of their own",
        ],
        unknown: [
            "echo-tool-write-logs: policy: not known before the update; will be checked on update",
        ],
    },
    "execution-role-no-management": {
        fails: [
            "tools-invoke-targets: policy.Statement[0].Action: got iam:Pass*, which allows iam:PassRole; must be without actions that manage; take them out of tools-service, and deploy with a role of its own",
        ],
        unknown: [
            "tools-invoke-targets: policy: not known before the update; will be checked on update",
        ],
    },
    "managed-policy-allowed": {
        fails: [
            "developer-access: policyArn: got arn:aws:iam::aws:policy/BedrockAgentCoreFullAccess; must be a policy of this stack, or one of allowedManagedPolicies; write the statements that are needed in a policy of the role",
        ],
        unknown: [
            "developer-access: policyArn: not known before the update; will be checked on update",
        ],
    },
    "policy-of-own-role": {
        fails: [
            "developer-invoke-gateways: role: got somebody-else; must be a role of this stack; write that role's name, from its output",
        ],
        unknown: [
            "developer-invoke-gateways: role: got somebody-else; must be a role of this stack; write that role's name, from its output",
        ],
    },
    "wildcard-resources": {
        fails: [
            "developer-invoke-gateways: policy.Statement[0].Resource: got * for s3:GetObject; must be exact ARNs, or what AWS demands of these actions; name each resource",
        ],
        unknown: [
            "developer-invoke-gateways: policy: not known before the update; will be checked on update",
        ],
    },
    "caller-trust-exact": {
        fails: [
            "developer-role: assumeRolePolicy.Statement[0].Principal: got arn:aws:iam::444455556666:root; must be the exact ARN of a role or user; name the roles and users that are meant",
        ],
        unknown: [
            "developer-role: assumeRolePolicy: not known before the update; will be checked on update",
        ],
    },
    "caller-session-length": {
        fails: [
            "developer-role: maxSessionDuration: got 43200; must be at most 3600 seconds; write less, or raise maxSessionSeconds with a reason",
        ],
        unknown: [
            "developer-role: maxSessionDuration: not known before the update; will be checked on update",
        ],
    },
    "caller-only-invokes": {
        fails: [
            "developer-invoke-gateways: policy.Statement[1].Action: got s3:GetObject; must be one of bedrock-agentcore:InvokeGateway; take the others out, or give them to a role of their own",
        ],
        unknown: [
            "developer-invoke-gateways: policy: not known before the update; will be checked on update",
        ],
    },
    "runtime-closed": {
        fails: [
            "mcp-server-runtime-access: policy: got a policy that leaves bedrock-agentcore:InvokeAgentRuntime, bedrock-agentcore:InvokeAgentRuntimeForUser, bedrock-agentcore:InvokeAgentRuntimeCommand, bedrock-agentcore:InvokeAgentRuntimeCommandShell and 4 more to others; must be one that denies everyone else; deny every principal but the gateways' roles and the operators, by ArnNotEquals on aws:PrincipalArn",
        ],
        unknown: [
            "mcp-server-runtime-access: policy: not known before the update; will be checked on update",
        ],
    },
    "runtime-image-digest": {
        fails: [
            "mcp-server-runtime: agentRuntimeArtifact.containerConfiguration.containerUri: got 111122223333.dkr.ecr.us-east-1.amazonaws.com/mcp-server-images:latest; must be <repository>@sha256:<64 hexadecimal digits>; write the digest of the image that was built",
        ],
        unknown: [
            "mcp-server-runtime: agentRuntimeArtifact.containerConfiguration.containerUri: not known before the update; will be checked on update",
        ],
    },
    "runtime-network-mode": {
        fails: [
            "mcp-server-runtime: networkConfiguration.networkMode: got nothing; must be PUBLIC or VPC; write that",
        ],
        unknown: [
            "mcp-server-runtime: networkConfiguration.networkMode: not known before the update; will be checked on update",
        ],
    },
    "image-arm64": {
        fails: [
            'mcp-server-image: platforms: got linux/amd64; must be linux/arm64; write ["linux/arm64"]',
        ],
        unknown: [
            "mcp-server-image: platforms: not known before the update; will be checked on update",
        ],
    },
    "image-own-repository": {
        fails: [
            "mcp-server-image: tags: got 999988887777.dkr.ecr.us-east-1.amazonaws.com/mcp-server-images:1; must be of a repository of this stack (111122223333.dkr.ecr.us-east-1.amazonaws.com/mcp-server-images); write its repositoryUrl",
        ],
        unknown: ["mcp-server-image: tags: not known before the update; will be checked on update"],
    },
    "repository-immutable": {
        fails: [
            "mcp-server-images: imageTagMutability: got MUTABLE; must be IMMUTABLE; write that",
        ],
        unknown: [
            "mcp-server-images: imageTagMutability: not known before the update; will be checked on update",
        ],
    },
    "repository-scanned": {
        fails: [
            "mcp-server-images: imageScanningConfiguration.scanOnPush: got false; must be true; write that",
        ],
        unknown: [
            "mcp-server-images: imageScanningConfiguration.scanOnPush: not known before the update; will be checked on update",
        ],
    },
    "function-url-authenticated": {
        fails: ["echo-tool-url: authorizationType: got NONE; must be AWS_IAM; write that"],
        unknown: [
            "echo-tool-url: authorizationType: not known before the update; will be checked on update",
        ],
    },
    "function-permission-source": {
        fails: [
            "echo-tool-permission: sourceArn: got nothing; must be the exact ARN that the service acts for; write both conditions",
            "echo-tool-permission: sourceAccount: got nothing; must be its account; write both conditions",
        ],
        unknown: [
            "echo-tool-permission: principal: not known before the update; will be checked on update",
        ],
    },
    "function-runtime-supported": {
        fails: [
            "echo-tool-function: runtime: got nodejs18.x; must be one that AWS patches, such as nodejs24.x or python3.14; move to a newer one",
        ],
        unknown: [
            "echo-tool-function: runtime: not known before the update; will be checked on update",
        ],
    },
    "log-group-present": {
        fails: [
            "echo-tool-function: loggingConfig.logGroup: got somewhere-else; must be a log group of this stack; make the group, with its retention",
        ],
        unknown: [
            "echo-tool-function: loggingConfig.logGroup: not known before the update; will be checked on update",
        ],
    },
    "log-retention": {
        fails: [
            "echo-tool-logs: retentionInDays: got 0; must be at least 1; write for how many days events are kept; 0 and nothing keep them for ever",
        ],
        unknown: [
            "echo-tool-logs: retentionInDays: not known before the update; will be checked on update",
        ],
    },
    "environment-no-secrets": {
        fails: [
            "agent-runtime: environmentVariables.WEATHER_API_KEY: got what looks like a secret (not shown); must be no secret; keep it in Secrets Manager, and write its ARN",
        ],
        unknown: [
            "agent-runtime: environmentVariables: not known before the update; will be checked on update",
        ],
    },
    "secrets-in-secrets-manager": {
        fails: [
            "weather: apiKey: got a secret (not shown); must be a reference to a secret in Secrets Manager; keep the secret there, and write its id",
        ],
        unknown: [
            "weather: apiKey: got a secret (not shown); must be a reference to a secret in Secrets Manager; keep the secret there, and write its id",
        ],
    },
    "required-tags": {
        fails: [
            "tools-gateway: tags: got nothing for owner; must be a value for owner; write it, here or in the provider's defaultTags",
        ],
        unknown: ["tools-gateway: tags: not known before the update; will be checked on update"],
    },
    "provider-account-pinned": {
        fails: [
            'aws: allowedAccountIds: got nothing; must be ["111122223333"], the stack\'s account; write that',
        ],
        unknown: ["aws: allowedAccountIds: not known before the update; will be checked on update"],
    },
    "arns-of-known-accounts": {
        fails: [
            "tools-grants: policy.Statement[0].Principal.AWS: got arn:aws:iam::444455556667:role/developer; must be of account 444455556666; correct it, or add what is meant to the config",
        ],
        unknown: ["tools-grants: policy: not known before the update; will be checked on update"],
    },
    "policy-document-valid": {
        fails: [
            "developer-invoke-gateways: policy: Statement[0]: must have exactly one of Resource and NotResource; write it as IAM's grammar has it",
        ],
        unknown: [
            "developer-invoke-gateways: policy: not known before the update; will be checked on update",
        ],
    },
    "policy-size": {
        fails: [
            "developer-role: inline policies: got 15313 characters; must be at most 10240; take out 5073, or divide it",
        ],
        unknown: [
            "developer-invoke-gateways: policy: not known before the update; will be checked on update",
        ],
    },
    "inputs-accepted": {
        fails: [
            "mcp-server-runtime: lifecycleConfiguration.idleRuntimeSessionTimeout: got 5; must be 60-1209600; AWS would refuse it: write that",
        ],
        unknown: [
            "mcp-server-runtime: lifecycleConfiguration: not known before the update; will be checked on update",
        ],
    },
};

/** What rules are told that say nothing without it. */
export const exampleConfig: Readonly<Record<string, RuleConfig>> = {
    "arns-of-known-accounts": {
        allowedAccounts: ["444455556666"],
        allowedRegions: ["us-east-1"],
    },
};
