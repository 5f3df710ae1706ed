import type { RequestPrincipal } from "../access";
import { accountOfArn } from "../agentcore/arn";

/** A session of a role, to ask what policies decide of it. */
export function roleSession(roleArn: string): Extract<RequestPrincipal, { type: "role-session" }> {
    const accountId = accountOfArn(roleArn) ?? "";
    const roleName = roleArn.split("/").at(-1) ?? "";
    return {
        type: "role-session",
        accountId,
        roleArn,
        roleId: "AROAASKED",
        sessionName: "asked",
        sessionArn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/asked`,
    };
}
