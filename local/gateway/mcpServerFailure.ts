import { targetFailureTexts } from "../../agentcore/mcpServerTargets";

/** What an MCP server failed with, as the table of texts names it. */
export type FailureKind = keyof typeof targetFailureTexts;

/** A call of an MCP server that did not come to a result. */
export class McpServerFailure extends Error {
    /**
     * @param detail What was there and what must be, for who has to mend it.
     * @param reason In the words that a target's status reasons are seen to have.
     */
    constructor(
        readonly kind: FailureKind,
        readonly detail: string,
        readonly reason: string = targetFailureTexts[kind].text,
    ) {
        super(`${reason} (${detail})`);
        this.name = "McpServerFailure";
    }
}

/** An answer outside of MCP: an AWS service's refusal, or an HTTP server's. */
export class HttpRefusal extends McpServerFailure {
    /**
     * @param answered What the answer says of itself, if it says anything.
     * @param why What only the local cloud knows of it.
     */
    constructor(
        readonly httpStatus: number,
        readonly answered: string | undefined,
        why?: string,
    ) {
        const kind = kindOf(httpStatus, answered);
        const text = targetFailureTexts[kind].text
            .replace("<status>", String(httpStatus))
            .replace("<reason>", () => answered ?? "");
        const isSaid = answered === undefined || kind === "denied";
        super(kind, because(`HTTP ${httpStatus}${isSaid ? "" : `: ${answered}`}`, why), text);
        this.name = "HttpRefusal";
    }
}

/** The error that a server answered a request with, in JSON-RPC. */
export class JsonRpcFailure extends McpServerFailure {
    constructor(
        readonly code: number,
        message: string,
        readonly httpStatus: number,
        why?: string,
    ) {
        super("answer", because(`JSON-RPC error ${code}, HTTP ${httpStatus}`, why), message);
        this.name = "JsonRpcFailure";
    }
}

function because(detail: string, why: string | undefined): string {
    return why === undefined ? detail : `${detail}; locally: ${why}`;
}

/** IAM's denials name who may not do what; other refusals of a signature do not. */
function kindOf(httpStatus: number, answered: string | undefined) {
    if (httpStatus !== 401 && httpStatus !== 403) return "refused";
    return answered?.includes("is not authorized to perform: ") === true
        ? "denied"
        : "unauthorized";
}
