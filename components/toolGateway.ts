import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Gateway } from "@pulumi/aws-native/bedrockagentcore/gateway";
import { GatewayTarget } from "@pulumi/aws-native/bedrockagentcore/gatewayTarget";
import { ResourcePolicy } from "@pulumi/aws-native/bedrockagentcore/resourcePolicy";
import {
    ComponentResource,
    output,
    type ComponentResourceOptions,
    type Input,
    type Output,
    type Resource,
} from "@pulumi/pulumi";
import {
    gatewayResourcePolicy,
    invokeFunctionStatement,
    invokeRuntimeStatement,
    invokeUrlStatements,
    policyDocument,
} from "../access/statements";
import { gatewayIdSuffixCharacters, limits } from "../agentcore/limits";
import type { ToolDefinition } from "../agentcore/toolSchema";
import { deployCommand } from "./deployCommand";
import { gatewayArnPrefix, type GatewayServiceRole } from "./gatewayServiceRole";
import { InvalidArgs } from "./invalidArgs";

/** What a gateway shows as a target. */
export type GatewayTargetArgs = LambdaTargetArgs | McpServerTargetArgs;

/** A Lambda function behind a gateway, and the tools that the gateway shows of it. */
export interface LambdaTargetArgs {
    kind: "lambda";
    lambdaArn: Input<string>;
    tools: readonly ToolDefinition[];
}

/** An MCP server behind a gateway, called with the gateway's role. */
export interface McpServerTargetArgs {
    kind: "mcpServer";
    endpoint: Input<string>;
    listingMode: "DEFAULT" | "DYNAMIC";
    /** What the call is signed for. */
    service: "bedrock-agentcore" | "lambda" | "execute-api";
    /** Exact ARNs that the call is authorized on: a runtime's and its endpoint's, a function's or a method's. */
    resourceArns: readonly Input<string>[];
    /** A runtime of this stack: awaited before its target is made, synchronized when its code changes. */
    runtime?: {
        runtimeId: Input<string>;
        codeDigest: Input<string>;
        ready: readonly Resource[];
    };
}

/** What {@link ToolGateway} takes. */
export interface ToolGatewayArgs {
    /** The gateway's name, the start of its id; a change replaces the gateway and its ARN. */
    gatewayName: string;
    accountId: string;
    region: string;
    description?: string;
    /** Told to MCP clients by `initialize`. */
    instructions?: string;
    /** DEBUG shows callers why a target failed. @default generic texts */
    exceptionLevel?: "DEBUG";
    /** MCP revisions; always set, because AWS accepts one old revision only where it is not. */
    supportedVersions: readonly string[];
    /** SEMANTIC: the gateway has a tool that finds tools. */
    searchType?: "SEMANTIC";
    /** The role that its targets are called with. */
    serviceRole: GatewayServiceRole;
    /** Targets by name; plain, because the names decide which resources exist. */
    targets: Readonly<Record<string, GatewayTargetArgs>>;
    /** Exact principals that may invoke the gateway. With none there is no resource policy. */
    grants: { principals: readonly string[]; roleIds: readonly string[] };
}

/** A gateway with IAM inbound auth, its targets, what its role may invoke, and its grants. */
export class ToolGateway extends ComponentResource {
    readonly gatewayId: Output<string>;
    readonly gatewayArn: Output<string>;
    readonly gatewayUrl: Output<string>;

    constructor(name: string, args: ToolGatewayArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:ToolGateway", name, {}, opts);
        const { serviceRole } = args;
        this.#checkPolicySize(name, gatewayArnPrefix(args), args.grants);
        const invokeTargets = new RolePolicy(
            `${name}-invoke-targets`,
            { role: serviceRole.roleName, policy: invokePolicy(Object.values(args.targets)) },
            { parent: this },
        );
        const gateway = new Gateway(
            `${name}-gateway`,
            {
                name: args.gatewayName,
                ...(args.description !== undefined && { description: args.description }),
                authorizerType: "AWS_IAM",
                protocolType: "MCP",
                protocolConfiguration: {
                    mcp: {
                        supportedVersions: [...args.supportedVersions],
                        ...(args.instructions !== undefined && {
                            instructions: args.instructions,
                        }),
                        ...(args.searchType !== undefined && { searchType: args.searchType }),
                    },
                },
                roleArn: serviceRole.roleArn,
                ...(args.exceptionLevel !== undefined && { exceptionLevel: args.exceptionLevel }),
            },
            // AgentCore takes no new name for a gateway, and CloudFormation's schema does not say so.
            { parent: this, replaceOnChanges: ["name"] },
        );
        for (const [targetName, target] of Object.entries(args.targets)) {
            this.#addTarget(`${name}-${targetName}`, targetName, target, {
                args,
                gatewayId: gateway.gatewayIdentifier,
                dependsOn: [invokeTargets],
            });
        }
        if (args.grants.principals.length > 0) {
            new ResourcePolicy(
                `${name}-grants`,
                {
                    resourceArn: gateway.gatewayArn,
                    policy: gateway.gatewayArn.apply((gatewayArn) =>
                        JSON.stringify(
                            policyDocument([gatewayResourcePolicy({ gatewayArn, ...args.grants })]),
                        ),
                    ),
                },
                { parent: this },
            );
        }
        this.gatewayId = gateway.gatewayIdentifier;
        this.gatewayArn = gateway.gatewayArn;
        this.gatewayUrl = gateway.gatewayUrl;
        this.registerOutputs({
            gatewayId: this.gatewayId,
            gatewayArn: this.gatewayArn,
            gatewayUrl: this.gatewayUrl,
        });
    }

    #addTarget(
        name: string,
        targetName: string,
        target: GatewayTargetArgs,
        of: { args: ToolGatewayArgs; gatewayId: Output<string>; dependsOn: Resource[] },
    ): void {
        const { accountId, region } = of.args;
        const runtime = target.kind === "mcpServer" ? target.runtime : undefined;
        const dependsOn = [...of.dependsOn];
        if (runtime !== undefined) {
            dependsOn.push(
                deployCommand(
                    `${name}-await-runtime`,
                    {
                        run: "await-runtime",
                        accountId,
                        region,
                        environment: { HUB_RUNTIME_ID: runtime.runtimeId },
                        when: "always",
                    },
                    { parent: this, dependsOn: [...runtime.ready] },
                ),
            );
        }
        const gatewayTarget = new GatewayTarget(
            name,
            {
                name: targetName,
                gatewayIdentifier: of.gatewayId,
                targetConfiguration: { mcp: targetConfiguration(target) },
                credentialProviderConfigurations: [
                    {
                        credentialProviderType: "GATEWAY_IAM_ROLE",
                        ...(target.kind === "mcpServer" && {
                            credentialProvider: {
                                iamCredentialProvider: { service: target.service, region },
                            },
                        }),
                    },
                ],
            },
            // The service tries the role's permission, and calls an MCP server, when the target is created.
            { parent: this, dependsOn },
        );
        if (target.kind === "lambda" || runtime === undefined) return;
        if (target.listingMode === "DYNAMIC") return;
        deployCommand(
            `${name}-synchronize`,
            {
                run: "synchronize-target",
                accountId,
                region,
                environment: {
                    HUB_GATEWAY_ID: of.gatewayId,
                    HUB_TARGET_ID: gatewayTarget.targetId,
                    CODE_DIGEST: runtime.codeDigest,
                },
                // A new target has just read the tools.
                when: "onChange",
            },
            { parent: this },
        );
    }

    /** The document's length is known before the ARN is: the id's suffix has a fixed length. */
    #checkPolicySize(name: string, arnPrefix: string, grants: ToolGatewayArgs["grants"]): void {
        const gatewayArn = arnPrefix + "0".repeat(gatewayIdSuffixCharacters - 1);
        const document = policyDocument([gatewayResourcePolicy({ gatewayArn, ...grants })]);
        const size = JSON.stringify(document).length;
        const { max } = limits.resourcePolicyCharacters;
        if (size > max) {
            throw new InvalidArgs(this, [
                `gateways.${name}.grants: got ${grants.principals.length} principals, a resource policy of ${size} characters; must be at most ${max} (${size - max} too many): move some spokes to a second gateway with the same targets`,
            ]);
        }
    }
}

function targetConfiguration(target: GatewayTargetArgs) {
    if (target.kind === "mcpServer") {
        return { mcpServer: { endpoint: target.endpoint, listingMode: target.listingMode } };
    }
    const inlinePayload = [...target.tools] as never;
    return { lambda: { lambdaArn: target.lambdaArn, toolSchema: { inlinePayload } } };
}

/** What the service role may invoke: exactly the targets. */
function invokePolicy(targets: readonly GatewayTargetArgs[]): Output<string> {
    const functions = targets.flatMap((one) => (one.kind === "lambda" ? [one.lambdaArn] : []));
    const ofService = (service: McpServerTargetArgs["service"]) =>
        targets.flatMap((one) =>
            one.kind === "mcpServer" && one.service === service ? one.resourceArns : [],
        );
    return output({
        functionArns: functions,
        runtimeArns: ofService("bedrock-agentcore"),
        urlFunctionArns: ofService("lambda"),
        methodArns: ofService("execute-api"),
    }).apply(({ functionArns, runtimeArns, urlFunctionArns, methodArns }) =>
        JSON.stringify(
            policyDocument([
                ...(functionArns.length > 0 ? [invokeFunctionStatement(functionArns)] : []),
                ...(runtimeArns.length > 0 ? [invokeRuntimeStatement(runtimeArns)] : []),
                ...invokeUrlStatements({ functionArns: urlFunctionArns, methodArns }),
            ]),
        ),
    );
}
