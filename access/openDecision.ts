import { evaluate, type Decision } from "./evaluate";
import { openConditionsOf, type OpenCondition } from "./openConditions";
import type { AccessPolicies, AccessRequest } from "./request";
import { policyDocument } from "./statements";

/** Names of policies that were not read, and may say anything. */
export interface UnreadPolicies {
    /** Of the principal. */
    identity?: readonly string[];
    /** Of the resource. */
    resource?: readonly string[];
}

/** What is so for every request of a principal, or depends on the request. */
export interface OpenDecision {
    access: "allowed" | "refused" | "conditional";
    /** Where it is conditional. */
    on: readonly OpenCondition[];
    /** With what is open taken for met by an Allow and not by a Deny. */
    decision: Decision;
}

/**
 * Decides for every request at once: allowed where each is, refused where none is, else conditional. It errs to
 * conditional: of two conditions that no request meets together it does not know.
 *
 * @throws MalformedPolicy
 */
export function decideOpen(
    request: AccessRequest,
    policies: AccessPolicies,
    unread: UnreadPolicies = {},
): OpenDecision {
    const most = evaluate(request, withUnread(policies, unread), "mostAccess");
    if (most.decision !== "allow") return { access: "refused", on: [], decision: most };
    const notRead = [...(unread.identity ?? []), ...(unread.resource ?? [])];
    const least = evaluate(request, policies, "leastAccess");
    if (least.decision === "allow" && notRead.length === 0) {
        return { access: "allowed", on: [], decision: most };
    }
    const on = [
        ...openConditionsOf(request, policies, most, least),
        ...notRead.map((policy) => ({ kind: "unreadPolicy", policy }) as const),
    ];
    return { access: "conditional", on, decision: most };
}

/** A policy that was not read may allow everything. */
function withUnread(
    policies: AccessPolicies,
    { identity = [], resource: [resource] = [] }: UnreadPolicies,
): AccessPolicies {
    if (identity.length === 0 && resource === undefined) return policies;
    return {
        ...policies,
        identity: [
            ...policies.identity,
            ...identity.map((name) => ({ name, document: allowsAll.identity })),
        ],
        ...(resource !== undefined && {
            resource: { name: resource, document: allowsAll.resource },
        }),
    };
}

/** As text, which is compiled once. */
const allowsAll = {
    identity: JSON.stringify(policyDocument([{ Effect: "Allow", Action: "*", Resource: "*" }])),
    resource: JSON.stringify(
        policyDocument([{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }]),
    ),
};
