import { AsyncLocalStorage } from "node:async_hooks";
import { GatewayError, messageOf, type ErrorType } from "./errors.js";

/** What holds for one call of a gateway, wherever the MCP client makes its requests. */
export interface CallScope {
    /** Headers that go with the call: its place in the trace. */
    headers: Readonly<Record<string, string>>;
    signal: AbortSignal;
    /** Ends the call with an error of which the MCP client would not tell. */
    fail: (error: GatewayError) => void;
}

/** The call that is being made. */
export const callScope = new AsyncLocalStorage<CallScope>();

/**
 * A `fetch` for one gateway: signs, adds the call's headers, stops with the call, and throws a
 * {@link GatewayError} for all that is no answer.
 */
export function gatewayFetch(url: string, signed: typeof fetch): typeof fetch {
    return async (input, init = {}) => {
        // Gateways take POST only: 405 tells the client so without asking each of them.
        if (init.method !== "POST") return new Response(null, { status: 405 });
        const scope = callScope.getStore();
        const headers = new Headers(init.headers);
        for (const [name, value] of Object.entries(scope?.headers ?? {})) headers.set(name, value);
        const signal = scope?.signal ?? init.signal ?? null;
        let response: Response;
        try {
            response = await signed(input, { ...init, headers, signal });
        } catch (error) {
            if (signal?.aborted === true) throw error;
            throw unsent(url, error);
        }
        if (!response.ok) throw await refusal(url, response);
        return scope === undefined ? response : watched(url, response, scope);
    };
}

function unsent(url: string, error: unknown): GatewayError {
    const message = messageOf(error);
    const isCredentials = error instanceof Error && error.name.includes("Credentials");
    const errorType = isCredentials ? "CredentialsMissing" : "GatewayUnreachable";
    return new GatewayError(errorType, { url, message }, { cause: error });
}

async function refusal(url: string, response: Response): Promise<GatewayError> {
    const { status } = response;
    const text = await response.text().catch(() => "");
    const said = errorIn(text);
    const requestId = response.headers.get("x-amzn-requestid");
    return new GatewayError(errorTypes[status] ?? "GatewayFailed", {
        url,
        httpStatus: status,
        message: said.message ?? (text === "" ? "no message" : text.slice(0, 1000)),
        ...(requestId !== null && { requestId }),
        ...(said.code !== undefined && { code: said.code }),
    });
}

const errorTypes: Readonly<Record<number, ErrorType>> = {
    401: "GatewayRefused",
    403: "GatewayRefused",
    408: "GatewayTimedOut",
    429: "GatewayThrottled",
    504: "GatewayTimedOut",
};

/** The error in a body: JSON-RPC's, or one of AWS's shapes. */
function errorIn(text: string): { message?: string; code?: number } {
    let body: unknown;
    try {
        body = JSON.parse(text);
    } catch {
        return {};
    }
    if (typeof body !== "object" || body === null) return {};
    const fields = body as Record<string, unknown>;
    const error = (fields["error"] ?? fields) as Record<string, unknown> | string;
    if (typeof error === "string") return { message: error };
    const message = error["message"] ?? error["Message"];
    return {
        ...(typeof message === "string" && { message }),
        ...(typeof error["code"] === "number" && { code: error["code"] }),
    };
}

/**
 * The answer, whose event stream ends the call when it ends: the MCP client would wait for the rest until the call's
 * time is over.
 */
function watched(url: string, response: Response, { fail }: CallScope): Response {
    const type = response.headers.get("content-type") ?? "";
    if (response.body === null || !type.startsWith("text/event-stream")) return response;
    const ended = (message: string) => {
        // What came last is still on its way through the client's parser.
        setTimeout(() => {
            fail(new GatewayError("GatewayFailed", { url, message }));
        }, 50).unref();
    };
    const { body, status, headers } = response;
    return new Response(ReadableStream.from(chunks(body, ended)), { status, headers });
}

async function* chunks(body: ReadableStream<Uint8Array>, ended: (message: string) => void) {
    try {
        for await (const chunk of body) yield chunk;
    } catch (error) {
        ended(`the event stream broke: ${messageOf(error)}`);
        throw error;
    }
    ended("the event stream ended before the answer");
}
