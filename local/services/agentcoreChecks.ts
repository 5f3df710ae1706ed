import { revisionWhenUnset } from "../../agentcore/mcp";
import { runtimeEndpointProblem, signedHostOf } from "../../agentcore/mcpServerTargets";
import { refusals } from "../../agentcore/refusals";
import { shown } from "../../agentcore/shown";
import type { ToolDefinition } from "../../agentcore/toolSchema";
import { notEmulated, validation, type AwsError } from "../awsError";
import { refusal, refuseProblems } from "./refuse";

/** What CreateGateway takes, in the service's own words. */
export interface GatewayInput {
    name: string;
    description?: string;
    roleArn: string;
    authorizerType: string;
    protocolType?: string;
    protocolConfiguration?: {
        mcp?: { supportedVersions?: string[]; instructions?: string; searchType?: "SEMANTIC" };
    };
    exceptionLevel?: string;
    tags?: Readonly<Record<string, string>>;
}

/** The MCP revisions that a gateway accepts; one old one where its configuration names none. */
export function supportedVersions(gateway: GatewayInput): readonly string[] {
    return gateway.protocolConfiguration?.mcp?.supportedVersions ?? [revisionWhenUnset];
}

/** Whether a gateway has AWS's own tool to search its tools. */
export function hasToolSearch(gateway: GatewayInput): boolean {
    return gateway.protocolConfiguration?.mcp?.searchType === "SEMANTIC";
}

/** What CreateGatewayTarget takes. */
export interface GatewayTargetInput {
    name: string;
    description?: string;
    targetConfiguration: {
        mcp?: { lambda?: LambdaConfiguration; mcpServer?: McpServerConfiguration };
    };
    credentialProviderConfigurations?: CredentialProviderConfiguration[];
}

/** The same for a Lambda function. */
export interface LambdaTargetInput extends GatewayTargetInput {
    targetConfiguration: { mcp: { lambda: LambdaConfiguration } };
}

interface LambdaConfiguration {
    lambdaArn: string;
    toolSchema: { inlinePayload?: ToolDefinition[] };
}

interface McpServerConfiguration {
    endpoint: string;
    listingMode?: ListingMode;
    resourcePriority?: number;
    mcpToolSchema?: unknown;
}

/** Whether a gateway keeps a server's tools, or asks for them each time. */
export type ListingMode = "DEFAULT" | "DYNAMIC";

interface CredentialProviderConfiguration {
    credentialProviderType: string;
    credentialProvider?: { iamCredentialProvider?: { service: string; region?: string } };
}

/**
 * What CreateGateway refuses of its input.
 *
 * @throws AwsError ValidationException, NotEmulated
 */
export function checkGateway(input: GatewayInput): void {
    refuseProblems("aws-native:bedrockagentcore:Gateway", { ...input }, validation);
    if (input.authorizerType !== "AWS_IAM") {
        throw notEmulated(`gateway authorizerType ${input.authorizerType}`);
    }
    if (input.protocolType !== "MCP") {
        throw notEmulated(`gateway protocolType ${input.protocolType ?? "unset"}`);
    }
}

/** A target as its configuration has it. */
export type CheckedTarget = CheckedLambda | CheckedMcpServer;

/** A Lambda function with its tools. */
export interface CheckedLambda {
    kind: "lambda";
    lambdaArn: string;
    tools: readonly ToolDefinition[];
}

/** An MCP server, and what its calls are signed for. */
export interface CheckedMcpServer {
    kind: "mcpServer";
    endpoint: string;
    listingMode: ListingMode;
    service: string;
    region: string;
}

/**
 * What CreateGatewayTarget refuses of its input.
 *
 * @throws AwsError ValidationException, NotEmulated
 */
export function checkTarget(
    gateway: GatewayInput & { gatewayId: string; region: string },
    input: GatewayTargetInput,
): CheckedTarget {
    const { gatewayId, region } = gateway;
    refuseProblems(
        "aws-native:bedrockagentcore:GatewayTarget",
        { gatewayIdentifier: gatewayId, ...input },
        validation,
    );
    const { mcp } = input.targetConfiguration;
    const [credentials] = input.credentialProviderConfigurations ?? [];
    if (mcp?.lambda !== undefined) return checkLambda(mcp.lambda, credentials);
    if (mcp?.mcpServer !== undefined) {
        const checked = checkMcpServer(mcp.mcpServer, credentials, region);
        if (checked.listingMode === "DYNAMIC" && hasToolSearch(gateway)) {
            throw dynamicWithSearch(input.name);
        }
        return checked;
    }
    const types = Object.keys(mcp ?? input.targetConfiguration).join(", ");
    throw notEmulated(`gateway targets of type ${types}`);
}

/** The refusal of a target with DYNAMIC listing on a gateway with semantic search. */
export function dynamicWithSearch(targetName: string): AwsError {
    return refusal(
        refusals.dynamicWithSearch,
        `target ${targetName}: got listingMode DYNAMIC on a gateway with searchType SEMANTIC; must be DEFAULT, or the gateway without searchType`,
    );
}

function checkLambda(
    { lambdaArn, toolSchema }: LambdaConfiguration,
    credentials: CredentialProviderConfiguration | undefined,
): CheckedLambda {
    const tools = toolSchema.inlinePayload;
    if (tools === undefined) throw notEmulated("tool schemas in S3");
    if (
        credentials?.credentialProviderType !== "GATEWAY_IAM_ROLE" ||
        "credentialProvider" in credentials
    ) {
        throw validation(
            `credentialProviderConfigurations: got ${shown(credentials)}; a Lambda target takes exactly GATEWAY_IAM_ROLE, without credentialProvider`,
        );
    }
    return { kind: "lambda", lambdaArn, tools };
}

/** Refuses what the gateway-target-MCPservers page refuses (sure, but for the words). */
function checkMcpServer(
    { endpoint, listingMode = "DEFAULT", mcpToolSchema }: McpServerConfiguration,
    credentials: CredentialProviderConfiguration | undefined,
    gatewayRegion: string,
): CheckedMcpServer {
    if (mcpToolSchema !== undefined) throw notEmulated("mcpToolSchema of an MCP server target");
    const type = credentials?.credentialProviderType;
    if (type !== "GATEWAY_IAM_ROLE") {
        throw notEmulated(`MCP server targets with the credential provider ${type ?? "unset"}`);
    }
    const provider = credentials?.credentialProvider?.iamCredentialProvider;
    if (provider === undefined) {
        throw refusal(
            refusals.mcpServerCredentials,
            `credentialProviderConfigurations[0].credentialProvider: got ${shown(credentials?.credentialProvider)}; must be {"iamCredentialProvider":{"service":"bedrock-agentcore"}}`,
        );
    }
    checkEndpoint(endpoint);
    const { service, region = gatewayRegion } = provider;
    return { kind: "mcpServer", endpoint, listingMode, service, region };
}

function checkEndpoint(endpoint: string): void {
    const got = `endpoint: got ${endpoint}`;
    if (!URL.canParse(endpoint)) {
        throw refusal(refusals.mcpServerEndpoint, `${got}; must be a URL`);
    }
    const host = signedHostOf(endpoint);
    if (host === undefined) {
        throw refusal(
            refusals.mcpServerHost,
            `${got}; load balancers, EC2 and other hosts verify no SigV4 signatures`,
        );
    }
    if (host !== "runtime") {
        const service = {
            gateway: "gateways",
            "execute-api": "API Gateway",
            lambda: "Lambda URLs",
        };
        throw notEmulated(`MCP servers behind ${service[host]} (${got})`);
    }
    const problem = runtimeEndpointProblem(endpoint);
    if (problem !== undefined) throw refusal(refusals.mcpServerEndpoint, `${got}; ${problem}`);
}
