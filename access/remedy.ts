import type { Assumption } from "./assumption";
import { deniesOf, type Deny } from "./denies";
import { newDocument, nobody, withoutDenies, withoutDeny, withStatement } from "./documentEdits";
import type { Statement } from "./documentSchema";
import {
    accessLayers,
    accessOfTrust,
    evaluate,
    evaluateTrust,
    trustLayers,
    type Decision,
    type TrustRequest,
} from "./evaluate";
import { explainAccess, principalName, type Explanation } from "./explanation";
import { callOf, evaluateLayer, type Layer } from "./layers";
import { accountOf } from "./principal";
import type { AccessPolicies, AccessRequest, NamedDocument } from "./request";

/** The smallest change of one document on the way to an allow: nobody else gains by it, and nothing else is gained. */
export interface Change {
    layer: Exclude<Layer, "rcp">;
    /** The account whose document it is. */
    accountId: string;
    /** `putAgain`: the document as it is, because a role that it names was deleted and made anew since. */
    kind: "addStatement" | "putAgain";
    /** By its name; `undefined` where there is none yet, or where a new one is better. */
    document?: string;
    /** Of the organization's policies: from the root on. */
    level?: number;
    statement: Statement;
}

/** What would turn a refusal into an allow. */
export interface Remedy {
    /** All of them are needed; none where the request is allowed. */
    changes: readonly Change[];
    /** Explicit denies: they are named and not undone, because somebody meant them. */
    denies: readonly Deny[];
    /** Layers that no statement helps, such as resource control policies without AWS's own RCPFullAWSAccess. */
    beyond: readonly Layer[];
}

/**
 * The smallest changes that let a request through. Where an explicit deny refuses it, they are what is needed beside
 * the end of that deny.
 *
 * @param assume for a question without a request: `mostAccess` leaves conditions that a request may meet as they are.
 * @throws MalformedPolicy
 */
export function remedyOf(
    request: AccessRequest,
    policies: AccessPolicies,
    assume?: Assumption,
): Remedy {
    const denies = deniesOf(accessLayers(request, policies), callOf(request, policies, assume));
    let current = denies.length === 0 ? policies : withoutDenies(policies);
    const changes: Change[] = [];
    for (;;) {
        const decision = evaluate(request, current, assume);
        const next = nextChanges(request, current, decision, assume).filter(isNew(changes));
        if (next.length === 0) return { changes, denies, beyond: beyondOf(decision) };
        changes.push(...next);
        current = withChanges(current, next);
    }
}

/** As {@link remedyOf}, for taking on a role. @throws MalformedPolicy */
export function remedyOfTrust(request: TrustRequest): Remedy {
    const denies = deniesOf(trustLayers(request), callOf(accessOfTrust(request), request.policies));
    const { resource: _none, ...policies } = request.policies as AccessPolicies;
    let current: TrustRequest = { ...request, policies };
    if (denies.length > 0) {
        const trust = withoutDeny(request.trust) ?? { ...request.trust, document: nobody };
        current = { ...current, trust, policies: withoutDenies(policies) };
    }
    const changes: Change[] = [];
    for (;;) {
        const decision = evaluateTrust(current);
        const asked = accessOfTrust(current);
        const next = [
            ...nextChanges(asked, current.policies, decision),
            ...(decision.lacking.includes("trust") ? [trustChange(current)] : []),
        ].filter(isNew(changes));
        if (next.length === 0) {
            return { changes, denies, beyond: beyondOf(decision) };
        }
        changes.push(...next);
        current = {
            ...current,
            trust: next
                .filter(({ layer }) => layer === "trust")
                .reduce((trust, { statement }) => withStatement(trust, statement), current.trust),
            policies: withChanges(current.policies, next),
        };
    }
}

/** The policies after changes; those of a trust policy are not among them. */
export function withChanges(policies: AccessPolicies, changes: readonly Change[]): AccessPolicies {
    return changes.reduce(withChange, policies);
}

function withChange(policies: AccessPolicies, change: Change): AccessPolicies {
    const { layer, statement, level = 0 } = change;
    switch (layer) {
        case "identity":
            return { ...policies, identity: [...policies.identity, newDocument(statement)] };
        case "session": {
            const [first, ...others] = policies.session ?? [];
            return first === undefined
                ? policies
                : { ...policies, session: [withStatement(first, statement), ...others] };
        }
        case "boundary":
            return policies.boundary === undefined
                ? policies
                : { ...policies, boundary: withStatement(policies.boundary, statement) };
        case "resource":
            return { ...policies, resource: changedResource(policies.resource, change) };
        case "scp":
            return {
                ...policies,
                scp: (policies.scp ?? []).map((documents, index) =>
                    index === level ? [...documents, newDocument(statement)] : documents,
                ),
            };
        case "trust":
            return policies;
    }
}

function changedResource(
    policy: NamedDocument | undefined,
    { kind, statement }: Change,
): NamedDocument {
    if (policy === undefined) return newDocument(statement);
    if (kind === "addStatement") return withStatement(policy, statement);
    // AWS looks up the unique ids behind all of its ARNs anew.
    const { principalIds: _former, ...again } = policy;
    return again;
}

/** What was changed once and still lacks an allow is beyond what a statement helps. */
function isNew(changes: readonly Change[]): (change: Change) => boolean {
    return ({ layer, level }) =>
        !changes.some((known) => known.layer === layer && known.level === level);
}

/** One change for each layer that lacks an allow. */
function nextChanges(
    request: AccessRequest,
    policies: AccessPolicies,
    { decision, lacking }: Decision,
    assume?: Assumption,
): Change[] {
    if (decision !== "implicitDeny") return [];
    return lacking.flatMap((layer) => changesOf(layer, request, policies, assume));
}

function changesOf(
    layer: Layer,
    request: AccessRequest,
    policies: AccessPolicies,
    assume?: Assumption,
): Change[] {
    const { principal, action, resource, resourceAccountId } = request;
    const own = accountOf(principal) ?? resourceAccountId;
    const allow: Statement = { Effect: "Allow", Action: action, Resource: resource };
    // Others may have the same boundary, or be of the same account.
    const allowOne: Statement = {
        ...allow,
        Condition: { ArnEquals: { "aws:PrincipalArn": principalName(principal) } },
    };
    switch (layer) {
        case "identity":
            return [{ layer, accountId: own, kind: "addStatement", statement: allow }];
        case "session":
            return [
                {
                    ...{ layer, accountId: own, kind: "addStatement", statement: allow },
                    ...nameOf(policies.session?.[0]),
                },
            ];
        case "boundary":
            return [
                {
                    ...{ layer, accountId: own, kind: "addStatement", statement: allowOne },
                    ...nameOf(policies.boundary),
                },
            ];
        case "scp":
            return levelsWithoutAllow(request, policies, assume).map((level) => ({
                ...{ layer, accountId: own, kind: "addStatement", level, statement: allowOne },
                ...nameOf(policies.scp?.[level]?.[0]),
            }));
        case "resource":
            return [
                {
                    layer,
                    accountId: resourceAccountId,
                    kind: namesFormerOnly(explainAccess(request, policies))
                        ? "putAgain"
                        : "addStatement",
                    statement: {
                        // The ARN of an account's root names the whole account.
                        ...(principal.type === "root" ? allowOne : allow),
                        Principal: writtenPrincipal(principal),
                    },
                    ...nameOf(policies.resource),
                },
            ];
        case "trust":
        case "rcp":
            return [];
    }
}

function trustChange({ principal, roleAccountId, trust, context }: TrustRequest): Change {
    const source = Object.entries(context ?? {}).filter(([key]) =>
        /^aws:Source(?:Account|Arn)$/.test(key),
    );
    return {
        layer: "trust",
        accountId: roleAccountId,
        kind: "addStatement",
        document: trust.name,
        statement: {
            Effect: "Allow",
            Principal: writtenPrincipal(principal),
            Action: "sts:AssumeRole",
            // A service acts for others too: for this resource only.
            ...(source.length > 0 && {
                Condition: { StringEquals: Object.fromEntries(source) as Record<string, string> },
            }),
        },
    };
}

function writtenPrincipal(principal: AccessRequest["principal"]): Statement["Principal"] & object {
    const name = principalName(principal);
    return principal.type === "service" ? { Service: name } : { AWS: name };
}

function nameOf(document: NamedDocument | undefined): { document?: string } {
    return document === undefined ? {} : { document: document.name };
}

/** Each of an organization's levels has to allow. */
function levelsWithoutAllow(
    request: AccessRequest,
    policies: AccessPolicies,
    assume: Assumption | undefined,
): number[] {
    const call = callOf(request, policies, assume);
    const levels =
        accessLayers(request, policies).find(({ layer }) => layer === "scp")?.levels ?? [];
    return levels.flatMap((documents, index) => {
        const decided = evaluateLayer({ layer: "scp", kind: "scp", levels: [documents] }, call);
        return decided.decision === "allow" ? [] : [index];
    });
}

function beyondOf({ decision, lacking }: Decision): readonly Layer[] {
    return decision === "allow" ? [] : lacking;
}

/** Whether a statement of the resource's policy lacks only that its principal was made anew since. */
function namesFormerOnly({ layers }: Explanation): boolean {
    const statements = layers.find(({ layer }) => layer === "resource")?.statements ?? [];
    return statements.some(
        ({ effect, unmet: [first, ...more] }) =>
            effect === "Allow" &&
            more.length === 0 &&
            first !== undefined &&
            "reason" in first &&
            first.reason === "formerPrincipal",
    );
}
