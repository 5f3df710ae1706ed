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

/** No session has this name (STS API reference, AssumeRole). */
const anySession = "*";

/** Whether a session stands for each of its role's. */
export function isAnySession(
    principal: RequestPrincipal,
): principal is Extract<RequestPrincipal, { type: "role-session" }> {
    return principal.type === "role-session" && principal.sessionName === anySession;
}

/** A session of a role, which stands for each of its sessions. */
export function anySessionOf(
    roleArn: string,
    roleId = "AROAUNKNOWN",
): Extract<RequestPrincipal, { type: "role-session" }> {
    const [, partition = "aws", , , accountId = ""] = roleArn.split(":", 5);
    const roleName = roleArn.split("/").at(-1) ?? "";
    return {
        type: "role-session",
        accountId,
        roleArn,
        roleId,
        sessionName: anySession,
        sessionArn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${anySession}`,
    };
}

/** How a Principal element matched: naming only the account delegates to its identity policies. */
export type PrincipalMatch = "anyone" | "account" | "role" | "session" | "user" | "service";

/** A Principal element as it is written. */
export type WrittenPrincipal =
    "*" | Readonly<Partial<Record<PrincipalType, string | readonly string[] | undefined>>>;
/** The kinds of principal that a Principal element names. */
export type PrincipalType = "AWS" | "Service" | "Federated" | "CanonicalUser";

/** The Principal element of a statement, compiled. */
export interface PrincipalElement {
    /** `*` or `{"AWS": "*"}`. */
    anyone: boolean;
    /** Ids of accounts, written as such or as the ARN of the account's root. */
    accounts: ReadonlySet<string>;
    /** ARNs and unique ids of sessions. */
    sessions: ReadonlySet<string>;
    /** ARNs and unique ids of roles and users. */
    principals: ReadonlySet<string>;
    services: ReadonlySet<string>;
    /** As written, for explanations. */
    written: readonly string[];
}

/** The unique ids that stood behind role and user ARNs when a document was stored. */
export type PrincipalIds = Readonly<Record<string, string>>;

/**
 * Compiles a Principal or NotPrincipal element; its ARNs are exact
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 *
 * @throws MalformedPolicy
 */
export function compilePrincipal(written: WrittenPrincipal, place: string): PrincipalElement {
    if (written === "*") {
        const none = new Set<string>();
        const names = { accounts: none, sessions: none, principals: none, services: none };
        return { anyone: true, ...names, written: ["*"] };
    }
    const listOf = (type: PrincipalType) =>
        written[type] === undefined ? [] : [written[type]].flat();
    const aws = listOf("AWS");
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
        accounts: new Set(aws.flatMap((name) => accountNamedBy(name) ?? [])),
        sessions: new Set(aws.filter(isSessionName)),
        principals: new Set(
            aws.filter((name) => accountNamedBy(name) === undefined && !isSessionName(name)),
        ),
        services: new Set(listOf("Service")),
        // Federated and canonical users call no AgentCore gateway by SigV4: they are named, and never match.
        written: [...aws, ...listOf("Service"), ...listOf("Federated"), ...listOf("CanonicalUser")],
    };
}

function accountNamedBy(name: string): string | undefined {
    return /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1];
}

function isSessionName(name: string): boolean {
    return /^arn:[^:]+:sts:|^A[A-Z0-9]+:/.test(name);
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

/** A principal with the names that policies may have for it, put together once for a request. */
export interface Caller {
    principal: RequestPrincipal;
    /** A session's ARN, and its role's unique id with its name. */
    sessionNames: readonly string[];
    /** A session's role, or the user. */
    own?: { arn: string; id: string; match: "role" | "user" };
}

/** The principal with its names. */
export function callerOf(principal: RequestPrincipal): Caller {
    if (principal.type === "user") {
        const { userArn, userId } = principal;
        return { principal, sessionNames: [], own: { arn: userArn, id: userId, match: "user" } };
    }
    if (principal.type !== "role-session") return { principal, sessionNames: [] };
    const { roleArn, roleId, sessionArn, sessionName } = principal;
    return {
        principal,
        sessionNames: [sessionArn, `${roleId}:${sessionName}`],
        own: { arn: roleArn, id: roleId, match: "role" },
    };
}

/**
 * Whether and how an element names the caller. The most specific way wins, because in the same account a
 * session, role or user that is named gets access by that alone
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 */
export function matchPrincipal(
    element: PrincipalElement,
    caller: Caller,
    ids?: PrincipalIds,
): PrincipalMatch | undefined {
    const { principal } = caller;
    if (principal.type === "service") {
        if (element.services.has(principal.service)) return "service";
        return element.anyone ? "anyone" : undefined;
    }
    const own = matchOwnName(element, caller, ids);
    if (own === "session" || own === "user") return own;
    if (element.anyone) return "anyone";
    return own ?? (element.accounts.has(principal.accountId) ? "account" : undefined);
}

/**
 * Whether a NotPrincipal element exempts the caller from its deny. A role or user is exempt only when its
 * account is named too, a session only when its role and account are, and never an account's every principal
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
 */
export function isExempt(element: PrincipalElement, caller: Caller, ids?: PrincipalIds): boolean {
    const { principal } = caller;
    if (element.anyone) return true;
    if (principal.type === "service") return element.services.has(principal.service);
    if (!element.accounts.has(principal.accountId)) return false;
    return principal.type === "root" || namesOwn(element, caller, ids);
}

/** Whether an element has the ARN of the caller's role or user, but for one that was deleted since. */
export function namesFormer(
    { principals }: PrincipalElement,
    { own }: Caller,
    ids: PrincipalIds = {},
): boolean {
    return own !== undefined && principals.has(own.arn) && (ids[own.arn] ?? own.id) !== own.id;
}

function matchOwnName(
    element: PrincipalElement,
    caller: Caller,
    ids: PrincipalIds | undefined,
): "session" | "role" | "user" | undefined {
    const { sessions } = element;
    if (sessions.size > 0 && caller.sessionNames.some((name) => sessions.has(name))) {
        return "session";
    }
    return namesOwn(element, caller, ids) ? caller.own?.match : undefined;
}

/** Whether an element names the caller's role or user. */
function namesOwn(
    { principals }: PrincipalElement,
    { own }: Caller,
    ids: PrincipalIds | undefined,
): boolean {
    if (own === undefined || principals.size === 0) return false;
    return (
        principals.has(own.id) || (principals.has(own.arn) && (ids?.[own.arn] ?? own.id) === own.id)
    );
}
