import { shown } from "../../agentcore/shown";
import type { ToolDefinition } from "../../agentcore/toolSchema";
import { notEmulated, validation } from "../awsError";
import { requireWellFormed } from "./policyText";
import { refuseProblems } from "./refuse";

/** What CreateGateway takes, in the service's own words. */
export interface GatewayInput {
    name: string;
    description?: string;
    roleArn: string;
    authorizerType: string;
    protocolType?: string;
    protocolConfiguration?: { mcp?: { supportedVersions?: string[]; instructions?: string } };
    exceptionLevel?: string;
    tags?: Readonly<Record<string, string>>;
}

/** What CreateGatewayTarget takes. */
export interface GatewayTargetInput {
    name: string;
    description?: string;
    targetConfiguration: {
        mcp?: { lambda?: { lambdaArn: string; toolSchema: { inlinePayload?: ToolDefinition[] } } };
    };
    credentialProviderConfigurations?: { credentialProviderType: string }[];
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

/**
 * What CreateGatewayTarget refuses of its input.
 *
 * @throws AwsError ValidationException, NotEmulated
 */
export function checkTarget(
    gatewayIdentifier: string,
    input: GatewayTargetInput,
): { lambdaArn: string; tools: ToolDefinition[] } {
    refuseProblems(
        "aws-native:bedrockagentcore:GatewayTarget",
        { gatewayIdentifier, ...input },
        validation,
    );
    const lambda = input.targetConfiguration.mcp?.lambda;
    if (lambda === undefined) {
        throw notEmulated(
            `gateway targets of type ${Object.keys(input.targetConfiguration.mcp ?? input.targetConfiguration).join(", ")}`,
        );
    }
    const tools = lambda.toolSchema.inlinePayload;
    if (tools === undefined) throw notEmulated("tool schemas in S3");
    const [credentials] = input.credentialProviderConfigurations ?? [];
    if (
        credentials?.credentialProviderType !== "GATEWAY_IAM_ROLE" ||
        "credentialProvider" in credentials
    ) {
        throw validation(
            `credentialProviderConfigurations: got ${shown(credentials)}; a Lambda target takes exactly GATEWAY_IAM_ROLE, without credentialProvider`,
        );
    }
    return { lambdaArn: lambda.lambdaArn, tools };
}

interface PolicyStatement {
    Resource?: unknown;
    NotResource?: unknown;
    Action?: unknown;
    NotAction?: unknown;
}

/** The actions that a gateway's resource policy may name (devguide, resource-based-policies; sure). */
const gatewayActions = ["bedrock-agentcore:InvokeGateway"];

/** Exact own ARN, and this resource's actions only (devguide, resource-based-policies; sure). */
export function checkResourcePolicy(resourceArn: string, policy: string): void {
    requireWellFormed(policy, "resource", (problem) =>
        validation(`The resource policy is malformed: ${problem}`),
    );
    const { Statement } = JSON.parse(policy) as { Statement: PolicyStatement | PolicyStatement[] };
    const problems = [Statement].flat().flatMap((statement, index) => {
        const place = `Statement[${index}]`;
        return [
            ...absent(`${place}.NotResource`, statement.NotResource, "Resource"),
            ...absent(`${place}.NotAction`, statement.NotAction, "Action"),
            ...others(statement.Resource, [resourceArn]).map(
                (resource) =>
                    `${place}.Resource: got ${shown(resource)}; must be the gateway's exact ARN ${resourceArn}`,
            ),
            ...others(statement.Action, gatewayActions).map(
                (action) =>
                    `${place}.Action: got ${shown(action)}; must be ${gatewayActions.join(" or ")}`,
            ),
        ];
    });
    if (problems.length > 0) throw validation(problems.join("; "));
}

function absent(path: string, value: unknown, instead: string): string[] {
    if (value === undefined) return [];
    return [`${path}: got ${shown(value)}; must be absent, with ${instead} in its place`];
}

/** The members of an element that are none of the allowed ones. */
function others(element: unknown, allowed: readonly string[]): unknown[] {
    if (element === undefined) return [];
    return [element].flat().filter((member) => !allowed.includes(member as string));
}
