import { isGatewayArn, parseArn } from "../agentcore/arn";
import { exactPrincipals, got, unique, type Context } from "./problems";
import type { ConsumerConfig } from "./schema";
import type { CallerSettings, ConsumerSettings, HubSettings } from "./types";

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
        unique(caller.gateways, `callers.${name}.gateways`, "gateways", problems);
        const gateways = caller.gateways.map((reference, index) => {
            const [hub = "", gateway = ""] = reference.split("/");
            if (config.hubs[hub] === undefined) {
                const known = Object.keys(config.hubs).join(", ") || "none is declared";
                problems.push(
                    `callers.${name}.gateways[${index}]: ${got(reference)}; must start with a hub declared under agentcore-hub:hubs (${known})`,
                );
            }
            return { hub, gateway };
        });
        callers[name] = {
            gateways,
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
    };
}
