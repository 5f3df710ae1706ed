import { MalformedPolicy } from "./malformedPolicy";

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

/**
 * Compiles a Principal or NotPrincipal element; its ARNs are exact
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 *
 * @throws MalformedPolicy
 */
export function compilePrincipal(
    written:
        | "*"
        | {
              AWS?: string | readonly string[] | undefined;
              Service?: string | readonly string[] | undefined;
          },
    place: string,
): PrincipalElement {
    if (written === "*") return { anyone: true, aws: [], services: [] };
    const aws = written.AWS === undefined ? [] : [written.AWS].flat();
    for (const principal of aws) {
        if (principal !== "*" && !isPrincipalName(principal)) {
            throw new MalformedPolicy(
                `${place}.AWS`,
                `got ${principal}; must be *, an account id, a unique id, or the exact ARN of an account's root, a role, a user or a session`,
            );
        }
    }
    return {
        anyone: aws.includes("*"),
        aws: aws.filter((principal) => principal !== "*"),
        services: written.Service === undefined ? [] : [written.Service].flat(),
    };
}

function isPrincipalName(text: string): boolean {
    return (
        /^\d{12}$/.test(text) ||
        /^A(?:RO|ID)A[A-Z0-9]{12,}(?::[\w+=,.@-]+)?$/.test(text) ||
        /^arn:aws[a-z-]*:iam::\d{12}:(?:root|(?:role|user)\/[\w+=,.@/-]+)$/.test(text) ||
        /^arn:aws[a-z-]*:sts::\d{12}:(?:assumed-role\/[\w+=,.@-]+\/|federated-user\/)[\w+=,.@-]+$/.test(
            text,
        )
    );
}

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

/**
 * Whether a NotPrincipal element exempts the principal from its deny. A role or user is exempt only when its
 * account is named too, and never an account's every principal
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
 */
export function isExempt(
    element: PrincipalElement,
    principal: RequestPrincipal,
    ids: PrincipalIds = {},
): boolean {
    if (element.anyone) return true;
    if (principal.type === "service") return element.services.includes(principal.service);
    const ways = element.aws.map((name) => matchName(name, principal, ids));
    if (!ways.includes("account")) return false;
    return (
        principal.type === "root" ||
        ways.some((way) => way === "role" || way === "session" || way === "user")
    );
}

/** Whether an element has the ARN of the principal's role or user, but for one that was deleted since. */
export function namesFormer(
    element: PrincipalElement,
    principal: RequestPrincipal,
    ids: PrincipalIds = {},
): boolean {
    if (principal.type !== "role-session" && principal.type !== "user") return false;
    const arn = principal.type === "user" ? principal.userArn : principal.roleArn;
    return element.aws.includes(arn) && matchName(arn, principal, ids) === undefined;
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
