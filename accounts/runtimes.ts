import type { ProviderResource } from "@pulumi/pulumi/resource";
import { runtimeNameOf } from "../agentcore/runtime";
import { AgentRuntime, type AgentRuntimeArgs } from "../components/agentRuntime";
import { ContainerImage } from "../components/containerImage";
import type { GatewayServiceRole } from "../components/gatewayServiceRole";
import { RuntimeAccess } from "../components/runtimeAccess";
import { RuntimeArchive } from "../components/runtimeArchive";
import type { ProviderSettings, RuntimeSettings } from "../settings";
import { buildProviders } from "./pinnedProviders";

/** A runtime of the hub, and the policies that close it to all but its gateways. */
export interface HubRuntime {
    runtime: AgentRuntime;
    access: RuntimeAccess;
}

/** The runtimes of a hub, by workload: one for each, whichever gateways show it. */
export function providerRuntimes(
    settings: ProviderSettings,
    serviceRoles: ReadonlyMap<string, GatewayServiceRole>,
    providers: readonly ProviderResource[],
): { byWorkload: ReadonlyMap<string, HubRuntime>; providers: ProviderResource[] } {
    const gatewaysOf = workloadsOf(settings);
    if (gatewaysOf.size === 0) return { byWorkload: new Map(), providers: [...providers] };
    const all = [...providers, ...buildProviders()];
    const { accountId, region } = settings;
    const byWorkload = new Map<string, HubRuntime>();
    for (const [workload, gateways] of gatewaysOf) {
        const { artifact: _artifact, operators, ...shared } = settings.runtime;
        const runtime = new AgentRuntime(
            workload,
            {
                ...shared,
                runtimeName: runtimeNameOf(workload),
                accountId,
                region,
                protocol: "MCP",
                code: runtimeCode(workload, settings, all),
            },
            { providers: all },
        );
        const gatewayRoles = gateways.flatMap(
            (gateway) => serviceRoles.get(gateway)?.roleArn ?? [],
        );
        const access = new RuntimeAccess(
            workload,
            { runtime, gatewayRoles, operators },
            { providers: all },
        );
        byWorkload.set(workload, { runtime, access });
    }
    return { byWorkload, providers: all };
}

/** The gateways that show each workload's MCP server. */
function workloadsOf({ gateways }: ProviderSettings): Map<string, string[]> {
    const gatewaysOf = new Map<string, string[]>();
    for (const [gateway, { targets }] of Object.entries(gateways)) {
        for (const target of Object.values(targets)) {
            if (target.kind !== "mcpServer" || target.server.kind !== "workload") continue;
            const { workload } = target.server;
            gatewaysOf.set(workload, [...(gatewaysOf.get(workload) ?? []), gateway]);
        }
    }
    return gatewaysOf;
}

/** What a runtime runs: a workload's bundle, in the form that config chooses. */
export function runtimeCode(
    workload: string,
    { accountId, runtime }: { accountId: string; runtime: RuntimeSettings },
    providers: ProviderResource[],
): AgentRuntimeArgs["code"] {
    const folder = `workloads/${workload}`;
    if (runtime.artifact === "zip") {
        const archive = new RuntimeArchive(
            workload,
            { codeFolder: `${folder}/dist` },
            { providers },
        );
        return { archive, entryPoint: "server.mjs" };
    }
    return {
        image: new ContainerImage(workload, { accountId, contextFolder: folder }, { providers }),
    };
}
