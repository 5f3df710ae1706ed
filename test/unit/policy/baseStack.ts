import {
    gatewayManagementStatements,
    gatewayReadOnlyStatements,
} from "../../../access/operatorStatements";
import {
    callerTrust,
    invokeFunctionStatement,
    invokeGatewayStatement,
    invokeRuntimeStatement,
    policyDocument,
    pullImageStatements,
    runtimeResourcePolicy,
    serviceTrust,
    writeLogsStatement,
} from "../../../access/statements";
import { mcpRevisions } from "../../../agentcore/mcp";
import { runtimeEndpointArn, runtimeUrl } from "../../../agentcore/runtime";
import type { Statement } from "../../../access/documentSchema";
import { example, grants, hub, spoke } from "../../../policy/rules/examples";
import type { ExampleResource } from "../../../policy/rules/rule";
import { StackView } from "../../../policy/stackView";
import type { StackResource } from "../../../policy/resource";

const role = (name: string, trust: Statement) => ({
    name,
    arn: `arn:aws:iam::${hub.account}:role/${name}`,
    assumeRolePolicy: JSON.stringify(policyDocument([trust])),
});
const trusting = (what: string) =>
    serviceTrust({
        service: "bedrock-agentcore.amazonaws.com",
        source: {
            accountId: hub.account,
            arn: `arn:aws:bedrock-agentcore:us-east-1:${hub.account}:${what}-*`,
        },
    });
const rolePolicy = (roleName: string, name: string, statements: Statement[]) =>
    example("rolePolicy", name, {
        role: roleName,
        policy: JSON.stringify(policyDocument(statements)),
    });
const logGroup = (name: string) => `arn:aws:logs:us-east-1:${hub.account}:log-group:${name}`;
const agent = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/agent-a1b2c3d4e5";

function runtime(name: string, arn: string, roleName: string): ExampleResource[] {
    const id = arn.split("/").at(-1) ?? "";
    const group = `/aws/bedrock-agentcore/runtimes/${id}-DEFAULT`;
    return [
        example(
            "role",
            `${name}-execution`,
            role(roleName, trusting(`runtime/${id.slice(0, -11)}`)),
        ),
        example("runtime", `${name}-runtime`, {
            agentRuntimeName: id.slice(0, -11),
            agentRuntimeArn: arn,
            agentRuntimeId: id,
            agentRuntimeArtifact: {
                containerConfiguration: { containerUri: `${hub.image}@${hub.digest}` },
            },
            networkConfiguration: { networkMode: "PUBLIC" },
            lifecycleConfiguration: { idleRuntimeSessionTimeout: 900, maxLifetime: 28800 },
            environmentVariables: { AWS_REGION: "us-east-1" },
            roleArn: `arn:aws:iam::${hub.account}:role/${roleName}`,
        }),
        example("logGroup", `${name}-logs`, { name: group, retentionInDays: 30 }),
        rolePolicy(roleName, `${name}-read-code`, pullImageStatements(hub.repository)),
        rolePolicy(roleName, `${name}-write-logs`, [writeLogsStatement(logGroup(group))]),
        ...Object.entries({ runtime: arn, endpoint: runtimeEndpointArn(arn) }).map(
            ([what, resourceArn]) =>
                example("resourcePolicy", `${name}-${what}-access`, {
                    resourceArn,
                    policy: JSON.stringify(
                        policyDocument(
                            runtimeResourcePolicy({
                                resourceArn,
                                gatewayRoles: name === "agent" ? [] : [hub.serviceRole],
                                operators: name === "agent" ? [spoke.admin] : [],
                            }),
                        ),
                    ),
                }),
        ),
    ];
}

const place = { partition: "aws", region: "us-east-1", accountId: hub.account };

function operator(name: string, what: string, statements: Statement[]): ExampleResource[] {
    return [
        example("role", `${name}-role`, {
            ...role(name, callerTrust([spoke.admin])),
            maxSessionDuration: 3600,
        }),
        rolePolicy(name, `${name}-${what}`, statements),
    ];
}

/** A stack with one of everything, which keeps every rule. */
const resources: readonly ExampleResource[] = [
    example("stack", "agentcore-hub-provider", { account: hub.account, pendingGrants: [] }),
    example("aws", "aws", { region: "us-east-1", allowedAccountIds: `["${hub.account}"]` }),
    example("role", "tools-service", role("tools-service", trusting("gateway/tools"))),
    rolePolicy("tools-service", "tools-invoke-targets", [
        invokeFunctionStatement([hub.tool]),
        invokeRuntimeStatement([hub.runtime, runtimeEndpointArn(hub.runtime)]),
    ]),
    example("gateway", "tools-gateway", {
        name: "tools",
        gatewayArn: hub.gateway,
        gatewayIdentifier: "tools-a1b2c3d4e5",
        authorizerType: "AWS_IAM",
        protocolType: "MCP",
        protocolConfiguration: { mcp: { supportedVersions: [...mcpRevisions] } },
        roleArn: hub.serviceRole,
    }),
    example("target", "tools-echo-tools", {
        name: "echo-tools",
        gatewayIdentifier: "tools-a1b2c3d4e5",
        credentialProviderConfigurations: [{ credentialProviderType: "GATEWAY_IAM_ROLE" }],
        targetConfiguration: {
            mcp: {
                lambda: {
                    lambdaArn: hub.tool,
                    toolSchema: { s3: { uri: "s3://tools/echo-tools.json" } },
                },
            },
        },
    }),
    example("target", "tools-calculator", {
        name: "calculator",
        gatewayIdentifier: "tools-a1b2c3d4e5",
        credentialProviderConfigurations: [
            {
                credentialProviderType: "GATEWAY_IAM_ROLE",
                credentialProvider: {
                    iamCredentialProvider: { service: "bedrock-agentcore", region: "us-east-1" },
                },
            },
        ],
        targetConfiguration: { mcp: { mcpServer: { endpoint: runtimeUrl(hub.runtime) } } },
    }),
    example("resourcePolicy", "tools-grants", {
        resourceArn: hub.gateway,
        policy: JSON.stringify(grants([spoke.developer])),
    }),
    example(
        "role",
        "echo-tool-execution",
        role("echo-tool-execution", serviceTrust({ service: "lambda.amazonaws.com" })),
    ),
    rolePolicy("echo-tool-execution", "echo-tool-write-logs", [
        writeLogsStatement(logGroup("echo-tool-logs")),
    ]),
    example("logGroup", "echo-tool-logs", { name: "echo-tool-logs", retentionInDays: 30 }),
    example("function", "echo-tool-function", {
        name: "echo-tool",
        arn: hub.tool,
        role: `arn:aws:iam::${hub.account}:role/echo-tool-execution`,
        runtime: "nodejs24.x",
        handler: "index.handler",
        code: { path: "dist" },
        loggingConfig: { logFormat: "JSON", logGroup: "echo-tool-logs" },
    }),
    example("repository", "mcp-server-images", {
        name: "mcp-server-images",
        repositoryUrl: hub.image,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
    }),
    example("image", "mcp-server-image", {
        context: { location: "workloads/mcp-server" },
        push: true,
        platforms: ["linux/arm64"],
        tags: [`${hub.image}:1`],
    }),
    ...runtime("mcp-server", hub.runtime, "mcp-server-execution"),
    ...runtime("agent", agent, "agent"),
    rolePolicy("agent", "agent-invoke-gateways", [invokeGatewayStatement([hub.gateway])]),
    rolePolicy("agent", "agent-invoke-model", [
        {
            Effect: "Allow",
            Action: "bedrock:InvokeModel",
            Resource: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
        },
    ]),
    example("role", "developer-role", {
        ...role("developer", callerTrust([spoke.admin])),
        maxSessionDuration: 3600,
    }),
    rolePolicy("developer", "developer-invoke-gateways", [invokeGatewayStatement([hub.gateway])]),
    ...operator(
        "GatewayManagement",
        "manage",
        gatewayManagementStatements({
            ...place,
            serviceRoles: [hub.serviceRole],
            sourceAddresses: ["203.0.113.0/24"],
            kmsKeys: [`arn:aws:kms:us-east-1:${hub.account}:key/1234abcd`],
            schemaObjects: ["arn:aws:s3:::tool-schemas/tools.json"],
            credentialProviders: true,
        }),
    ),
    ...operator("GatewayReadOnly", "read", gatewayReadOnlyStatements(place)),
];

/** The base stack's resources, with some changed or added, by their names. */
export function baseResources(changes: readonly ExampleResource[] = []): StackResource[] {
    const all = new Map<string, ExampleResource>(resources.map((one) => [one.name, one]));
    for (const { name, type, props } of changes) {
        all.set(name, { name, type, props: { ...all.get(name)?.props, ...props } });
    }
    const aws = all.get("aws");
    return [...all.values()].map(({ name, type, props }) => ({
        urn: `urn:pulumi:provider::agentcore-hub::${type}::${name}`,
        type,
        name,
        props,
        ...(aws !== undefined &&
            /^aws(?:-native)?:/.test(type) && { provider: { type: aws.type, props: aws.props } }),
    }));
}

/** The base stack, with some resources changed or added. */
export function baseStack(changes: readonly ExampleResource[] = []): StackView {
    return new StackView(baseResources(changes));
}
