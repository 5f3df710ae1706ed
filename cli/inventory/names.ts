import type { InventoryGateway, PrincipalKind } from "../../access/inventory";
import { parseArn } from "../../agentcore/arn";
import { partitionOf } from "../../agentcore/limits";
import type { Stack } from "../../engine/stacks";

/** What a name needs to know of a stack. */
export type NamedStack = Pick<Stack, "name" | "settings">;

/** A role that a stack's config names. */
export interface ConfiguredRole {
    arn: string;
    /** `<stack>-<role>`, as its AWS profile is called. */
    name: string;
    kind: Extract<PrincipalKind, "caller" | "agent" | "operator">;
    stack: string;
    role: string;
}

/** What a principal is called, and what it is. */
export interface PrincipalIdentity {
    name: string;
    kind: PrincipalKind;
    stack?: string;
    role?: string;
}

/** What a gateway is called. */
export type GatewayIdentity = Pick<InventoryGateway, "name" | "stack" | "configName">;

/** The roles that a stack's config names: callers, the agent, operators; whether they are there or not. */
export function configuredRoles({ name: stack, settings }: NamedStack): ConfiguredRole[] {
    const { accountId, region, operators } = settings;
    const role = (kind: ConfiguredRole["kind"], roleName: string): ConfiguredRole => ({
        arn: `arn:${partitionOf(region)}:iam::${accountId}:role/${roleName}`,
        name: `${stack}-${roleName}`,
        ...{ kind, stack, role: roleName },
    });
    return [
        ...(settings.role === "consumer" ? Object.keys(settings.callers) : []).map((caller) =>
            role("caller", caller),
        ),
        ...(settings.role === "consumer" && settings.agent !== undefined
            ? [role("agent", settings.agent.workload)]
            : []),
        ...[operators.management, operators.readOnly].flatMap((operator) =>
            operator === undefined ? [] : [role("operator", operator.roleName)],
        ),
    ];
}

/**
 * The namer of a project's principals, by their ARNs. Two stacks may come to the same `<stack>-<role>`: then, and where
 * no config has the role, its ARN is its name.
 *
 * @param hubRoles ARNs of roles that services work with: gateways', functions' and runtimes'.
 */
export function principalNames(
    stacks: readonly NamedStack[],
    hubRoles: ReadonlySet<string> = new Set(),
): (arn: string) => PrincipalIdentity {
    const configured = stacks.flatMap(configuredRoles);
    const byArn = new Map(configured.map((role) => [role.arn, role]));
    const uses = countBy([...byArn.values()].map(({ name }) => name));
    return (arn) => {
        const found = byArn.get(arn);
        if (found === undefined)
            return { name: arn, kind: hubRoles.has(arn) ? "hubRole" : "other" };
        const { kind, stack, role } = found;
        return { name: uses.get(found.name) === 1 ? found.name : arn, kind, stack, role };
    };
}

/**
 * The namer of a project's gateways, by their ARNs: the name in config, with the stack before it where two hubs name one
 * alike; the id of one that no config has.
 */
export function gatewayNames(stacks: readonly NamedStack[]): (arn: string) => GatewayIdentity {
    const hubs = stacks.flatMap(({ name: stack, settings }) =>
        settings.role === "provider"
            ? Object.keys(settings.gateways).map((configName) => ({ stack, configName, settings }))
            : [],
    );
    const uses = countBy(hubs.map(({ configName }) => configName));
    return (arn) => {
        const { region, accountId, resource = "" } = parseArn(arn) ?? {};
        const id = resource.slice(resource.lastIndexOf("/") + 1);
        const found = hubs.find(
            ({ configName, settings }) =>
                settings.accountId === accountId &&
                settings.region === region &&
                isIdOf(id, configName),
        );
        if (found === undefined) return { name: id };
        const { stack, configName } = found;
        return { name: gatewayName(stack, configName, uses), stack, configName };
    };
}

/** A gateway of config, as {@link gatewayNames} names it, whether it is there or not. */
export function configuredGatewayName(
    stacks: readonly NamedStack[],
    stack: string,
    configName: string,
): string {
    const names = stacks.flatMap(({ settings }) =>
        settings.role === "provider" ? Object.keys(settings.gateways) : [],
    );
    return gatewayName(stack, configName, countBy(names));
}

function gatewayName(stack: string, configName: string, uses: ReadonlyMap<string, number>): string {
    return (uses.get(configName) ?? 0) > 1 ? `${stack}/${configName}` : configName;
}

/** A gateway's id is its name in small letters, and ten characters more (CreateGateway, `gatewayId`). */
export function isIdOf(id: string, configName: string): boolean {
    return /^(.+)-[0-9a-z]{10}$/.exec(id)?.[1] === configName.toLowerCase();
}

function countBy(names: readonly string[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
}
