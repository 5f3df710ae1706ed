import type { ContextKeys } from "./context";
import type { PrincipalIds, RequestPrincipal } from "./principal";

/** One call, as IAM sees it. */
export interface AccessRequest {
    principal: RequestPrincipal;
    action: string;
    resource: string;
    resourceAccountId: string;
    /** Condition keys that the service knows; the principal's own are filled in. */
    context?: ContextKeys;
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
    /** Service control policies on the caller's account, by level: the root, each OU, the account. */
    scp?: readonly (readonly NamedDocument[])[];
    /** Resource control policies on the resource's account, by level. */
    rcp?: readonly (readonly NamedDocument[])[];
}
