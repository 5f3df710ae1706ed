import { limits } from "../agentcore/limits";
import { operatorsSettings } from "./operators";
import { exactPrincipals, got, unique, type Context } from "./problems";
import type { GrantConfig, ProviderConfig } from "./schema";
import { targetSettings } from "./targets";
import type { GatewaySettings, Grant, ProviderSettings, TargetSettings } from "./types";

/** A hub's settings; what the schema cannot see is added to the context's problems. */
export function providerSettings(config: ProviderConfig, context: Context): ProviderSettings {
    const { problems } = context;
    const gateways: Record<string, GatewaySettings> = {};
    unique(
        Object.keys(config.gateways),
        "gateways",
        "gateway names (AWS lower-cases them)",
        problems,
    );
    for (const [name, gateway] of Object.entries(config.gateways)) {
        const path = `gateways.${name}`;
        const targetNames = Object.keys(gateway.targets);
        if (targetNames.length === 0 || targetNames.length > limits.targetsPerGateway.max) {
            problems.push(`${path}.targets: got ${targetNames.length}; must be 1-100 targets`);
        }
        const targets = Object.entries(gateway.targets).map(([targetName, target]) => [
            targetName,
            targetSettings(`${path}.targets.${targetName}`, targetName, target, context),
        ]);
        if (gateway.searchType !== undefined) {
            for (const [targetName, target] of Object.entries(gateway.targets)) {
                if (!("listingMode" in target) || target.listingMode !== "DYNAMIC") continue;
                // AgentCore devguide, gateway-target-MCPservers.
                problems.push(
                    `${path}.targets.${targetName}.listingMode: got "DYNAMIC"; must be DEFAULT in a gateway with searchType SEMANTIC, which searches the tools that it keeps`,
                );
            }
        }
        const { targets: _targets, grants: _grants, ...rest } = gateway;
        gateways[name] = {
            ...dropUndefined(rest),
            targets: Object.fromEntries(targets) as Record<string, TargetSettings>,
            grants: gateway.grants.map((grant, index) =>
                grantSettings(`${path}.grants[${index}]`, grant, config, context),
            ),
        };
    }
    exactPrincipals("runtime.operators", config.runtime.operators, context);
    return {
        role: "provider",
        accountId: config.account.id,
        region: context.region,
        lambda: config.lambda,
        runtime: config.runtime,
        spokes: config.spokes,
        gateways,
        operators: operatorsSettings(config.operators, {
            roleNames: [],
            context,
        }),
        ...(config.verify !== undefined && { verify: config.verify }),
    };
}

function grantSettings(
    path: string,
    grant: GrantConfig,
    config: ProviderConfig,
    context: Context,
): Grant {
    const { problems } = context;
    if ("spoke" in grant) {
        if (config.spokes[grant.spoke] === undefined) {
            const known = Object.keys(config.spokes).join(", ") || "none is declared";
            problems.push(
                `${path}.spoke: ${got(grant.spoke)}; must be declared under agentcore-hub:spokes (${known})`,
            );
        }
        unique(grant.roles, `${path}.roles`, "role names", problems);
        return { kind: "spoke", spoke: grant.spoke, roles: grant.roles };
    }
    if ("principals" in grant) {
        exactPrincipals(`${path}.principals`, grant.principals, context);
        return { kind: "principals", principals: grant.principals };
    }
    return { kind: "account", account: grant.account };
}

function dropUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
    return Object.fromEntries(
        Object.entries(value).filter(([, member]) => member !== undefined),
    ) as { [K in keyof T]: Exclude<T[K], undefined> };
}
