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

/** A Principal element as it is written. */
export type WrittenPrincipal =
    "*" | Readonly<Partial<Record<PrincipalType, string | readonly string[] | undefined>>>;
/** The kinds of principal that a Principal element names. */
export type PrincipalType = "AWS" | "Service" | "Federated" | "CanonicalUser";

/** The Principal element of a statement, compiled. */
export interface PrincipalElement {
    /** `*` or `{"AWS": "*"}`. */
    anyone: boolean;
    /** Account ids (of root ARNs too), the other ARNs, and unique ids. */
    aws: ReadonlySet<string>;
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
        return { anyone: true, aws: new Set(), services: new Set(), written: ["*"] };
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
        aws: new Set(aws.map((name) => /^arn:[^:]+:iam::(\d{12}):root$/.exec(name)?.[1] ?? name)),
        services: new Set(listOf("Service")),
        // Federated and canonical users call no AgentCore gateway by SigV4: they are named, and never match.
        written: [...aws, ...listOf("Service"), ...listOf("Federated"), ...listOf("CanonicalUser")],
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
        if (element.services.has(principal.service)) return "service";
        return element.anyone ? "anyone" : undefined;
    }
    const own = matchOwnName(element, principal, ids);
    if (own === "session" || own === "user") return own;
    if (element.anyone) return "anyone";
    return own ?? (element.aws.has(principal.accountId) ? "account" : undefined);
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
    if (principal.type === "service") return element.services.has(principal.service);
    if (!element.aws.has(principal.accountId)) return false;
    return principal.type === "root" || matchOwnName(element, principal, ids) !== undefined;
}

/** Whether an element has the ARN of the principal's role or user, but for one that was deleted since. */
export function namesFormer(
    element: PrincipalElement,
    principal: RequestPrincipal,
    ids: PrincipalIds = {},
): boolean {
    if (principal.type !== "role-session" && principal.type !== "user") return false;
    const { arn, id } = roleOrUser(principal);
    return element.aws.has(arn) && (ids[arn] ?? id) !== id;
}

function matchOwnName(
    { aws }: PrincipalElement,
    principal: Exclude<RequestPrincipal, { type: "service" }>,
    ids: PrincipalIds,
): "session" | "role" | "user" | undefined {
    if (principal.type === "root") return undefined;
    if (principal.type === "role-session") {
        const { roleId, sessionArn, sessionName } = principal;
        if (aws.has(sessionArn) || aws.has(`${roleId}:${sessionName}`)) return "session";
    }
    const { arn, id, way } = roleOrUser(principal);
    const isNamed = aws.has(id) || (aws.has(arn) && (ids[arn] ?? id) === id);
    return isNamed ? way : undefined;
}

function roleOrUser(principal: Extract<RequestPrincipal, { type: "role-session" | "user" }>) {
    return principal.type === "user"
        ? { arn: principal.userArn, id: principal.userId, way: "user" as const }
        : { arn: principal.roleArn, id: principal.roleId, way: "role" as const };
}
