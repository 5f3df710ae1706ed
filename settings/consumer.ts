import { isGatewayArn, parseArn } from "../agentcore/arn";
import { agentSettings } from "./agent";
import { operatorsSettings } from "./operators";
import { exactPrincipals, got, unique, type Context } from "./problems";
import type { ConsumerConfig } from "./schema";
import type { CallerSettings, ConsumerSettings, GatewayReference, HubSettings } from "./types";

/** A spoke's settings; what the schema cannot see is added to the context's problems. */
export function consumerSettings(config: ConsumerConfig, context: Context): ConsumerSettings {
    const { problems } = context;
    unique(Object.keys(config.callers), "callers", "role names (IAM ignores case)", problems);
    const hubs: Record<string, HubSettings> = {};
    for (const [name, hub] of Object.entries(config.hubs)) {
        if ("stack" in hub) {
            hubs[name] = { kind: "stack", ...hub };
            continue;
        }
        hubs[name] = { kind: "gateways", ...hub };
        for (const [gateway, { arn }] of Object.entries(hub.gateways)) {
            const parsed = parseArn(arn);
            if (
                !isGatewayArn(arn) ||
                parsed?.accountId !== hub.account ||
                parsed.partition !== context.partition
            ) {
                problems.push(
                    `hubs.${name}.gateways.${gateway}.arn: ${got(arn)}; must be the exact ARN of a gateway of account ${hub.account} in partition ${context.partition}`,
                );
            }
        }
    }
    const callers: Record<string, CallerSettings> = {};
    for (const [name, caller] of Object.entries(config.callers)) {
        exactPrincipals(`callers.${name}.assumedBy`, caller.assumedBy, context);
        callers[name] = {
            gateways: gatewayReferences(
                `callers.${name}.gateways`,
                caller.gateways,
                config,
                problems,
            ),
            assumedBy: caller.assumedBy,
            maxSessionSeconds: caller.maxSessionSeconds,
        };
    }
    return {
        role: "consumer",
        accountId: config.account.id,
        region: context.region,
        hubs,
        callers,
        ...(config.agent !== undefined && {
            agent: {
                ...agentSettings(config.agent, config, context),
                gateways: gatewayReferences(
                    "agent.gateways",
                    config.agent.gateways,
                    config,
                    problems,
                ),
            },
        }),
        runtime: config.runtime,
        operators: operatorsSettings(
            { readOnly: config.operators.readOnly },
            {
                roleNames: [
                    ...Object.keys(callers),
                    ...(config.agent === undefined ? [] : [config.agent.workload]),
                ],
                context,
            },
        ),
    };
}

function gatewayReferences(
    path: string,
    references: readonly string[],
    { hubs }: ConsumerConfig,
    problems: string[],
): GatewayReference[] {
    unique(references, path, "gateways", problems);
    return references.map((reference, index) => {
        const [hub = "", gateway = ""] = reference.split("/");
        if (hubs[hub] === undefined) {
            const known = Object.keys(hubs).join(", ") || "none is declared";
            problems.push(
                `${path}[${index}]: ${got(reference)}; must start with a hub declared under agentcore-hub:hubs (${known})`,
            );
        }
        return { hub, gateway };
    });
}
