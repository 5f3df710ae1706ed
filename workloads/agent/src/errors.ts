/** What went wrong, for machines. */
export type ErrorType =
    | "InvalidPayload"
    | "PromptTooLarge"
    | "SessionBusy"
    | "TurnLimit"
    | "Stopping"
    | "ToolSearchMissing"
    | "CredentialsMissing"
    | "GatewayRefused"
    | "GatewayThrottled"
    | "GatewayUnreachable"
    | "GatewayTimedOut"
    | "GatewayFailed"
    | "ModelAccessDenied"
    | "ModelThrottled"
    | "ModelUnreachable"
    | "ModelOutputLimit"
    | "ModelFailed";

/** A failure that the caller of the agent is told, with what a program needs to act on it. */
export class AgentError extends Error {
    override readonly name = "AgentError";

    constructor(
        readonly errorType: ErrorType,
        message: string,
        /** Fields that the answer shows beside the message. */
        readonly details: Readonly<Record<string, unknown>> = {},
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}

/** What a gateway answered, or why it did not. */
export interface GatewayProblem {
    url: string;
    /** What the gateway, or the connection to it, said. */
    message: string;
    httpStatus?: number;
    /** AWS's id of the refused request. */
    requestId?: string;
    /** The code of the JSON-RPC error in the answer. */
    code?: number;
}

/** A failure of one gateway, which the message names. */
export class GatewayError extends AgentError {
    constructor(
        errorType: ErrorType,
        readonly gateway: GatewayProblem,
        options?: ErrorOptions,
    ) {
        const status = gateway.httpStatus === undefined ? "" : ` (HTTP ${gateway.httpStatus})`;
        super(
            errorType,
            `The gateway ${gateway.url} ${verbs[errorType] ?? "failed"}${status}: ${gateway.message}`,
            { gateway },
            options,
        );
    }
}

const verbs: Partial<Record<ErrorType, string>> = {
    GatewayRefused: "refused the agent",
    GatewayThrottled: "throttled the agent",
    GatewayUnreachable: "cannot be reached",
    GatewayTimedOut: "did not answer in time",
    ToolSearchMissing: "has no tool search",
};

/** The message of anything thrown, with that of its cause: `fetch failed` alone says nothing. */
export function messageOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const { cause } = error as { cause?: unknown };
    const code = (error as { code?: unknown }).code;
    const own = error.message === "" && typeof code === "string" ? code : error.message;
    if (!(cause instanceof Error)) return own;
    const why = messageOf(cause);
    return own.includes(why) ? own : `${own}: ${why}`;
}
