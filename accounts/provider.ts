import { log, type Output } from "@pulumi/pulumi";
import { LambdaTool } from "../components/lambdaTool";
import { ToolGateway, type GatewayTargetArgs } from "../components/toolGateway";
import type { GatewaySettings, ProviderSettings } from "../settings";
import { resolveGrants, type PendingGrant } from "./grants";
import { pinnedProviders } from "./pinnedProviders";

/** The outputs of a hub's stack. */
export interface ProviderOutputs {
    account: string;
    region: string;
    gateways: Record<
        string,
        { gatewayId: Output<string>; gatewayUrl: Output<string>; gatewayArn: Output<string> }
    >;
    pendingGrants: PendingGrant[];
}

/** A hub: its tools, its gateways, and the grants to the spokes' roles that are there. */
export async function providerAccount(settings: ProviderSettings): Promise<ProviderOutputs> {
    const grants = await resolveGrants(settings);
    const providers = pinnedProviders(settings);
    const tools = new Map<string, LambdaTool>();
    const gateways: ProviderOutputs["gateways"] = {};
    for (const [name, gateway] of Object.entries(settings.gateways)) {
        const { description, instructions, exceptionLevel, supportedVersions } = gateway;
        const toolGateway = new ToolGateway(
            name,
            {
                gatewayName: name,
                accountId: settings.accountId,
                region: settings.region,
                supportedVersions,
                ...(description !== undefined && { description }),
                ...(instructions !== undefined && { instructions }),
                ...(exceptionLevel !== undefined && { exceptionLevel }),
                targets: targetsOf(gateway, settings, tools, providers),
                grants: grants.resolved[name] ?? { principals: [], roleIds: [] },
            },
            { providers },
        );
        const { gatewayId, gatewayUrl, gatewayArn } = toolGateway;
        gateways[name] = { gatewayId, gatewayUrl, gatewayArn };
    }
    for (const pending of grants.pending) {
        await log.warn(
            `Pending grant on gateway ${pending.gateway}: ${pending.reason} Deploy stack ${pending.stack}, then this one again.`,
        );
    }
    return {
        account: settings.accountId,
        region: settings.region,
        gateways,
        pendingGrants: grants.pending,
    };
}

function targetsOf(
    gateway: GatewaySettings,
    settings: ProviderSettings,
    tools: Map<string, LambdaTool>,
    providers: ReturnType<typeof pinnedProviders>,
): Record<string, GatewayTargetArgs> {
    const targets: Record<string, GatewayTargetArgs> = {};
    for (const [name, target] of Object.entries(gateway.targets)) {
        const { lambda } = target;
        if (lambda.kind === "existing") {
            targets[name] = { lambdaArn: lambda.functionArn, tools: target.tools };
            continue;
        }
        let tool = tools.get(lambda.workload);
        if (tool === undefined) {
            tool = new LambdaTool(
                lambda.workload,
                { codeFolder: `workloads/${lambda.workload}/dist`, ...settings.lambda },
                { providers },
            );
            tools.set(lambda.workload, tool);
        }
        targets[name] = { lambdaArn: tool.functionArn, tools: target.tools };
    }
    return targets;
}
