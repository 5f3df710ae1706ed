import type { RuleConfig } from "../config";
import { readDocument } from "../documents";
import type { Permission } from "../permission";
import { excessOf, type Excess } from "../rolePermissions";
import type { Role } from "../roles";
import type { StackView } from "../stackView";
import type { Worker } from "../workers";
import { undecided, type Finding } from "./rule";

/** What the roles of some workers have beyond their permissions, of some purposes. */
export function excessOfWorkers(
    stack: StackView,
    config: RuleConfig,
    kinds: readonly Worker["kind"][],
    purposes: readonly Excess["purpose"][],
): Finding[] {
    return stack.roles
        .filter((role) => stack.workersOf(role).some(({ kind }) => kinds.includes(kind)))
        .flatMap((role) => excessOfRole(stack, role, config, purposes));
}

/** What one role has beyond its permissions, or beyond those that are given, of some purposes or of all. */
export function excessOfRole(
    stack: StackView,
    role: Role,
    { allowedActions }: RuleConfig,
    purposes?: readonly Excess["purpose"][],
    permissions?: readonly Permission[],
): Finding[] {
    const excess = excessOf(stack, role, allowedActions, permissions)
        .filter(({ purpose }) => purposes?.includes(purpose) ?? true)
        .map(({ purpose: _purpose, ...finding }) => finding);
    return [...unreadOf(stack, role), ...excess];
}

/** The policies of a role that are not known yet. */
export function unreadOf(stack: StackView, role: Role): Finding[] {
    return stack
        .documentsOf(role)
        .filter((document) => readDocument(document).state === "unknown")
        .map(({ urn, path }) => undecided(urn, path));
}
