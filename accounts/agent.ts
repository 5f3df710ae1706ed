import type { ProviderResource, Resource } from "@pulumi/pulumi/resource";
import {
    invokeGatewayStatement,
    invokeModelStatements,
    telemetryStatements,
} from "../access/statements";
import { regionOfArn } from "../agentcore/arn";
import { partitionOf } from "../agentcore/limits";
import { runtimeNameOf } from "../agentcore/runtime";
import { AgentRuntime } from "../components/agentRuntime";
import { RuntimeAccess } from "../components/runtimeAccess";
import type { AgentSettings, ConsumerSettings } from "../settings";
import { buildProviders } from "./pinnedProviders";
import { runtimeCode } from "./runtimes";

/** What {@link consumerAgent} takes. */
export interface ConsumerAgentArgs {
    /** The gateways that are there, of those that the agent names. */
    gateways: readonly { arn: string; url: string }[];
    /** The stack's own roles, which may be among those that invoke the agent. */
    callers: readonly Resource[];
    providers: readonly ProviderResource[];
}

/** The spoke's agent on a runtime: its role calls the gateways and one model, and only those named may invoke it. */
export function consumerAgent(
    agent: AgentSettings,
    settings: ConsumerSettings,
    args: ConsumerAgentArgs,
): AgentRuntime {
    const { accountId, region } = settings;
    const { workload, model, modelRegions, systemPrompt } = agent;
    const providers = [...args.providers, ...buildProviders()];
    const gatewayArns = args.gateways.map(({ arn }) => arn);
    const runtime = new AgentRuntime(
        workload,
        {
            ...settings.runtime,
            runtimeName: runtimeNameOf(workload),
            roleName: workload,
            accountId,
            region,
            protocol: "HTTP",
            code: runtimeCode(workload, settings, providers),
            environmentVariables: {
                AWS_REGION: region,
                GATEWAY_URL: args.gateways.map(({ url }) => url).join(","),
                GATEWAY_REGION: gatewayArns.map((arn) => regionOfArn(arn) ?? region).join(","),
                BEDROCK_MODEL_ID: model,
                TOOL_LOADING: agent.toolLoading,
                MAX_TURNS: String(agent.maxTurns),
                ...(systemPrompt !== undefined && { SYSTEM_PROMPT: systemPrompt }),
            },
            policies: {
                ...(gatewayArns.length > 0 && {
                    "invoke-gateways": [invokeGatewayStatement(gatewayArns)],
                }),
                "invoke-model": invokeModelStatements({
                    modelId: model,
                    region,
                    accountId,
                    partition: partitionOf(region),
                    ...(modelRegions !== undefined && { profileRegions: modelRegions }),
                }),
                "write-telemetry": telemetryStatements(),
            },
        },
        { providers },
    );
    new RuntimeAccess(
        workload,
        { runtime, gatewayRoles: [], operators: agent.invokedBy },
        // AWS takes no policy that names a role that is not there.
        { providers, dependsOn: [...args.callers] },
    );
    return runtime;
}
