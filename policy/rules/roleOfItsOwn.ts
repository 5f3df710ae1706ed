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
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-prerequisites-permissions.html",
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
                    instead: `make a role for ${resource.name} alone`,
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
                got: `${got}, and nothing of this stack has the role`,
                must: "a service only in the role of a gateway, a runtime or a function of this stack",
                instead: "delete the role, or write its ARN where it is meant to be used",
            }),
        ),
    );
}
