import { limits } from "../../agentcore/limits";
import { toolSchemaProblems, type ToolDefinition } from "../../agentcore/toolSchema";
import { notEmulated, validation } from "../awsError";
import { requireWellFormed } from "./policyText";

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
 * What CreateGatewayTarget refuses of a target.
 *
 * @throws AwsError ValidationException, NotEmulated
 */
export function checkTarget(input: GatewayTargetInput): {
    lambdaArn: string;
    tools: ToolDefinition[];
} {
    if (!limits.targetName.pattern.test(input.name)) {
        throw validation(`name: got ${input.name}; must be ${limits.targetName.rule}`);
    }
    const lambda = input.targetConfiguration.mcp?.lambda;
    if (lambda === undefined) {
        throw notEmulated(
            `gateway targets of type ${Object.keys(input.targetConfiguration.mcp ?? input.targetConfiguration).join(", ")}`,
        );
    }
    const tools = lambda.toolSchema.inlinePayload;
    if (tools === undefined) throw notEmulated("tool schemas in S3");
    const problems = toolSchemaProblems(tools);
    if (problems.length > 0) throw validation(problems.join("; "));
    if (tools.length > limits.toolsPerTarget.max) {
        throw validation(`inlinePayload: got ${tools.length} tools; must be at most 1000`);
    }
    const credentials = input.credentialProviderConfigurations ?? [];
    if (
        credentials.length !== 1 ||
        credentials[0]?.credentialProviderType !== "GATEWAY_IAM_ROLE" ||
        "credentialProvider" in credentials[0]
    ) {
        throw validation(
            "credentialProviderConfigurations: a Lambda target takes exactly GATEWAY_IAM_ROLE, without credentialProvider",
        );
    }
    return { lambdaArn: lambda.lambdaArn, tools };
}

interface PolicyStatement {
    Resource?: unknown;
    Action?: unknown;
}

/** Exact own ARN, and InvokeGateway only (AgentCore devguide, resource-based-policies; sure). */
export function checkResourcePolicy(resourceArn: string, policy: string): void {
    requireWellFormed(policy, "resource", (problem) =>
        validation(`The resource policy is malformed: ${problem}`),
    );
    const { Statement } = JSON.parse(policy) as { Statement: PolicyStatement | PolicyStatement[] };
    const statements = [Statement].flat();
    statements.forEach((statement, index) => {
        for (const resource of [statement.Resource].flat()) {
            if (resource !== resourceArn) {
                throw validation(
                    `Statement[${index}].Resource: got ${JSON.stringify(resource)}; must be the gateway's exact ARN ${resourceArn}`,
                );
            }
        }
        for (const action of [statement.Action].flat()) {
            if (action !== "bedrock-agentcore:InvokeGateway") {
                throw validation(
                    `Statement[${index}].Action: got ${JSON.stringify(action)}; must be bedrock-agentcore:InvokeGateway`,
                );
            }
        }
    });
}
