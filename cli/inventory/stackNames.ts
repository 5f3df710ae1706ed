import { configuredRoles, type ConfiguredRole } from "./names";
import { membersOf, textsOf, type StackState } from "./stackState";

/** The roles that the config of these stacks names, by ARN: as the stacks' outputs have them, or by their settings. */
export function namedRoles(stacks: readonly StackState[]): ReadonlyMap<string, ConfiguredRole> {
    const byArn = new Map<string, ConfiguredRole>();
    for (const role of stacks.flatMap((stack) => [...ofSettings(stack), ...ofOutputs(stack)])) {
        if (!byArn.has(role.arn)) byArn.set(role.arn, role);
    }
    const uses = countBy([...byArn.values()].map(({ name }) => name));
    return new Map(
        [...byArn].map(([arn, role]) => [
            arn,
            uses.get(role.name) === 1 ? role : { ...role, name: arn },
        ]),
    );
}

function ofSettings({ name, settings }: StackState): ConfiguredRole[] {
    return settings === undefined ? [] : configuredRoles({ name, settings });
}

/** Without the settings, what the outputs say: an agent's role is one that a runtime of the stack works with. */
function ofOutputs({ name: stack, view, outputs }: StackState): ConfiguredRole[] {
    const ofRuntimes = new Set(view.runtimes.map(({ resource }) => resource.props["roleArn"]));
    const named = (role: string, arn: string, kind: ConfiguredRole["kind"]) => ({
        ...{ arn, kind, stack, role },
        name: `${stack}-${role}`,
    });
    return [
        ...textsOf(outputs["roles"]).map(([role, arn]) =>
            named(role, arn, ofRuntimes.has(arn) ? "agent" : "caller"),
        ),
        ...textsOf(outputs["operators"]).map(([, arn]) =>
            named(arn.split("/").at(-1) ?? arn, arn, "operator"),
        ),
    ];
}

/** What the gateways of these stacks are called, by stack and name in config. */
export class GatewayNames {
    readonly #uses: ReadonlyMap<string, number>;

    constructor(stacks: readonly StackState[]) {
        this.#uses = countBy(stacks.flatMap((stack) => [...gatewaysNamed(stack).keys()]));
    }

    nameOf(stack: string, configName: string): string {
        return (this.#uses.get(configName) ?? 0) > 1 ? `${stack}/${configName}` : configName;
    }
}

/** The gateways that a stack's config names, with their ARNs where they are there. */
export function gatewaysNamed({
    outputs,
    settings,
    role,
}: StackState): ReadonlyMap<string, string | undefined> {
    // A spoke's are those of its hubs.
    if (role === "consumer") return new Map();
    const configured = settings?.role === "provider" ? Object.keys(settings.gateways) : [];
    const there = Object.entries(membersOf(outputs["gateways"])).map(
        ([name, gateway]): [string, string | undefined] => {
            const { gatewayArn } = membersOf(gateway);
            return [name, typeof gatewayArn === "string" ? gatewayArn : undefined];
        },
    );
    return new Map([...configured.map((name): [string, undefined] => [name, undefined]), ...there]);
}

function countBy(names: readonly string[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
}
