import type { RuleConfig } from "../config";
import { readDocument } from "../documents";
import { excessOf, type Excess } from "../rolePermissions";
import type { Role } from "../roles";
import type { StackView } from "../stackView";
import type { Worker } from "../workers";
import { undecided, type Finding } from "./rule";

/** What the roles of some workers have beyond their permissions, of some purposes. */
export function excessOfWorkers(
    stack: StackView,
    { allowedActions }: RuleConfig,
    kinds: readonly Worker["kind"][],
    purposes: readonly Excess["purpose"][],
): Finding[] {
    return stack.roles
        .filter((role) => stack.workersOf(role).some(({ kind }) => kinds.includes(kind)))
        .flatMap((role) => excessOfRole(stack, role, purposes, allowedActions));
}

/** What one role has beyond its permissions, of some purposes. */
export function excessOfRole(
    stack: StackView,
    role: Role,
    purposes: readonly Excess["purpose"][],
    allowedActions?: readonly string[],
): Finding[] {
    return [
        ...stack
            .documentsOf(role)
            .filter((document) => readDocument(document).state === "unknown")
            .map(({ urn, path }) => undecided(urn, path)),
        ...excessOf(stack, role, allowedActions)
            .filter(({ purpose }) => purposes.includes(purpose))
            .map(({ purpose: _purpose, ...finding }) => finding),
    ];
}
