import { getStack, log, type Output } from "@pulumi/pulumi";
import { regionOfArn } from "../agentcore/arn";
import { proxyServer, type StdioServer } from "../agentcore/mcpClients";
import { runtimeNameOf } from "../agentcore/runtime";
import { CallerRole } from "../components/callerRole";
import type { ConsumerSettings, GatewayReference } from "../settings";
import { consumerAgent } from "./agent";
import { operatorRoles, type OperatorRoles } from "./operators";
import { member, readOtherStack, requireAccount } from "./otherStack";
import { pinnedProviders } from "./pinnedProviders";

/** A gateway that is there. */
interface KnownGateway {
    arn: string;
    url: string;
}

/** A gateway that a caller names and its hub does not have yet. */
export interface PendingGateway {
    caller: string;
    hub: string;
    gateway: string;
    reason: string;
}

/** The outputs of a spoke's stack. */
export interface ConsumerOutputs {
    account: string;
    region: string;
    roles: Record<string, Output<string>>;
    roleIds: Record<string, Output<string>>;
    /** The agent's. */
    runtimes: Record<string, { runtimeArn: Output<string>; runtimeArnUrlEncoded: Output<string> }>;
    gateways: Record<string, KnownGateway>;
    pendingGateways: PendingGateway[];
    /**
     * For each caller and each `<hub>/<gateway>` of it, the entry under `mcpServers` of an MCP client. It signs by
     * the AWS profile `<stack>-<caller>`, which whoever uses it makes for the caller's role.
     */
    clientConfiguration: Record<string, Record<string, StdioServer>>;
    /** Absent where config asks for none. */
    operators?: OperatorRoles;
}

/** A spoke: the roles and the agent that call the hubs' gateways, each allowed the exact gateways that it names. */
export async function consumerAccount(settings: ConsumerSettings): Promise<ConsumerOutputs> {
    const { gateways, missing } = await resolveGateways(settings);
    const providers = pinnedProviders(settings);
    const outputs: ConsumerOutputs = {
        account: settings.accountId,
        region: settings.region,
        roles: {},
        roleIds: {},
        runtimes: {},
        gateways,
        pendingGateways: [],
        clientConfiguration: {},
        ...operatorRoles(settings, { serviceRoles: [], providers }),
    };
    /** Those that are there; the others are pending. */
    const known = async (caller: string, references: readonly GatewayReference[]) => {
        const found: [reference: string, gateway: KnownGateway][] = [];
        for (const { hub, gateway } of references) {
            const reference = `${hub}/${gateway}`;
            const there = gateways[reference];
            if (there !== undefined) {
                found.push([reference, there]);
                continue;
            }
            const reason = missing[hub] ?? `hub ${hub} has no gateway ${gateway}.`;
            outputs.pendingGateways.push({ caller, hub, gateway, reason });
            await log.warn(
                `Pending gateway of caller ${caller}: ${reason} Deploy the hub, then this stack again.`,
            );
        }
        return found;
    };
    const callers: CallerRole[] = [];
    for (const [name, caller] of Object.entries(settings.callers)) {
        const found = await known(name, caller.gateways);
        outputs.clientConfiguration[name] = Object.fromEntries(
            found.map(([reference, { url, arn }]) => [
                reference,
                proxyServer({
                    url,
                    region: regionOfArn(arn) ?? settings.region,
                    profile: `${getStack()}-${name}`,
                }),
            ]),
        );
        const role = new CallerRole(
            name,
            {
                roleName: name,
                assumedBy: [...caller.assumedBy],
                maxSessionSeconds: caller.maxSessionSeconds,
                gatewayArns: found.map(([, { arn }]) => arn),
            },
            { providers },
        );
        callers.push(role);
        outputs.roles[name] = role.roleArn;
        outputs.roleIds[name] = role.roleId;
    }
    const { agent } = settings;
    if (agent !== undefined) {
        const { workload } = agent;
        const found = await known(workload, agent.gateways);
        const runtime = consumerAgent(agent, settings, {
            gateways: found.map(([, gateway]) => gateway),
            callers,
            providers,
        });
        outputs.roles[workload] = runtime.roleArn;
        outputs.roleIds[workload] = runtime.roleId;
        const { runtimeArn, runtimeArnUrlEncoded } = runtime;
        outputs.runtimes[runtimeNameOf(workload)] = { runtimeArn, runtimeArnUrlEncoded };
    }
    return outputs;
}

/** Every gateway of every hub, as `<hub>/<gateway>`, and why a hub's are missing. */
async function resolveGateways(settings: ConsumerSettings): Promise<{
    gateways: ConsumerOutputs["gateways"];
    missing: Record<string, string>;
}> {
    const gateways: ConsumerOutputs["gateways"] = {};
    const missing: Record<string, string> = {};
    await Promise.all(
        Object.entries(settings.hubs).map(async ([name, hub]) => {
            if (hub.kind === "gateways") {
                for (const [gateway, known] of Object.entries(hub.gateways)) {
                    gateways[`${name}/${gateway}`] = { ...known };
                }
                return;
            }
            const outputs = await readOtherStack(hub);
            if (outputs === undefined) {
                missing[name] = `stack ${hub.stack} has not been deployed yet.`;
                return;
            }
            const there = (member(outputs, "gateways") ?? {}) as Record<string, unknown>;
            for (const [gateway, found] of Object.entries(there)) {
                const arn = member(found, "gatewayArn");
                const url = member(found, "gatewayUrl");
                if (typeof arn !== "string" || typeof url !== "string") continue;
                requireAccount(arn, hub, `hubs.${name}`);
                gateways[`${name}/${gateway}`] = { arn, url };
            }
        }),
    );
    return { gateways: Object.fromEntries(Object.entries(gateways).sort()), missing };
}
