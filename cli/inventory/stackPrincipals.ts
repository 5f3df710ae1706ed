import { anySessionOf, type InventoryPrincipal } from "../../access/inventory";
import { listOf, type Props } from "../../policy/resource";
import type { Role } from "../../policy/roles";
import type { ConfiguredRole } from "./names";
import { roleDocuments } from "./stackDocuments";
import { namedRoles } from "./stackNames";
import { membersOf, textsOf, type Reading, type StackState } from "./stackState";

/** Stands for the unique id of a role that no state has; no policy names it. */
export const unreadRoleId = "AROAUNREAD";

/** The roles of stacks: those that config names, those that services work with, and all others. */
export function stackPrincipals(reading: Reading): InventoryPrincipal[] {
    const named = namedRoles(reading.stacks);
    const working = rolesOfServices(reading.stacks);
    const byArn = new Map<string, InventoryPrincipal>();
    for (const stack of reading.stacks) {
        for (const role of stack.view.roles) {
            const principal = principalOf(stack, role, { named, working, reading });
            if (principal !== undefined && !byArn.has(principal.arn)) {
                byArn.set(principal.arn, principal.principal);
            }
        }
    }
    for (const stack of reading.stacks) {
        for (const [, arn] of [
            ...textsOf(stack.outputs["roles"]),
            ...textsOf(stack.outputs["operators"]),
        ]) {
            const role = named.get(arn);
            if (role === undefined || byArn.has(arn)) continue;
            byArn.set(arn, unreadRole(role));
        }
    }
    return [...byArn.values()];
}

/** A role that is named, and that nothing is read of. */
export function unreadRole({
    arn,
    ...identity
}: Partial<ConfiguredRole> & Pick<ConfiguredRole, "arn">): InventoryPrincipal {
    return {
        ...{ name: arn, kind: "other", ...identity },
        principal: anySessionOf(arn, unreadRoleId),
        identity: [],
        unknownPolicies: ["its own policies"],
    };
}

/** The ARNs of the roles that gateways, functions and runtimes of these stacks work with. */
function rolesOfServices(stacks: readonly StackState[]): ReadonlySet<unknown> {
    return new Set(
        stacks.flatMap(({ view }) =>
            view.workers.map(({ role, resource, roleProperty }) =>
                typeof role === "object" ? role.arn : resource.props[roleProperty],
            ),
        ),
    );
}

function principalOf(
    { name: stack, view, outputs }: StackState,
    role: Role,
    context: {
        named: ReadonlyMap<string, ConfiguredRole>;
        working: ReadonlySet<unknown>;
        reading: Reading;
    },
): { arn: string; principal: InventoryPrincipal } | undefined {
    const { named, working, reading } = context;
    const { arn, resource } = role;
    if (typeof arn !== "string") {
        reading.unread.push(`stack ${stack}: ${resource.name}.arn ${reading.whyUnknown}`);
        return undefined;
    }
    const { uniqueId, roleId } = resource.props;
    const configured = named.get(arn);
    const idOfOutputs = membersOf(outputs["roleIds"])[configured?.role ?? ""];
    const id = [uniqueId, roleId, idOfOutputs].find((one) => typeof one === "string");
    const tags = tagsOf(resource.props);
    return {
        arn,
        principal: {
            ...(configured === undefined
                ? { name: arn, kind: working.has(arn) ? "hubRole" : "other", stack }
                : identityOf(configured)),
            principal: anySessionOf(arn, id ?? unreadRoleId),
            ...roleDocuments(view, role, reading),
            ...(Object.keys(tags).length > 0 && { tags }),
        },
    };
}

function identityOf({ arn: _arn, ...identity }: ConfiguredRole) {
    return identity;
}

/** With those that the provider gives to all resources; AWS's own API has them as a list. */
function tagsOf({ tags, tagsAll }: Props): Readonly<Record<string, string>> {
    if (!Array.isArray(tags)) return Object.fromEntries([...textsOf(tags), ...textsOf(tagsAll)]);
    return Object.fromEntries(
        listOf(tags).flatMap((tag): [string, string][] => {
            const { key, value } = membersOf(tag);
            return typeof key === "string" && typeof value === "string" ? [[key, value]] : [];
        }),
    );
}
