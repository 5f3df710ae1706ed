import type { ProviderResource } from "@pulumi/pulumi/resource";
import { runtimeEndpointArn, runtimeUrl } from "../agentcore/runtime";
import { LambdaTool } from "../components/lambdaTool";
import type { GatewayTargetArgs, McpServerTargetArgs } from "../components/toolGateway";
import type { LambdaTargetSettings, McpServerTargetSettings, ProviderSettings } from "../settings";
import type { HubRuntime } from "./runtimes";

/** The targets of each gateway, with the functions behind them: one for each workload, whichever gateways show it. */
export function providerTargets(
    settings: ProviderSettings,
    runtimes: ReadonlyMap<string, HubRuntime>,
    providers: readonly ProviderResource[],
): Record<string, Record<string, GatewayTargetArgs>> {
    const tools = new Map<string, LambdaTool>();
    const toolOf = (workload: string): LambdaTool => {
        const known = tools.get(workload);
        if (known !== undefined) return known;
        const tool = new LambdaTool(
            workload,
            { codeFolder: `workloads/${workload}/dist`, ...settings.lambda },
            { providers: [...providers] },
        );
        tools.set(workload, tool);
        return tool;
    };
    return mapValues(settings.gateways, ({ targets }) =>
        mapValues(targets, (target) =>
            target.kind === "lambda"
                ? lambdaTarget(target, toolOf)
                : mcpServerTarget(target, runtimes),
        ),
    );
}

function lambdaTarget(
    { lambda, tools }: LambdaTargetSettings,
    toolOf: (workload: string) => LambdaTool,
): GatewayTargetArgs {
    const lambdaArn =
        lambda.kind === "existing" ? lambda.functionArn : toolOf(lambda.workload).functionArn;
    return { kind: "lambda", lambdaArn, tools };
}

function mcpServerTarget(
    { server, listingMode }: McpServerTargetSettings,
    runtimes: ReadonlyMap<string, HubRuntime>,
): McpServerTargetArgs {
    const common = { kind: "mcpServer", listingMode } as const;
    switch (server.kind) {
        case "workload": {
            const hubRuntime = runtimes.get(server.workload);
            if (hubRuntime === undefined) throw new Error(`No runtime of ${server.workload}`);
            const { runtime, access } = hubRuntime;
            const { runtimeArn, endpointArn, runtimeId, codeDigest } = runtime;
            return {
                ...common,
                endpoint: runtime.runtimeArnUrlEncoded,
                service: "bedrock-agentcore",
                resourceArns: [runtimeArn, endpointArn],
                runtime: {
                    runtimeId,
                    codeDigest,
                    ready: [...runtime.ready, ...access.policies],
                },
            };
        }
        case "runtime": {
            const { runtimeArn, qualifier } = server;
            return {
                ...common,
                endpoint: runtimeUrl(runtimeArn, qualifier),
                service: "bedrock-agentcore",
                resourceArns: [runtimeArn, runtimeEndpointArn(runtimeArn, qualifier)],
            };
        }
        case "url": {
            const { url, service, resourceArn } = server;
            return { ...common, endpoint: url, service, resourceArns: [resourceArn] };
        }
    }
}

function mapValues<V, W>(
    values: Readonly<Record<string, V>>,
    map: (value: V) => W,
): Record<string, W> {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
