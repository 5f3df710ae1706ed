import type { RequestPrincipal } from "./principal";
import type { Context } from "./variables";

/**
 * The request's context with the keys that every principal has, by lower-case name
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
 */
export function contextOf({
    principal,
    context,
}: {
    principal: RequestPrincipal;
    context?: Readonly<Record<string, string | readonly string[]>>;
}): Context {
    const all = new Map<string, readonly string[]>();
    const set = (key: string, value: string | readonly string[]) =>
        all.set(key.toLowerCase(), typeof value === "string" ? [value] : value);
    set("aws:PrincipalIsAWSService", principal.type === "service" ? "true" : "false");
    if (principal.type === "service") {
        set("aws:PrincipalServiceName", principal.service);
    } else {
        set("aws:PrincipalAccount", principal.accountId);
        if (principal.type === "role-session") {
            set("aws:PrincipalArn", principal.roleArn);
            set("aws:PrincipalType", "AssumedRole");
            set("aws:userid", `${principal.roleId}:${principal.sessionName}`);
        } else if (principal.type === "user") {
            set("aws:PrincipalArn", principal.userArn);
            set("aws:PrincipalType", "User");
            set("aws:userid", principal.userId);
            set("aws:username", principal.userArn.split("/").at(-1) ?? "");
        } else {
            const partition = principal.partition ?? "aws";
            set("aws:PrincipalArn", `arn:${partition}:iam::${principal.accountId}:root`);
            set("aws:PrincipalType", "Account");
            set("aws:userid", principal.accountId);
        }
    }
    for (const [key, value] of Object.entries(context ?? {})) set(key, value);
    return all;
}
