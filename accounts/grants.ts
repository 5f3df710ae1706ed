import { partitionOf } from "../agentcore/limits";
import type { ProviderSettings } from "../settings";
import { member, readOtherStack, requireAccount } from "./otherStack";

/** A grant that waits: the spoke's stack is not there, has no outputs yet, or lacks the role. */
export interface PendingGrant {
    gateway: string;
    spoke: string;
    stack: string;
    role: string;
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
            for (const role of grant.roles) {
                const arn = member(roles, role);
                if (typeof arn !== "string") {
                    pending.push({
                        gateway,
                        spoke: grant.spoke,
                        stack: spoke.stack,
                        role,
                        reason: pendingReason(role, spoke.stack, stack),
                    });
                    continue;
                }
                requireAccount(arn, spoke, `spokes.${grant.spoke}`);
                into.principals.push(arn);
                const id = member(member(stack, "roleIds"), role);
                if (typeof id === "string") into.roleIds.push(id);
            }
        }
    }
    return { resolved, pending };
}

function pendingReason(role: string, stack: string, outputs: unknown): string {
    if (outputs === undefined) return `role ${role}: stack ${stack} has not been deployed yet.`;
    const there = Object.keys(member(outputs, "roles") ?? {});
    return `role ${role}: stack ${stack} has no such role; it has ${there.join(", ") || "none"}.`;
}
