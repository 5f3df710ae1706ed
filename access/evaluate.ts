import type { Context } from "./conditions";
import { parsePolicyDocument, type DocumentKind, type ParsedStatement } from "./document";
import {
    accountOf,
    matchPrincipal,
    type PrincipalIds,
    type PrincipalMatch,
    type RequestPrincipal,
} from "./principal";

/** One call, as IAM sees it. */
export interface AccessRequest {
    principal: RequestPrincipal;
    action: string;
    resource: string;
    resourceAccountId: string;
    /** Condition keys that the service knows; the principal's own are filled in. */
    context?: Readonly<Record<string, string | readonly string[]>>;
}

/** A policy document and its name in explanations. */
export interface NamedDocument {
    name: string;
    document: string | object;
    /** The unique ids that stood behind its role and user ARNs when it was stored. */
    principalIds?: PrincipalIds;
}

/** All policies that bear on a request. */
export interface AccessPolicies {
    identity: readonly NamedDocument[];
    resource?: NamedDocument;
    boundary?: NamedDocument;
    session?: readonly NamedDocument[];
}

export type Layer = "identity" | "resource" | "boundary" | "session" | "trust";
export type DecisionWord = "allow" | "explicitDeny" | "implicitDeny";

/** What one layer said, and the statement that decided it. */
export interface LayerResult {
    layer: Layer;
    decision: DecisionWord | "notPresent";
    statement?: { document: string; index: number; sid?: string };
    /** How the deciding statement named the principal. */
    principalMatch?: PrincipalMatch;
}

/** A decision with its reasons. */
export interface Decision {
    decision: DecisionWord;
    layers: readonly LayerResult[];
    /** On a deny: the layers that lacked an allow, or that denied. */
    lacking: readonly Layer[];
    crossAccount: boolean;
}

/**
 * Decides a request by AWS's policy evaluation logic: an explicit deny wins; within one account the identity
 * or the resource policy allows; between accounts both must
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
 *
 * @throws MalformedPolicy, UnsupportedConditionOperator
 */
export function evaluate(request: AccessRequest, policies: AccessPolicies): Decision {
    const resource = layer("resource", "resource", listOf(policies.resource), request);
    return combine(request, policies, resource);
}

/** What {@link evaluateTrust} takes. */
export interface TrustRequest {
    principal: RequestPrincipal;
    roleArn: string;
    roleAccountId: string;
    trust: NamedDocument;
    /** The caller's own policies. */
    policies: Omit<AccessPolicies, "resource">;
    context?: AccessRequest["context"];
}

/**
 * Decides `sts:AssumeRole`. The role's trust policy must allow the caller even within one account; where it
 * names only the account, and between accounts, the caller's own policies must allow it too
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html).
 */
export function evaluateTrust(request: TrustRequest): Decision {
    const access: AccessRequest = {
        principal: request.principal,
        action: "sts:AssumeRole",
        resource: request.roleArn,
        resourceAccountId: request.roleAccountId,
        ...(request.context !== undefined && { context: request.context }),
    };
    const trust = layer("trust", "trust", [request.trust], access);
    const decision = combine(access, request.policies, trust);
    if (decision.decision !== "allow" || trust.decision === "allow") return decision;
    return { ...decision, decision: "implicitDeny", lacking: ["trust"] };
}

function combine(
    request: AccessRequest,
    policies: Omit<AccessPolicies, "resource">,
    resource: LayerResult,
): Decision {
    const { principal } = request;
    const crossAccount = accountOf(principal) !== request.resourceAccountId;
    const identity = layer("identity", "identity", policies.identity, request);
    const boundary = layer("boundary", "identity", listOf(policies.boundary), request);
    const session = layer("session", "identity", policies.session ?? [], request);
    const layers = [identity, boundary, session, resource];
    const result = (decision: DecisionWord, lacking: readonly Layer[] = []): Decision => ({
        decision,
        layers,
        lacking,
        crossAccount,
    });
    const denied = layers.filter(({ decision }) => decision === "explicitDeny");
    if (denied.length > 0) {
        return result(
            "explicitDeny",
            denied.map((one) => one.layer),
        );
    }
    if (principal.type === "service") {
        return resource.decision === "allow"
            ? result("allow")
            : result("implicitDeny", [resource.layer]);
    }
    // A missing boundary or session policy limits nothing.
    const limits = [boundary, session].filter(({ decision }) => decision === "implicitDeny");
    // The root user of an account needs no identity policy.
    const identityAllows = identity.decision === "allow" || principal.type === "root";
    const ownSide: Layer[] = [
        ...(identityAllows ? [] : ["identity" as const]),
        ...limits.map((one) => one.layer),
    ];
    if (crossAccount) {
        const lacking = [...ownSide, ...(resource.decision === "allow" ? [] : [resource.layer])];
        return lacking.length === 0 ? result("allow") : result("implicitDeny", lacking);
    }
    if (ownSide.length === 0) return result("allow");
    if (resource.decision === "allow") {
        switch (resource.principalMatch) {
            case "session":
            case "user":
            case "anyone":
                // Not limited by an implicit deny of a boundary or session policy.
                return result("allow");
            case "role":
                // The role is granted; its boundary and session policy still limit the session.
                return limits.length === 0
                    ? result("allow")
                    : result(
                          "implicitDeny",
                          limits.map((one) => one.layer),
                      );
        }
    }
    return result("implicitDeny", ownSide);
}

function layer(
    name: Layer,
    kind: DocumentKind,
    documents: readonly NamedDocument[],
    request: AccessRequest,
): LayerResult {
    if (documents.length === 0) {
        return { layer: name, decision: name === "identity" ? "implicitDeny" : "notPresent" };
    }
    const context = contextOf(request);
    let allowed: LayerResult | undefined;
    for (const named of documents) {
        for (const statement of parsePolicyDocument(named.document, kind).statements) {
            const match = matches(statement, request, context, named.principalIds);
            if (match === undefined) continue;
            const decided: LayerResult = {
                layer: name,
                decision: statement.effect === "Deny" ? "explicitDeny" : "allow",
                statement: {
                    document: named.name,
                    index: statement.index,
                    ...(statement.sid !== undefined && { sid: statement.sid }),
                },
                ...(match !== "own" && { principalMatch: match }),
            };
            if (decided.decision === "explicitDeny") return decided;
            if (allowed === undefined || strength(decided) > strength(allowed)) allowed = decided;
        }
    }
    return allowed ?? { layer: name, decision: "implicitDeny" };
}

/** How much an allow gives in the same account; the strongest of several decides. */
function strength({ principalMatch }: LayerResult): number {
    switch (principalMatch) {
        case undefined:
        case "account":
            return 0;
        case "role":
            return 1;
        default:
            return 2;
    }
}

function matches(
    statement: ParsedStatement,
    request: AccessRequest,
    context: Context,
    ids: PrincipalIds | undefined,
): PrincipalMatch | "own" | undefined {
    if (!statement.matchesAction(request.action)) return undefined;
    if (!statement.matchesResource(request.resource, context)) return undefined;
    if (!statement.conditions.every((holds) => holds(context))) return undefined;
    if (statement.principal === undefined) return "own";
    const { negated, element } = statement.principal;
    const match = matchPrincipal(element, request.principal, ids);
    if (!negated) return match;
    return match === undefined ? "anyone" : undefined;
}

/** The request's context with the keys that every principal has, by lower-case name. */
function contextOf({ principal, context }: AccessRequest): Context {
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

function listOf(document: NamedDocument | undefined): NamedDocument[] {
    return document === undefined ? [] : [document];
}
