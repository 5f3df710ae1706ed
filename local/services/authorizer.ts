import {
    evaluate,
    explain,
    explainShort,
    type AccessRequest,
    type Decision,
    type NamedDocument,
} from "../../access";
import type { SessionKey, Sts } from "./sts";

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
    readonly #records = new Map<string, DecisionRecord>();
    readonly #keep = 1000;

    constructor(
        private readonly sts: Sts,
        private readonly now: () => number,
    ) {}

    decide(
        caller: SessionKey,
        call: {
            action: string;
            resource: string;
            resourceAccountId: string;
            resourcePolicy?: NamedDocument;
            context?: Record<string, string>;
            requestId: string;
        },
    ): DecisionRecord {
        const request: AccessRequest = {
            principal: caller.principal,
            action: call.action,
            resource: call.resource,
            resourceAccountId: call.resourceAccountId,
            ...(call.context !== undefined && { context: call.context }),
        };
        const decision = evaluate(request, {
            ...this.sts.policiesOf(caller),
            ...(call.resourcePolicy !== undefined && { resource: call.resourcePolicy }),
        });
        const allowed = decision.decision === "allow";
        const record: DecisionRecord = {
            requestId: call.requestId,
            at: new Date(this.now()),
            request,
            decision,
            message: allowed ? "" : explain(decision, request),
            reason: allowed ? "" : explainShort(decision, request),
        };
        this.#records.set(call.requestId, record);
        if (this.#records.size > this.#keep) {
            const oldest = this.#records.keys().next().value;
            if (oldest !== undefined) this.#records.delete(oldest);
        }
        return record;
    }

    record(requestId: string): DecisionRecord | undefined {
        return this.#records.get(requestId);
    }
}
