import { Role } from "@pulumi/aws/iam/role";
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
} from "@pulumi/pulumi";
import {
    gatewayResourcePolicy,
    invokeFunctionStatement,
    policyDocument,
    serviceTrust,
} from "../access/statements";
import { gatewayIdSuffixCharacters, limits, partitionOf } from "../agentcore/limits";
import type { ToolDefinition } from "../agentcore/toolSchema";
import { InvalidArgs } from "./invalidArgs";

/** A Lambda function behind a gateway, and the tools that the gateway shows of it. */
export interface GatewayTargetArgs {
    lambdaArn: Input<string>;
    tools: readonly ToolDefinition[];
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
    /** Targets by name; plain, because the names decide which resources exist. */
    targets: Readonly<Record<string, GatewayTargetArgs>>;
    /** Exact principals that may invoke the gateway. With none there is no resource policy. */
    grants: { principals: readonly string[]; roleIds: readonly string[] };
}

/** A gateway with IAM inbound auth, its service role, its Lambda targets and its grants. */
export class ToolGateway extends ComponentResource {
    readonly gatewayId: Output<string>;
    readonly gatewayArn: Output<string>;
    readonly gatewayUrl: Output<string>;

    constructor(name: string, args: ToolGatewayArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:ToolGateway", name, {}, opts);
        const arnPrefix = `arn:${partitionOf(args.region)}:bedrock-agentcore:${args.region}:${args.accountId}:gateway/${args.gatewayName.toLowerCase()}-`;
        this.#checkPolicySize(name, arnPrefix, args.grants);

        const role = new Role(
            `${name}-service`,
            {
                description: `Service role of the AgentCore gateway ${args.gatewayName}`,
                assumeRolePolicy: JSON.stringify(
                    policyDocument([
                        serviceTrust({
                            service: "bedrock-agentcore.amazonaws.com",
                            // The id's last ten characters are unknown before the gateway is there.
                            source: { accountId: args.accountId, arn: `${arnPrefix}*` },
                        }),
                    ]),
                ),
            },
            { parent: this },
        );
        const lambdaArns = output(Object.values(args.targets).map((target) => target.lambdaArn));
        const invokeTargets = new RolePolicy(
            `${name}-invoke-targets`,
            {
                role: role.name,
                policy: lambdaArns.apply((arns) =>
                    JSON.stringify(policyDocument([invokeFunctionStatement(arns)])),
                ),
            },
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
                    },
                },
                roleArn: role.arn,
                ...(args.exceptionLevel !== undefined && { exceptionLevel: args.exceptionLevel }),
            },
            // AgentCore takes no new name for a gateway, and CloudFormation's schema does not say so.
            { parent: this, replaceOnChanges: ["name"] },
        );
        for (const [targetName, target] of Object.entries(args.targets)) {
            new GatewayTarget(
                `${name}-${targetName}`,
                {
                    name: targetName,
                    gatewayIdentifier: gateway.gatewayIdentifier,
                    targetConfiguration: {
                        mcp: {
                            lambda: {
                                lambdaArn: target.lambdaArn,
                                toolSchema: { inlinePayload: [...target.tools] as never },
                            },
                        },
                    },
                    credentialProviderConfigurations: [
                        { credentialProviderType: "GATEWAY_IAM_ROLE" },
                    ],
                },
                // The service checks the role's permission when the target is created.
                { parent: this, dependsOn: [invokeTargets] },
            );
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
