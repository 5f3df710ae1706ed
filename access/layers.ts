import {
    asNamedSession,
    mayMatchResource,
    openKeysOf,
    openVariablesOf,
    takenForMet,
    type Assumption,
} from "./assumption";
import type { CompiledStatement } from "./compiledStatement";
import { contextOf } from "./context";
import { parsePolicyDocument } from "./document";
import type { DocumentKind } from "./documentSchema";
import {
    callerOf,
    isExempt,
    matchPrincipal,
    type Caller,
    type PrincipalIds,
    type PrincipalMatch,
    type RequestPrincipal,
} from "./principal";
import type { AccessPolicies, AccessRequest, NamedDocument } from "./request";
import type { Context } from "./variables";

/** A kind of policy that bears on a request. */
export type Layer = "identity" | "resource" | "boundary" | "session" | "scp" | "rcp" | "trust";
/** A decision, of one layer or of all. */
export type DecisionWord = "allow" | "explicitDeny" | "implicitDeny";

/** The statement of a document that decided. */
export interface StatementName {
    document: string;
    index: number;
    sid?: string;
}

/** What one layer said, and the statement that decided it. */
export interface LayerResult {
    layer: Layer;
    decision: DecisionWord | "notPresent";
    statement?: StatementName;
    /** How the deciding statement named the principal. */
    principalMatch?: PrincipalMatch;
}

/** The documents of one layer. Within a level one allow is enough; every level must have one. */
export interface LayerDocuments {
    layer: Layer;
    kind: DocumentKind;
    levels: readonly (readonly NamedDocument[])[];
}

/** A request in the form that statements are matched with. */
export interface Call {
    caller: Caller;
    action: string;
    lowerCaseAction: string;
    resource: string;
    context: Context;
    boundary: "attached" | "absent";
    /** What is taken for true of conditions that only a request decides. @default each is decided */
    assume?: Assumption;
}

/** The request, as statements are matched with it. */
export function callOf(
    request: AccessRequest,
    policies: Pick<AccessPolicies, "boundary">,
    assume?: Assumption,
): Call {
    return {
        caller: callerOf(request.principal),
        action: request.action,
        lowerCaseAction: request.action.toLowerCase(),
        resource: request.resource,
        context: contextOf(request),
        boundary: policies.boundary === undefined ? "absent" : "attached",
        ...(assume !== undefined && { assume }),
    };
}

/** The layers on a principal's request, in the order of their names in explanations. */
export function layersOf(
    principal: RequestPrincipal,
    policies: AccessPolicies,
    ofResource: { layer: "resource" | "trust"; documents: readonly NamedDocument[] },
): readonly LayerDocuments[] {
    const { identity, boundary, session = [], rcp = [] } = policies;
    const { layer, documents } = ofResource;
    // Service control policies are about the principals of an account, and a service is none of them.
    const scp = principal.type === "service" ? [] : (policies.scp ?? []);
    return [
        { layer: "identity", kind: "identity", levels: levelOf(identity) },
        { layer: "boundary", kind: "identity", levels: boundary ? [[boundary]] : [] },
        { layer: "session", kind: "identity", levels: levelOf(session) },
        { layer, kind: layer, levels: levelOf(documents) },
        { layer: "scp", kind: "scp", levels: scp },
        { layer: "rcp", kind: "rcp", levels: rcp },
    ];
}

function levelOf(documents: readonly NamedDocument[]): readonly (readonly NamedDocument[])[] {
    return documents.length === 0 ? [] : [documents];
}

/**
 * What one layer says: a deny of any level wins; without one every level must allow.
 *
 * @throws MalformedPolicy
 */
export function evaluateLayer({ layer, kind, levels }: LayerDocuments, call: Call): LayerResult {
    if (levels.length === 0) {
        return { layer, decision: layer === "identity" ? "implicitDeny" : "notPresent" };
    }
    const decided = levels.map((documents) => evaluateLevel(layer, kind, documents, call));
    const byWord = (word: DecisionWord) => decided.find(({ decision }) => decision === word);
    return (
        byWord("explicitDeny") ??
        byWord("implicitDeny") ??
        decided.at(-1) ?? { layer, decision: "notPresent" }
    );
}

function evaluateLevel(
    layer: Layer,
    kind: DocumentKind,
    documents: readonly NamedDocument[],
    call: Call,
): LayerResult {
    let denied: LayerResult | undefined;
    let allowed: LayerResult | undefined;
    // To the end, because what a malformed document would say is not known, wherever it stands.
    for (const { name, document, principalIds } of documents) {
        for (const statement of parsePolicyDocument(document, kind).statements) {
            const match = matchStatement(statement, call, principalIds);
            if (match === undefined) continue;
            const { index, sid, effect } = statement;
            const decided: LayerResult = {
                layer,
                decision: effect === "Deny" ? "explicitDeny" : "allow",
                statement: { document: name, index, ...(sid !== undefined && { sid }) },
                ...(match !== "own" && { principalMatch: match }),
            };
            if (effect === "Deny") denied ??= decided;
            else if (allowed === undefined || strength(decided) > strength(allowed))
                allowed = decided;
        }
    }
    return denied ?? allowed ?? { layer, decision: "implicitDeny" };
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

/** Whether a statement is about the call; `own` where it is about whom it is attached to. */
export function matchStatement(
    statement: CompiledStatement,
    call: Call,
    ids: PrincipalIds | undefined,
): PrincipalMatch | "own" | undefined {
    const { action, resource, principal, conditions } = statement;
    if (!action.matches(call.lowerCaseAction)) return undefined;
    if (call.assume !== undefined) return matchAssumed(statement, call, ids, call.assume);
    if (resource?.matches(call.resource, call.context) === false) return undefined;
    const match = principal === undefined ? "own" : matchWritten(principal, call, ids);
    if (match === undefined) return undefined;
    return conditions.every(({ holds }) => holds(call.context)) ? match : undefined;
}

/** As {@link matchStatement}, with what is open in the statement taken for met or not. */
function matchAssumed(
    { effect, resource, principal, conditions }: CompiledStatement,
    call: Call,
    ids: PrincipalIds | undefined,
    assume: Assumption,
): PrincipalMatch | "own" | undefined {
    const { caller, context } = call;
    const isMet = takenForMet(effect, assume);
    const has = (key: string) => context.get(key) !== undefined;
    if (resource !== undefined) {
        const isOpen = openVariablesOf(resource, caller, has).length > 0;
        const matches = isOpen
            ? isMet && mayMatchResource(resource, call.resource)
            : resource.matches(call.resource, context);
        if (!matches) return undefined;
    }
    const holds = conditions.every((condition) =>
        openKeysOf(condition, caller, has).length > 0 ? isMet : condition.holds(context),
    );
    if (!holds) return undefined;
    if (principal === undefined) return "own";
    const named = isMet ? asNamedSession(caller, principal.element) : caller;
    return matchWritten(principal, { ...call, caller: named }, ids);
}

/** How a Principal or NotPrincipal element is about the call's principal. */
export function matchWritten(
    { negated, element }: NonNullable<CompiledStatement["principal"]>,
    { caller, boundary }: Call,
    ids: PrincipalIds | undefined,
): PrincipalMatch | undefined {
    if (!negated) return matchPrincipal(element, caller, ids);
    // A deny with NotPrincipal denies every principal with a permissions boundary, whoever it exempts
    // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
    const isDenied = boundary === "attached" || !isExempt(element, caller, ids);
    return isDenied ? "anyone" : undefined;
}
