import { partitionOf } from "../agentcore/limits";
import type { ProviderSettings } from "../settings";
import { member, readOtherStack, requireAccount } from "./otherStack";

/**
 * A grant that waits: the spoke's stack is not there, has no outputs yet, or lacks the roles. One for all roles of a
 * grant, because each spoke reads the hub's outputs: one for each role costs the square of the spokes.
 */
export interface PendingGrant {
    gateway: string;
    spoke: string;
    stack: string;
    roles: string[];
    reason: string;
}

/** The exact principals of one gateway, and the unique ids of those that are roles of a spoke's stack. */
export interface GatewayGrants {
    principals: string[];
    roleIds: string[];
}

/**
 * Turns config's grants into exact principals, by the outputs `roles` and `roleIds` of the spokes' stacks.
 *
 * @throws RunError when a spoke's stack gives an ARN of another account than config pins it to.
 */
export async function resolveGrants(
    settings: ProviderSettings,
): Promise<{ resolved: Record<string, GatewayGrants>; pending: PendingGrant[] }> {
    const outputs = Object.fromEntries(
        await Promise.all(
            Object.entries(settings.spokes).map(
                async ([name, spoke]) => [name, await readOtherStack(spoke)] as const,
            ),
        ),
    );
    const resolved: Record<string, GatewayGrants> = {};
    const pending: PendingGrant[] = [];
    for (const [gateway, { grants }] of Object.entries(settings.gateways)) {
        const into: GatewayGrants = (resolved[gateway] = { principals: [], roleIds: [] });
        for (const grant of grants) {
            if (grant.kind === "principals") {
                into.principals.push(...grant.principals);
                continue;
            }
            if (grant.kind === "account") {
                into.principals.push(
                    `arn:${partitionOf(settings.region)}:iam::${grant.account}:root`,
                );
                continue;
            }
            const spoke = settings.spokes[grant.spoke];
            if (spoke === undefined) throw new Error(`Spoke ${grant.spoke} is not declared`);
            const stack = outputs[grant.spoke];
            const roles = member(stack, "roles");
            const waiting: string[] = [];
            for (const role of grant.roles) {
                const arn = member(roles, role);
                if (typeof arn !== "string") {
                    waiting.push(role);
                    continue;
                }
                requireAccount(arn, spoke, `spokes.${grant.spoke}`);
                into.principals.push(arn);
                const id = member(member(stack, "roleIds"), role);
                if (typeof id === "string") into.roleIds.push(id);
            }
            if (waiting.length === 0) continue;
            pending.push({
                gateway,
                spoke: grant.spoke,
                stack: spoke.stack,
                roles: waiting,
                reason: pendingReason(waiting, spoke.stack, stack),
            });
        }
    }
    return { resolved, pending };
}

function pendingReason(roles: readonly string[], stack: string, outputs: unknown): string {
    const who = `${roles.length === 1 ? "role" : "roles"} ${roles.join(", ")}`;
    if (outputs === undefined) return `${who}: stack ${stack} has not been deployed yet.`;
    const there = Object.keys(member(outputs, "roles") ?? {});
    return `${who}: stack ${stack} has no such role; it has ${there.join(", ") || "none"}.`;
}
