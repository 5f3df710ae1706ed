import type { Inventory, InventoryGateway, InventoryPrincipal } from "../../access/inventory";
import { qualifiedToolName } from "../../agentcore/toolSchema";
import type { Project } from "../../engine/stacks";
import type { Connection } from "../../local/connection";
import { adminRoleName } from "../../local/services/account";
import type { CasesOf, ExampleCall } from "./verifyCases";
import type { Callers } from "./verifyRun";

/** What config says of the cases: the tools' examples, and which gateways an agent knows. */
export function casesOfConfig({
    stacks,
}: Pick<Project, "stacks">): Pick<CasesOf, "examples" | "agentUses"> {
    return {
        examples: (gateway) => examplesOf(stacks, gateway),
        agentUses: (agent, gateway) => agentUses(stacks, agent, gateway),
    };
}

/** The calls of a gateway's tools whose config says that they only read. */
function examplesOf(
    stacks: Project["stacks"],
    { stack, configName = "" }: InventoryGateway,
): ExampleCall[] {
    const settings = stacks.find(({ name }) => name === stack)?.settings;
    if (settings?.role !== "provider") return [];
    const targets = settings.gateways[configName]?.targets ?? {};
    return Object.entries(targets).flatMap(([targetName, target]) =>
        Object.entries(target.examples ?? {})
            .filter(([, { readOnly }]) => readOnly)
            .map(([tool, { arguments: args }]) => ({
                tool: qualifiedToolName(targetName, tool),
                arguments: args,
            })),
    );
}

function agentUses(
    stacks: Project["stacks"],
    agent: InventoryPrincipal,
    gateway: InventoryGateway,
): boolean {
    const settings = stacks.find(({ name }) => name === agent.stack)?.settings;
    if (settings?.role !== "consumer") return false;
    const references = settings.agent?.gateways ?? [];
    return references.some((reference) => {
        const hub = settings.hubs[reference.hub];
        if (hub === undefined || reference.gateway !== gateway.configName) return false;
        return hub.kind === "stack"
            ? hub.stack === gateway.stack
            : hub.account === gateway.accountId;
    });
}

/** The profiles that each agent may be asked with: the user's choice, then those of its `invokedBy`. */
export function askersOf(
    { stacks }: Pick<Project, "stacks">,
    { principals }: Pick<Inventory, "principals">,
    profiles: ReadonlyMap<string, string>,
    connection?: Pick<Connection, "accounts">,
): Callers["askers"] {
    const agents = principals.filter(({ kind }) => kind === "agent");
    return new Map(
        agents.map(({ name, stack }) => {
            const given = profiles.get(name);
            if (given !== undefined) return [name, [{ profile: given }]];
            const settings = stacks.find((one) => one.name === stack)?.settings;
            const agent = settings?.role === "consumer" ? settings.agent : undefined;
            const invokedBy = new Set(agent?.invokedBy);
            const roles = principals.flatMap(({ name: profile, principal, stack: of }) =>
                of !== undefined &&
                principal.type === "role-session" &&
                invokedBy.has(principal.roleArn)
                    ? [{ profile, roleArn: principal.roleArn }]
                    : [],
            );
            const administrators = Object.entries(connection?.accounts ?? {}).flatMap(
                ([profile, id]) => {
                    const roleArn = [...invokedBy].find((arn) =>
                        arn.endsWith(`:iam::${id}:role/${adminRoleName}`),
                    );
                    return roleArn === undefined ? [] : [{ profile, roleArn }];
                },
            );
            return [name, [...administrators, ...roles]];
        }),
    );
}
