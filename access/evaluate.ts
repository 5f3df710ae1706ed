import { contextOf } from "./context";
import { parsePolicyDocument, type DocumentKind, type ParsedStatement } from "./document";
import {
    accountOf,
    isExempt,
    matchPrincipal,
    namesFormer,
    type PrincipalIds,
    type PrincipalMatch,
    type RequestPrincipal,
} from "./principal";
import type { Context } from "./variables";

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

/** A kind of policy that bears on a request. */
export type Layer = "identity" | "resource" | "boundary" | "session" | "trust";
/** A decision, of one layer or of all. */
export type DecisionWord = "allow" | "explicitDeny" | "implicitDeny";

/** What one layer said, and the statement that decided it. */
export interface LayerResult {
    layer: Layer;
    decision: DecisionWord | "notPresent";
    statement?: { document: string; index: number; sid?: string };
    /** How the deciding statement named the principal. */
    principalMatch?: PrincipalMatch;
    /** Without an allow: that a statement names the principal all the same, and why it does not help. */
    unmet?: "formerPrincipal" | "otherElements";
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
    const resource = layer("resource", "resource", listOf(policies.resource), request, policies);
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
    const trust = layer("trust", "trust", [request.trust], access, request.policies);
    const decision = combine(access, request.policies, trust);
    if (decision.decision === "explicitDeny" || trust.decision === "allow") return decision;
    const lacking = [...decision.lacking.filter((one) => one !== "trust"), "trust" as const];
    return { ...decision, decision: "implicitDeny", lacking };
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
    { boundary }: Pick<AccessPolicies, "boundary"> = {},
): LayerResult {
    if (documents.length === 0) {
        return { layer: name, decision: name === "identity" ? "implicitDeny" : "notPresent" };
    }
    const context = contextOf(request);
    let allowed: LayerResult | undefined;
    for (const named of documents) {
        for (const statement of parsePolicyDocument(named.document, kind).statements) {
            const match = matches(statement, request, context, {
                ids: named.principalIds ?? {},
                boundary: boundary === undefined ? "absent" : "attached",
            });
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
    if (allowed !== undefined) return allowed;
    const unmet = unmetOf(kind, documents, request.principal);
    return { layer: name, decision: "implicitDeny", ...(unmet !== undefined && { unmet }) };
}

function unmetOf(
    kind: DocumentKind,
    documents: readonly NamedDocument[],
    principal: RequestPrincipal,
): LayerResult["unmet"] {
    if (kind === "identity") return undefined;
    const allows = documents.flatMap(({ document, principalIds }) =>
        parsePolicyDocument(document, kind).statements.flatMap(({ effect, principal: written }) =>
            effect === "Allow" && written !== undefined
                ? { element: written.element, principalIds }
                : [],
        ),
    );
    if (allows.some((one) => matchPrincipal(one.element, principal, one.principalIds))) {
        return "otherElements";
    }
    return allows.some((one) => namesFormer(one.element, principal, one.principalIds))
        ? "formerPrincipal"
        : undefined;
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
    { ids, boundary }: { ids: PrincipalIds; boundary: "attached" | "absent" },
): PrincipalMatch | "own" | undefined {
    if (!statement.matchesAction(request.action)) return undefined;
    if (!statement.matchesResource(request.resource, context)) return undefined;
    if (!statement.conditions.every((holds) => holds(context))) return undefined;
    if (statement.principal === undefined) return "own";
    const { negated, element } = statement.principal;
    if (!negated) return matchPrincipal(element, request.principal, ids);
    // A deny with NotPrincipal denies every principal with a permissions boundary, whoever it exempts
    // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
    const isDenied = boundary === "attached" || !isExempt(element, request.principal, ids);
    return isDenied ? "anyone" : undefined;
}

function listOf(document: NamedDocument | undefined): NamedDocument[] {
    return document === undefined ? [] : [document];
}
