import { log, type Output } from "@pulumi/pulumi";
import { runtimeNameOf } from "../agentcore/runtime";
import { GatewayServiceRole } from "../components/gatewayServiceRole";
import { ToolGateway } from "../components/toolGateway";
import type { ProviderSettings } from "../settings";
import { resolveGrants, type PendingGrant } from "./grants";
import { operatorRoles, type OperatorRoles } from "./operators";
import { pinnedProviders } from "./pinnedProviders";
import { providerRuntimes } from "./runtimes";
import { providerTargets } from "./targets";
import { verification } from "./verification";

/** The outputs of a hub's stack. */
export interface ProviderOutputs {
    account: string;
    region: string;
    gateways: Record<
        string,
        { gatewayId: Output<string>; gatewayUrl: Output<string>; gatewayArn: Output<string> }
    >;
    runtimes: Record<string, { runtimeArn: Output<string>; runtimeArnUrlEncoded: Output<string> }>;
    pendingGrants: PendingGrant[];
    /** Absent where config asks for none. */
    operators?: OperatorRoles;
}

/** A hub: its tools, its gateways, and the grants to the spokes' roles that are there. */
export async function providerAccount(settings: ProviderSettings): Promise<ProviderOutputs> {
    const grants = await resolveGrants(settings);
    const providers = pinnedProviders(settings);
    const { accountId, region } = settings;
    const serviceRoles = new Map(
        Object.keys(settings.gateways).map((gatewayName) => [
            gatewayName,
            new GatewayServiceRole(gatewayName, { gatewayName, accountId, region }, { providers }),
        ]),
    );
    const runtimes = providerRuntimes(settings, serviceRoles, providers);
    const targets = providerTargets(settings, runtimes.byWorkload, providers);
    const gateways: ProviderOutputs["gateways"] = {};
    const toolGateways: ToolGateway[] = [];
    for (const [name, gateway] of Object.entries(settings.gateways)) {
        const serviceRole = serviceRoles.get(name);
        if (serviceRole === undefined) throw new Error(`Gateway ${name} has no role`);
        const { description, instructions, exceptionLevel, searchType, supportedVersions } =
            gateway;
        const toolGateway = new ToolGateway(
            name,
            {
                gatewayName: name,
                accountId,
                region,
                supportedVersions,
                ...(description !== undefined && { description }),
                ...(instructions !== undefined && { instructions }),
                ...(exceptionLevel !== undefined && { exceptionLevel }),
                ...(searchType !== undefined && { searchType }),
                serviceRole,
                targets: targets[name] ?? {},
                grants: grants.resolved[name] ?? { principals: [], roleIds: [] },
            },
            { providers: runtimes.providers },
        );
        const { gatewayId, gatewayUrl, gatewayArn } = toolGateway;
        gateways[name] = { gatewayId, gatewayUrl, gatewayArn };
        toolGateways.push(toolGateway);
    }
    for (const pending of grants.pending) {
        await log.warn(
            `Pending grant on gateway ${pending.gateway}: ${pending.reason} Deploy stack ${pending.stack}, then this one again.`,
        );
    }
    await verification(settings, gateways, {
        providers: runtimes.providers,
        dependsOn: toolGateways,
    });
    return {
        account: settings.accountId,
        region: settings.region,
        gateways,
        runtimes: Object.fromEntries(
            [...runtimes.byWorkload].map(([workload, { runtime }]) => [
                runtimeNameOf(workload),
                {
                    runtimeArn: runtime.runtimeArn,
                    runtimeArnUrlEncoded: runtime.runtimeArnUrlEncoded,
                },
            ]),
        ),
        pendingGrants: grants.pending,
        ...operatorRoles(settings, {
            serviceRoles: [...serviceRoles.values()].map(({ roleArn }) => roleArn),
            providers,
        }),
    };
}
