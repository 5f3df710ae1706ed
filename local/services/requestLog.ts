import type {
    AccessPolicies,
    AccessRequest,
    DecisionWord,
    RequestPrincipal,
    TrustRequest,
} from "../../access";

/** One question to IAM on a request's behalf, with the policies as they were then. */
export type LoggedDecision =
    | {
          kind: "access";
          request: AccessRequest;
          policies: AccessPolicies;
          decision: DecisionWord;
      }
    /** May AgentCore take on a gateway's role? Without a trust request there is no such role. */
    | { kind: "assumeRole"; roleArn: string; trust?: TrustRequest; decision: "allow" | "deny" };

/** Whether a request's signature held, or what AWS says of it. */
export type SignatureResult =
    { result: "verified" } | { result: "refused"; code: string; message: string };

/** What is known of a request to a gateway or a runtime, without what was said in it and without any key. */
export interface LoggedRequest {
    requestId: string;
    /** ISO 8601. */
    at: string;
    service: "gateway" | "runtime";
    /** The ARN of the gateway or the runtime. */
    resource: string;
    /** Of a runtime: the endpoint's name. */
    qualifier?: string;
    signature?: SignatureResult;
    /** Who signed; of a signature that was refused, whose key it names. */
    principal?: RequestPrincipal;
    /** Of JSON-RPC, where it could be read. */
    method?: string;
    tool?: string;
    /** In the order in which they were made. */
    decisions: LoggedDecision[];
    /** What the gateway asked of runtimes for it. */
    calls: LoggedRequest[];
    /** The gateway's request that it was made for. */
    parentId?: string;
    httpStatus?: number;
    /** `failed`: the gateway let it in, and its target did not come to a result. */
    outcome?: "answered" | "failed" | "refused";
    /** The shortest true sentence on a refusal. */
    reason?: string;
}

/** What a request begins with. */
export type BegunRequest = Pick<
    LoggedRequest,
    "requestId" | "service" | "resource" | "qualifier" | "method" | "tool"
>;

/** A line of the list. */
export type RequestSummary = Pick<
    LoggedRequest,
    "requestId" | "at" | "service" | "resource" | "method" | "tool" | "outcome" | "httpStatus"
> & { principal?: string };

/** A header of the local cloud's own: how to have a refusal explained. */
export const explainHeader = "x-agentcore-hub-explain";

/** The last requests to gateways and runtimes, kept so that each can be explained. */
export class RequestLog {
    readonly #requests = new Map<string, LoggedRequest>();

    constructor(
        private readonly now: () => number = Date.now,
        private readonly keep = 1000,
    ) {}

    begin(begun: BegunRequest): LoggedRequest {
        const at = new Date(this.now()).toISOString();
        const request: LoggedRequest = { ...begun, at, decisions: [], calls: [] };
        this.#requests.set(request.requestId, request);
        if (this.#requests.size > this.keep) {
            const oldest = this.#requests.keys().next().value;
            if (oldest !== undefined) this.#requests.delete(oldest);
        }
        return request;
    }

    /** A decision on a request's behalf; on that of anything else it is not kept. */
    decided(requestId: string, decision: LoggedDecision): void {
        this.#requests.get(requestId)?.decisions.push(decision);
    }

    /** A request that was made for another one. */
    link(parentId: string, requestId: string): void {
        const [parent, call] = [this.#requests.get(parentId), this.#requests.get(requestId)];
        if (parent === undefined || call === undefined) return;
        call.parentId = parentId;
        parent.calls.push(call);
    }

    get(requestId: string): LoggedRequest | undefined {
        return this.#requests.get(requestId);
    }

    /** The last ones that clients made, the newest first. */
    last(count = 100): RequestSummary[] {
        return [...this.#requests.values()]
            .filter(({ parentId }) => parentId === undefined)
            .slice(-count)
            .reverse()
            .map(summaryOf);
    }
}

/** The header that points to the explanation of what was denied for a request. */
export function explainPointer(request: LoggedRequest): Record<string, string> {
    return isDenied(request) ? { [explainHeader]: `hub explain ${request.requestId}` } : {};
}

function isDenied({ signature, decisions, calls }: LoggedRequest): boolean {
    return (
        signature?.result === "refused" ||
        decisions.some(({ decision }) => decision !== "allow") ||
        calls.some(isDenied)
    );
}

function summaryOf(request: LoggedRequest): RequestSummary {
    const { requestId, at, service, resource, method, tool, outcome, httpStatus } = request;
    const { principal } = request;
    return {
        ...{ requestId, at, service, resource },
        ...(method !== undefined && { method }),
        ...(tool !== undefined && { tool }),
        ...(outcome !== undefined && { outcome }),
        ...(httpStatus !== undefined && { httpStatus }),
        ...(principal !== undefined && { principal: arnOf(principal) }),
    };
}

function arnOf(principal: RequestPrincipal): string {
    switch (principal.type) {
        case "role-session":
            return principal.sessionArn;
        case "user":
            return principal.userArn;
        case "root":
            return principal.accountId;
        case "service":
            return principal.service;
    }
}
