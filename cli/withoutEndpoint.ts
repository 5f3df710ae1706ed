import type { PolicyDocument } from "../access";
import { policyDocument } from "../access/statements";
import type { LocalCloud } from "../local/cloud";

/** A gateway's role that has lost the endpoints of its runtimes, as a policy that names the runtime alone. */
export interface Withdrawn {
    roleName: string;
    /** What the role may not call any more. */
    endpoints: string[];
    restore: () => void;
}

/**
 * Takes the runtimes' endpoints out of what a gateway's role may invoke: the mistake that AWS answers with 403 and
 * without a reason. `undefined` where the role calls no runtime.
 */
export function withoutEndpoint(
    cloud: LocalCloud,
    accountId: string,
    gatewayName: string,
): Withdrawn | undefined {
    const account = cloud.accounts.get(accountId);
    const gateway = account?.agentcore.gateways().find(({ name }) => name === gatewayName);
    const role = account?.iam.roleByArn(gateway?.roleArn ?? "");
    if (account === undefined || role === undefined) return undefined;
    const { iam } = account;
    for (const [policyName, text] of role.inlinePolicies) {
        const { Statement } = JSON.parse(text) as PolicyDocument;
        const resources = Statement.flatMap((statement) => statement.Resource ?? []);
        const endpoints = resources.filter(isEndpoint);
        if (endpoints.length === 0) continue;
        const changed = Statement.map(({ Resource, ...statement }) => ({
            ...statement,
            Resource: [Resource ?? []].flat().filter((resource) => !isEndpoint(resource)),
        }));
        iam.putRolePolicy(role.roleName, policyName, JSON.stringify(policyDocument(changed)));
        return {
            roleName: role.roleName,
            endpoints,
            restore: () => {
                iam.putRolePolicy(role.roleName, policyName, text);
            },
        };
    }
    return undefined;
}

function isEndpoint(resource: string): boolean {
    return resource.includes("/runtime-endpoint/");
}
