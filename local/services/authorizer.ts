import {
    evaluate,
    explain,
    explainAccess,
    explainShort,
    type AccessPolicies,
    type AccessRequest,
    type ContextKeys,
    type Decision,
    type NamedDocument,
} from "../../access";
import { regionOfArn } from "../../agentcore/arn";
import { requestContext, type RequestOrigin } from "./requestContext";
import { RequestLog } from "./requestLog";
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

/** One decision of the local cloud, and what people are told of it. */
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

/** Decides every call to the local cloud, by the policies of both sides, and logs what it decides. */
export class Authorizer {
    constructor(
        private readonly sts: Sts,
        private readonly now: () => number,
        readonly log: RequestLog = new RequestLog(now),
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
        this.log.decided(requestId, {
            kind: "access",
            ...{ request, policies, decision: decision.decision },
        });
        return {
            requestId,
            at: new Date(now),
            request,
            decision,
            message: allowed ? "" : explain(decision, request),
            reason: allowed ? "" : explainShort(explainAccess(request, policies)),
        };
    }
}
