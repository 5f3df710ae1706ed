import { listed, type Caller, type Document, type PrincipalElement } from "./types";

/** By which of its names an element speaks of a caller. */
export type Way = "anyone" | "account" | "role" | "session" | "user" | "service";

/**
 * All the ways in which a Principal element names the caller.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function waysNamed(
    element: PrincipalElement,
    caller: Caller,
    ids: Document["principalIds"],
): Set<Way> {
    const { aws, service } = entries(element);
    const ways = new Set<Way>(aws.includes("*") ? ["anyone"] : []);
    if (caller.type === "service") {
        return service.includes(caller.service) ? ways.add("service") : ways;
    }
    if (aws.some((name) => namesAccount(name, caller.accountId))) {
        ways.add("account");
    }
    const same = (arn: string, id: string) => aws.includes(arn) && (ids?.[arn] ?? id) === id;
    if (
        caller.type === "user" &&
        (aws.includes(caller.userId) || same(caller.userArn, caller.userId))
    ) {
        ways.add("user");
    }
    if (caller.type === "role-session") {
        if (aws.includes(caller.roleId) || same(caller.roleArn, caller.roleId)) {
            ways.add("role");
        }
        if (aws.some((name) => namesSession(name, caller))) {
            ways.add("session");
        }
    }
    return ways;
}

/**
 * Whether a NotPrincipal element leaves the caller out of its Deny.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function isExempt(
    element: PrincipalElement,
    caller: Caller,
    ids: Document["principalIds"],
    hasBoundary: boolean,
): boolean {
    const ways = waysNamed(element, caller, ids);
    if (hasBoundary) {
        return false;
    }
    if (ways.has("anyone") || ways.has("service")) {
        return true;
    }
    if (!ways.has("account")) {
        return false;
    }
    return caller.type === "root" || ways.has("role") || ways.has("user");
}

function entries(element: PrincipalElement): { aws: string[]; service: string[] } {
    if (element === "*") {
        return { aws: ["*"], service: [] };
    }
    const { AWS, Service } = element as Readonly<Record<string, string | string[] | undefined>>;
    return { aws: listed(AWS), service: listed(Service) };
}

function namesAccount(name: string, accountId: string): boolean {
    return name === accountId || new RegExp(`^arn:[a-z-]+:iam::${accountId}:root$`).test(name);
}

function namesSession(name: string, caller: Extract<Caller, { type: "role-session" }>): boolean {
    return [caller.sessionArn, [caller.roleId, caller.sessionName].join(":")].includes(name);
}
