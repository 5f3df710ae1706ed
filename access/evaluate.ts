import type { Assumption } from "./assumption";
import {
    callOf,
    evaluateLayer,
    layersOf,
    type DecisionWord,
    type Layer,
    type LayerDocuments,
    type LayerResult,
} from "./layers";
import { accountOf, type RequestPrincipal } from "./principal";
import type { AccessPolicies, AccessRequest, NamedDocument } from "./request";

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
 * or the resource policy allows; between accounts both must; an organization's policies limit both
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
 *
 * @param assume what of conditions that only a request decides; without, the request's context is all there is.
 * @throws MalformedPolicy
 */
export function evaluate(
    request: AccessRequest,
    policies: AccessPolicies,
    assume?: Assumption,
): Decision {
    return decide(request, policies, accessLayers(request, policies), assume);
}

/** The layers of {@link evaluate}. */
export function accessLayers(
    { principal }: AccessRequest,
    policies: AccessPolicies,
): readonly LayerDocuments[] {
    const documents = policies.resource === undefined ? [] : [policies.resource];
    return layersOf(principal, policies, { layer: "resource", documents });
}

/** What {@link evaluateTrust} takes. */
export interface TrustRequest {
    principal: RequestPrincipal;
    roleArn: string;
    roleAccountId: string;
    trust: NamedDocument;
    /** The caller's own policies, and the role's account's resource control policies. */
    policies: Omit<AccessPolicies, "resource">;
    context?: AccessRequest["context"];
}

/**
 * Decides `sts:AssumeRole`. The role's trust policy must allow the caller even within one account; where it
 * names only the account, and between accounts, the caller's own policies must allow it too
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html).
 *
 * @throws MalformedPolicy
 */
export function evaluateTrust(request: TrustRequest, assume?: Assumption): Decision {
    const asked = accessOfTrust(request);
    const decision = decide(asked, request.policies, trustLayers(request), assume);
    const trust = decision.layers.find(({ layer }) => layer === "trust");
    if (decision.decision === "explicitDeny" || trust?.decision === "allow") return decision;
    const lacking = [...decision.lacking.filter((one) => one !== "trust"), "trust" as const];
    return { ...decision, decision: "implicitDeny", lacking };
}

/** The layers of {@link evaluateTrust}. */
export function trustLayers(request: TrustRequest): readonly LayerDocuments[] {
    const { principal, policies, trust } = request;
    return layersOf(principal, policies, { layer: "trust", documents: [trust] });
}

/** The request behind a question of trust. */
export function accessOfTrust(request: TrustRequest): AccessRequest {
    return {
        principal: request.principal,
        action: "sts:AssumeRole",
        resource: request.roleArn,
        resourceAccountId: request.roleAccountId,
        ...(request.context !== undefined && { context: request.context }),
    };
}

function decide(
    request: AccessRequest,
    policies: Pick<AccessPolicies, "boundary">,
    documents: readonly LayerDocuments[],
    assume?: Assumption,
): Decision {
    const { principal } = request;
    const crossAccount = accountOf(principal) !== request.resourceAccountId;
    const call = callOf(request, policies, assume);
    const layers = documents.map((layer) => evaluateLayer(layer, call));
    const [identity, boundary, session, resource, scp, rcp] = layers as Six<LayerResult>;
    const denied = layers.filter(({ decision }) => decision === "explicitDeny");
    if (denied.length > 0) {
        const lacking = denied.map(({ layer }) => layer);
        return { decision: "explicitDeny", layers, lacking, crossAccount };
    }
    const limits = [boundary, session];
    const lacking = [
        ...lackingGrant({ principal, crossAccount, identity, limits, resource }),
        ...unallowed([scp, rcp]),
    ];
    const decision = lacking.length === 0 ? "allow" : "implicitDeny";
    return { decision, layers, lacking, crossAccount };
}

type Six<T> = [T, T, T, T, T, T];

/** The layers whose allow the grant itself lacks, before an organization's limits. */
function lackingGrant({
    principal,
    crossAccount,
    identity,
    limits,
    resource,
}: {
    principal: RequestPrincipal;
    crossAccount: boolean;
    identity: LayerResult;
    limits: readonly LayerResult[];
    resource: LayerResult;
}): readonly Layer[] {
    const resourceSide = resource.decision === "allow" ? [] : [resource.layer];
    if (principal.type === "service") return resourceSide;
    // The root user of an account needs no identity policy.
    const isAllowedByIdentity = identity.decision === "allow" || principal.type === "root";
    const ownSide = [...(isAllowedByIdentity ? [] : [identity.layer]), ...unallowed(limits)];
    if (crossAccount) return [...ownSide, ...resourceSide];
    if (resource.decision !== "allow") return ownSide;
    switch (resource.principalMatch) {
        case "session":
        case "user":
        case "anyone":
            // Not limited by an implicit deny of a boundary or session policy.
            return [];
        case "role":
            // The role is granted; its boundary and session policy still limit the session.
            return unallowed(limits);
        default:
            return ownSide;
    }
}

/** The limits that do not allow; one that is not there limits nothing. */
function unallowed(limits: readonly LayerResult[]): readonly Layer[] {
    return limits.filter(({ decision }) => decision === "implicitDeny").map(({ layer }) => layer);
}
