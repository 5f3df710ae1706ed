import type { RuleConfig } from "../../../policy/config";

/** What each rule says of its failing example, and with the values of that example not known. */
export const ruleMessages: Readonly<
    Record<string, { fails: readonly string[]; unknown: readonly string[] }>
> = {
    "gateway-invoke-exact": {
        fails: [
            "developer-invoke-gateways: policy.Statement[0].Resource: got arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/*; must be the exact ARN of a gateway, arn:aws:bedrock-agentcore:<region>:<account>:gateway/<id>; write the ARN of each gateway that is to be called, from the hub's outputs",
        ],
        unknown: [
            "developer-invoke-gateways: policy: not known before the update; will be checked on update",
        ],
    },
    "resource-policy-own-resource": {
        fails: [
            "tools-grants: policy.Statement[0].Action: got bedrock-agentcore:*; must be bedrock-agentcore:InvokeGateway; write each action out, without a wildcard",
            "tools-grants: policy.Statement[0].Resource: got *; must be arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-a1b2c3d4e5, the one that the policy is put on; write that ARN alone: AWS takes no other",
        ],
        unknown: ["tools-grants: policy: not known before the update; will be checked on update"],
    },
    "resource-policy-exact-principals": {
        fails: [
            "tools-grants: policy.Statement[0].Principal: got arn:aws:iam::444455556666:root; must be the exact ARN of a role or user, or this account with a condition ArnEquals aws:PrincipalArn of such ARNs; write arn:aws:iam::444455556666:role/<name> for each role that is meant",
        ],
        unknown: ["tools-grants: policy: not known before the update; will be checked on update"],
    },
    "gateway-policy-present": {
        fails: [
            "tools-gateway: resource policy: got none for the gateway tools; must be one, which names its callers; make a ResourcePolicy with its ARN; or, where only its own account calls it, add tools to this rule's sameAccountGateways",
        ],
        unknown: [
            "tools-gateway: resource policy: not known before the update; will be checked on update",
        ],
    },
    "gateway-authorizer": {
        fails: [
            "tools-gateway: authorizerType: got NONE; must be AWS_IAM, or CUSTOM_JWT with allowedClients or allowedScopes; write AWS_IAM, which asks each caller's own policy",
        ],
        unknown: [
            "tools-gateway: authorizerType: not known before the update; will be checked on update",
        ],
    },
    "gateway-supported-versions": {
        fails: [
            "tools-gateway: protocolConfiguration.mcp.supportedVersions: got nothing; must be a list of 2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26; write those that its callers speak: without it, only 2025-03-26 is spoken",
        ],
        unknown: [
            "tools-gateway: protocolConfiguration.mcp.supportedVersions: not known before the update; will be checked on update",
        ],
    },
    "gateway-debug-off": {
        fails: [
            "tools-gateway: exceptionLevel: got DEBUG; must be absent; take it out, or add the stack provider to this rule's debugStacks",
        ],
        unknown: [
            "tools-gateway: exceptionLevel: not known before the update; will be checked on update",
        ],
    },
    "gateway-kms-key": {
        fails: [
            "tools-gateway: kmsKeyArn: got alias/tools; must be the ARN of a KMS key; write arn:aws:kms:<region>:<account>:key/<id>, and no alias",
        ],
        unknown: [
            "tools-gateway: kmsKeyArn: not known before the update; will be checked on update",
        ],
    },
    "target-signed": {
        fails: [
            "tools-echo-tools: credentialProviderConfigurations[0].credentialProviderType: got JWT_PASSTHROUGH; must be GATEWAY_IAM_ROLE; write GATEWAY_IAM_ROLE, so that the gateway calls with its own role",
        ],
        unknown: [
            "tools-echo-tools: credentialProviderConfigurations[0]: not known before the update; will be checked on update",
        ],
    },
    "service-role-trust": {
        fails: [
            "tools-service: assumeRolePolicy.Condition: got a trust that lets in requests without aws:SourceAccount, requests without aws:SourceArn, other accounts, ARNs of other accounts and 3 more; must be StringEquals aws:SourceAccount 111122223333 and ArnLike aws:SourceArn arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-*; write both into the Condition of the statement",
        ],
        unknown: [
            "tools-service: assumeRolePolicy: not known before the update; will be checked on update",
        ],
    },
    "role-of-its-own": {
        fails: [
            "mcp-server-runtime: roleArn: got tools-service, the role of tools-gateway too; must be a role of its own; make a role for mcp-server-runtime alone",
            "mcp-server-execution: assumeRolePolicy.Statement[0].Principal: got bedrock-agentcore.amazonaws.com, and nothing of this stack has the role; must be a service only in the role of a gateway, a runtime or a function of this stack; delete the role, or write its ARN where it is meant to be used",
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
            "echo-tool-write-logs: policy.Statement[0].Action: got logs:*; must be one of logs:CreateLogStream, logs:PutLogEvents, logs:DescribeLogStreams, logs:CreateLogGroup; write out those that are needed; what is needed besides goes into this rule's allowedActions",
        ],
        unknown: [
            "echo-tool-write-logs: policy: not known before the update; will be checked on update",
        ],
    },
    "execution-role-no-management": {
        fails: [
            "tools-invoke-targets: policy.Statement[0].Action: got iam:Pass*, which allows iam:PassRole; must be without actions that manage; take them out of tools-service: what deploys has a role that nothing runs with",
        ],
        unknown: [
            "tools-invoke-targets: policy: not known before the update; will be checked on update",
        ],
    },
    "managed-policy-allowed": {
        fails: [
            "developer-access: policyArn: got arn:aws:iam::aws:policy/BedrockAgentCoreFullAccess; must be a policy of this stack, or one of this rule's allowedManagedPolicies; write the statements that are needed in a policy of this stack",
        ],
        unknown: [
            "developer-access: policyArn: not known before the update; will be checked on update",
        ],
    },
    "policy-of-own-role": {
        fails: [
            "developer-invoke-gateways: role: got somebody-else; must be a role of this stack; write the name of a role of this stack, from its output; or put the policy where that role is made",
        ],
        unknown: [
            "developer-invoke-gateways: role: got somebody-else; must be a role of this stack; write the name of a role of this stack, from its output; or put the policy where that role is made",
        ],
    },
    "wildcard-resources": {
        fails: [
            "developer-invoke-gateways: policy.Statement[0].Resource: got * for s3:GetObject; must be exact ARNs; * is for ecr:GetAuthorizationToken, xray:PutTraceSegments, xray:PutTelemetryRecords, cloudwatch:PutMetricData, bedrock-agentcore:CreateGateway, bedrock-agentcore:ListGateways, bedrock-agentcore:ListAgentRuntimes, bedrock-agentcore:ListAgentRuntimeEndpoints, bedrock-agentcore:ListPolicyEngines, iam:GetAccountAuthorizationDetails alone, in a statement of their own; write the ARN of each resource that is meant",
        ],
        unknown: [
            "developer-invoke-gateways: policy: not known before the update; will be checked on update",
        ],
    },
    "caller-trust-exact": {
        fails: [
            "developer-role: assumeRolePolicy.Statement[0].Principal: got arn:aws:iam::444455556666:root; must be the exact ARN of a role or user, or this account with a condition ArnEquals aws:PrincipalArn of such ARNs; write arn:aws:iam::444455556666:role/<name> for each role that is meant",
        ],
        unknown: [
            "developer-role: assumeRolePolicy: not known before the update; will be checked on update",
        ],
    },
    "caller-session-length": {
        fails: [
            "developer-role: maxSessionDuration: got 43200; must be at most 3600 seconds; write that, or raise maxSessionSeconds of this rule's config",
        ],
        unknown: [
            "developer-role: maxSessionDuration: not known before the update; will be checked on update",
        ],
    },
    "caller-only-invokes": {
        fails: [
            "developer-invoke-gateways: policy.Statement[1].Action: got s3:GetObject; must be bedrock-agentcore:InvokeGateway; write out those that are needed; what is needed besides goes into this rule's allowedActions",
        ],
        unknown: [
            "developer-invoke-gateways: policy: not known before the update; will be checked on update",
        ],
    },
    "operator-role-nothing-else": {
        fails: [
            "GatewayManagement-manage: policy.Statement[1].Resource: got arn:aws:bedrock-agentcore:*:111122223333:gateway/*; must be gateways of the role's own account and region; write that for bedrock-agentcore:PutResourcePolicy",
            "GatewayManagement-manage: policy.Statement[2].Action: got bedrock-agentcore:InvokeGateway; must be an action that manages gateways or reads what decides access, written out; give what calls to a caller's role; what else is needed goes into this rule's allowedActions",
            "GatewayManagement-manage: policy.Statement[1]: got bedrock-agentcore:PutResourcePolicy on arn:aws:bedrock-agentcore:*:111122223333:gateway/*, which lets the role into a gateway of its own account; must be with a Deny of bedrock-agentcore:InvokeGateway on the same, without a condition; write that statement besides",
        ],
        unknown: [
            "GatewayManagement-manage: policy: not known before the update; will be checked on update",
        ],
    },
    "runtime-closed": {
        fails: [
            'mcp-server-runtime-access: policy: got a policy that leaves bedrock-agentcore:InvokeAgentRuntime, bedrock-agentcore:InvokeAgentRuntimeForUser, bedrock-agentcore:InvokeAgentRuntimeCommand, bedrock-agentcore:InvokeAgentRuntimeCommandShell and 4 more to others; must be one that denies everyone else each of the runtime\'s actions; write {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["bedrock-agentcore:InvokeAgentRuntime", … all 8], "Resource": <the ARN that the policy is put on>, "Condition": {"ArnNotEquals": {"aws:PrincipalArn": [<the roles of its gateways, and its operators>]}}}',
        ],
        unknown: [
            "mcp-server-runtime-access: policy: not known before the update; will be checked on update",
        ],
    },
    "runtime-image-digest": {
        fails: [
            "mcp-server-runtime: agentRuntimeArtifact.containerConfiguration.containerUri: got 111122223333.dkr.ecr.us-east-1.amazonaws.com/mcp-server-images:latest; must be <repository>@sha256:<64 hexadecimal digits>; write the digest of the image that was built, from its output",
        ],
        unknown: [
            "mcp-server-runtime: agentRuntimeArtifact.containerConfiguration.containerUri: not known before the update; will be checked on update",
        ],
    },
    "runtime-network-mode": {
        fails: [
            "mcp-server-runtime: networkConfiguration.networkMode: got nothing; must be PUBLIC or VPC; write one of them; this rule's allowedNetworkModes says which are allowed",
        ],
        unknown: [
            "mcp-server-runtime: networkConfiguration.networkMode: not known before the update; will be checked on update",
        ],
    },
    "image-arm64": {
        fails: [
            'mcp-server-image: platforms: got linux/amd64; must be linux/arm64; write ["linux/arm64"]; a runtime with another does not start',
        ],
        unknown: [
            "mcp-server-image: platforms: not known before the update; will be checked on update",
        ],
    },
    "image-own-repository": {
        fails: [
            "mcp-server-image: tags: got 999988887777.dkr.ecr.us-east-1.amazonaws.com/mcp-server-images:1; must be of a repository of this stack (111122223333.dkr.ecr.us-east-1.amazonaws.com/mcp-server-images); write the repository's URL, from its output, and a tag",
        ],
        unknown: ["mcp-server-image: tags: not known before the update; will be checked on update"],
    },
    "repository-immutable": {
        fails: [
            "mcp-server-images: imageTagMutability: got MUTABLE; must be IMMUTABLE; write IMMUTABLE, and give each image a tag of its own",
        ],
        unknown: [
            "mcp-server-images: imageTagMutability: not known before the update; will be checked on update",
        ],
    },
    "repository-scanned": {
        fails: [
            "mcp-server-images: imageScanningConfiguration.scanOnPush: got false; must be true; write true",
        ],
        unknown: [
            "mcp-server-images: imageScanningConfiguration.scanOnPush: not known before the update; will be checked on update",
        ],
    },
    "function-url-authenticated": {
        fails: [
            "echo-tool-url: authorizationType: got NONE; must be AWS_IAM; write AWS_IAM, and let callers sign their requests",
        ],
        unknown: [
            "echo-tool-url: authorizationType: not known before the update; will be checked on update",
        ],
    },
    "function-permission-source": {
        fails: [
            "echo-tool-permission: sourceArn: got nothing; must be the exact ARN of what the service acts for, such as a gateway; write sourceArn and sourceAccount",
            "echo-tool-permission: sourceAccount: got nothing; must be the 12 digits of the account of what the service acts for; write sourceArn and sourceAccount",
        ],
        unknown: [
            "echo-tool-permission: principal: not known before the update; will be checked on update",
        ],
    },
    "function-runtime-supported": {
        fails: [
            "echo-tool-function: runtime: got nodejs18.x; must be a runtime that AWS patches, and not a preview; move to a newer one, such as nodejs24.x (until 2028-04-30) or python3.14 (until 2029-06-30)",
        ],
        unknown: [
            "echo-tool-function: runtime: not known before the update; will be checked on update",
        ],
    },
    "log-group-present": {
        fails: [
            "echo-tool-function: loggingConfig.logGroup: got somewhere-else; must be the name of a log group of this stack; make a log group with this name and with retentionInDays",
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
            "agent-runtime: environmentVariables.WEATHER_API_KEY: got what looks like a secret (not shown); must be no secret; put it into Secrets Manager, and write the secret's ARN here",
        ],
        unknown: [
            "agent-runtime: environmentVariables: not known before the update; will be checked on update",
        ],
    },
    "secrets-in-secrets-manager": {
        fails: [
            "weather: apiKey: got a secret (not shown); must be in Secrets Manager, and not in the stack; put it there, and write its id in apiKeySecretConfig",
        ],
        unknown: [
            "weather: apiKey: got a secret (not shown); must be in Secrets Manager, and not in the stack; put it there, and write its id in apiKeySecretConfig",
        ],
    },
    "required-tags": {
        fails: [
            "tools-gateway: tags: got nothing for owner; must be a value for owner; write it in the resource's tags, or in the provider's defaultTags",
        ],
        unknown: ["tools-gateway: tags: not known before the update; will be checked on update"],
    },
    "provider-account-pinned": {
        fails: [
            "aws: allowedAccountIds: got nothing; must be [\"111122223333\"], the stack's account; write it, so that another account's credentials change nothing",
        ],
        unknown: ["aws: allowedAccountIds: not known before the update; will be checked on update"],
    },
    "arns-of-known-accounts": {
        fails: [
            "tools-grants: policy.Statement[0].Principal.AWS: got arn:aws:iam::444455556667:role/developer; must be of account 111122223333, 444455556666; correct it, or add what is meant to this rule's allowedAccounts",
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
            "developer-role: inline policies: got 15313 characters; must be at most 10240, without white space; take out 5073 characters, or put statements into a managed policy of this stack",
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
