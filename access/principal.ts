/** Who makes a request. */
export type RequestPrincipal =
    | {
          type: "role-session";
          accountId: string;
          roleArn: string;
          /** The role's unique id, `AROA…`. */
          roleId: string;
          sessionName: string;
          /** `arn:aws:sts::<account>:assumed-role/<role>/<session>`; a role's path is not in it. */
          sessionArn: string;
      }
    | { type: "user"; accountId: string; userArn: string; userId: string }
    | { type: "root"; accountId: string; partition?: string }
    | { type: "service"; service: string };

/** How a Principal element matched: naming only the account delegates to its identity policies. */
export type PrincipalMatch = "anyone" | "account" | "role" | "session" | "user" | "service";

/** The Principal element of a statement, compiled. */
export interface PrincipalElement {
    /** `*` or `{"AWS": "*"}`. */
    anyone: boolean;
    /** Account ids, ARNs and unique ids. */
    aws: readonly string[];
    services: readonly string[];
}

/** The unique ids that stood behind role and user ARNs when a document was stored. */
export type PrincipalIds = Readonly<Record<string, string>>;

/** The account of a principal; a service has none. */
export function accountOf(principal: RequestPrincipal): string | undefined {
    return principal.type === "service" ? undefined : principal.accountId;
}

/**
 * Whether and how an element names the principal. The most specific way wins, because in the same account a
 * session, role or user that is named gets access by that alone
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 */
export function matchPrincipal(
    element: PrincipalElement,
    principal: RequestPrincipal,
    ids: PrincipalIds = {},
): PrincipalMatch | undefined {
    if (principal.type === "service") {
        if (element.services.includes(principal.service)) return "service";
        return element.anyone ? "anyone" : undefined;
    }
    let best: PrincipalMatch | undefined = element.anyone ? "anyone" : undefined;
    for (const name of element.aws) {
        const match = matchName(name, principal, ids);
        if (match !== undefined && (best === undefined || rank[match] > rank[best])) best = match;
    }
    return best;
}

const rank: Readonly<Record<PrincipalMatch, number>> = {
    account: 1,
    role: 2,
    anyone: 3,
    service: 3,
    user: 4,
    session: 5,
};

function matchName(
    name: string,
    principal: Exclude<RequestPrincipal, { type: "service" }>,
    ids: PrincipalIds,
): PrincipalMatch | undefined {
    const account = /^(?:(\d{12})|arn:[^:]+:iam::(\d{12}):root)$/.exec(name);
    if (account !== null) {
        return (account[1] ?? account[2]) === principal.accountId ? "account" : undefined;
    }
    if (principal.type === "role-session") {
        const { roleArn, roleId, sessionArn, sessionName } = principal;
        if (name === sessionArn || name === `${roleId}:${sessionName}`) return "session";
        if (name === roleId) return "role";
        return name === roleArn && (ids[name] ?? roleId) === roleId ? "role" : undefined;
    }
    if (principal.type === "user") {
        const { userArn, userId } = principal;
        if (name === userId) return "user";
        return name === userArn && (ids[name] ?? userId) === userId ? "user" : undefined;
    }
    return undefined;
}
