import {
    evaluate,
    explain,
    explainAccess,
    explainShort,
    type AccessPolicies,
    type AccessRequest,
    type ContextKeys,
    type Decision,
    type Explanation,
    type NamedDocument,
} from "../../access";
import { regionOfArn } from "../../agentcore/arn";
import { requestContext, type RequestOrigin } from "./requestContext";
import type { SessionKey } from "./sessionKey";
import type { Sts } from "./sts";

/** A call that a service asks the authorizer about. */
export interface Call {
    action: string;
    resource: string;
    resourceAccountId: string;
    resourcePolicy?: NamedDocument;
    requestId: string;
    /** How the request came; a service's own calls have none. */
    origin?: RequestOrigin;
    /** Condition keys of the service itself. */
    context?: ContextKeys;
}

/** One decision of the local cloud, kept so that a refusal can be explained. */
export interface DecisionRecord {
    requestId: string;
    at: Date;
    request: AccessRequest;
    decision: Decision;
    /** AWS's own wording of a refusal. */
    message: string;
    /** The shortest true sentence for people: which account's side lacked what. */
    reason: string;
}

/** Decides every call to the local cloud, by the policies of both sides, and remembers the last ones. */
export class Authorizer {
    readonly #records = new Map<string, { record: DecisionRecord; policies: AccessPolicies }>();
    readonly #keep = 1000;

    constructor(
        private readonly sts: Sts,
        private readonly now: () => number,
    ) {}

    decide(caller: SessionKey, call: Call): DecisionRecord {
        const { action, resource, resourceAccountId, resourcePolicy, requestId, origin } = call;
        const now = this.now();
        const region = regionOfArn(resource);
        const request: AccessRequest = {
            principal: caller.principal,
            action,
            resource,
            resourceAccountId,
            context: Object.assign(
                requestContext({
                    caller,
                    tags: this.sts.tagsOf(caller),
                    resourceAccountId,
                    now,
                    ...(region !== undefined && { region }),
                    ...(origin !== undefined && { origin }),
                }),
                call.context,
            ),
        };
        const policies: AccessPolicies = {
            ...this.sts.policiesOf(caller),
            ...(resourcePolicy !== undefined && { resource: resourcePolicy }),
        };
        const decision = evaluate(request, policies);
        const allowed = decision.decision === "allow";
        const record: DecisionRecord = {
            requestId,
            at: new Date(now),
            request,
            decision,
            message: allowed ? "" : explain(decision, request),
            reason: allowed ? "" : explainShort(explainAccess(request, policies)),
        };
        this.#records.set(requestId, { record, policies });
        if (this.#records.size > this.#keep) {
            const oldest = this.#records.keys().next().value;
            if (oldest !== undefined) this.#records.delete(oldest);
        }
        return record;
    }

    record(requestId: string): DecisionRecord | undefined {
        return this.#records.get(requestId)?.record;
    }

    /** What each statement, as it was then, had to do with a decision. */
    explanation(requestId: string): Explanation | undefined {
        const kept = this.#records.get(requestId);
        return kept && explainAccess(kept.record.request, kept.policies);
    }
}
