import { statementsOf } from "../documents";
import { unknown } from "../resource";
import type { Role } from "../roles";
import type { StackView } from "../stackView";
import { example, hub } from "./examples";
import { undecided, violation, type Finding, type Rule } from "./rule";

/** What one may do, another may not by the way. */
export const roleOfItsOwn: Rule = {
    name: "role-of-its-own",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-permissions.html",
    description:
        "Every gateway, runtime and function has a role of its own, and a role that trusts a service is one of theirs.",
    example: {
        fails: [example("runtime", "mcp-server-runtime", { roleArn: hub.serviceRole })],
        passes: [example("runtime", "mcp-server-runtime", { roleArn: hub.executionRole })],
    },
    check: (stack) => [
        ...stack.workers
            .filter(({ role }) => role === unknown)
            .map(({ resource, roleProperty }) => undecided(resource.urn, roleProperty)),
        ...stack.roles.flatMap((role: Role) => {
            const [first, ...others] = stack.workersOf(role);
            if (first === undefined) return servicesOf(stack, role);
            return others.map(({ resource, roleProperty }) =>
                violation(resource.urn, roleProperty, {
                    got: `${role.resource.name}, the role of ${first.resource.name} too`,
                    must: "a role of its own",
                    instead: "make one for each",
                }),
            );
        }),
    ],
};

/** The services in the trust of a role that nothing of the stack has. */
function servicesOf(stack: StackView, { trust }: Role): Finding[] {
    if (stack.workers.some(({ role }) => role === unknown)) return [];
    return statementsOf(trust).flatMap(({ statement, place }) =>
        [...(statement.principal?.element.services ?? [])].map((got) =>
            violation(trust.urn, `${place}.Principal`, {
                got,
                must: "a service only where something of this stack has the role",
                instead: "take it out, or make what has the role in this stack",
            }),
        ),
    );
}
