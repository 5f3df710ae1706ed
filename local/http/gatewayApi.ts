import { gatewayErrors, gatewayUnsignedPayload, type GatewayError } from "../../agentcore/mcp";
import { AwsError } from "../awsError";
import { parseMessage } from "../gateway/message";
import type { Gateways } from "../services/gateways";
import {
    explainPointer,
    type BegunRequest,
    type LoggedRequest,
    type RequestLog,
} from "../services/requestLog";
import { RequestTooLarge } from "./earlyRefusal";
import {
    callerOf,
    json,
    jsonError,
    type HttpRequest,
    type HttpResponse,
    type KeySource,
} from "./exchange";

/** The gateways' endpoint, `/gateway/<gatewayId>/mcp`: signature, then both sides' policies, then MCP. */
export function gatewayApi(
    gateways: Gateways,
    keys: KeySource,
    log: RequestLog,
): (request: HttpRequest) => Promise<HttpResponse> {
    return async (request) => {
        const match = /^\/([^/?]+)\/mcp(?:\?.*)?$/.exec(request.path);
        const owned = gateways.find(decodeURIComponent(match?.[1] ?? ""));
        if (match === null || owned === undefined) {
            return json(404, { message: `No gateway at ${request.url}` });
        }
        const headers = {
            "x-amzn-bedrock-agentcore-gateway-request-id": request.requestId,
        };
        if (request.method !== "POST") {
            // Streamable HTTP without a server stream or sessions: MCP's own answer (inferred).
            return { httpStatus: 405, headers: { ...headers, allow: "POST" }, body: "" };
        }
        const logged = log.begin({
            ...{ requestId: request.requestId, service: "gateway" },
            resource: owned.gateway.gatewayArn,
            ...askedOf(request.body),
        });
        const refused = (error: GatewayError, reason: string): HttpResponse => {
            Object.assign(logged, { reason, outcome: "refused", httpStatus: error.httpStatus });
            return refusal(error, { ...headers, ...explainPointer(logged) });
        };
        let caller;
        try {
            caller = callerOf(
                request,
                {
                    services: ["bedrock-agentcore"],
                    regions: [owned.gateway.region],
                    unsignedPayload: gatewayUnsignedPayload,
                },
                keys,
            );
        } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            const { code, message } = error;
            logged.signature = { result: "refused", code, message };
            Object.assign(logged, namedCaller(request, keys));
            return refused(gatewayErrors.authentication, `${code}: ${message}`);
        }
        logged.signature = { result: "verified" };
        logged.principal = caller.principal;
        const { decision, reason } = gateways.authorize(
            caller,
            owned,
            request.requestId,
            request.origin,
        );
        if (decision.decision !== "allow") return refused(gatewayErrors.authorization, reason);
        const response = await gateways.answer(owned, {
            headers: request.headers,
            body: request.body,
            requestId: request.requestId,
            leaving: () => request.signal,
        });
        logged.httpStatus = response.httpStatus;
        logged.outcome = response.call?.outcome === "error" ? "failed" : "answered";
        return {
            httpStatus: response.httpStatus,
            headers: { ...headers, ...response.headers, ...explainPointer(logged) },
            body: response.body ?? "",
        };
    };
}

/** A longer message is not read again for the log. */
const maxLoggedBytes = 65_536;

/** What a message asks for, where it can be read; what it gives to a tool is left out. */
function askedOf(body: Uint8Array): Pick<BegunRequest, "method" | "tool"> {
    if (body.byteLength > maxLoggedBytes) return {};
    try {
        const { method, params } = parseMessage(body);
        const tool = method === "tools/call" ? params["name"] : undefined;
        return { method, ...(typeof tool === "string" && { tool }) };
    } catch {
        return {};
    }
}

/** Whose key a signature names that does not hold. */
export function namedCaller(
    { headers }: Pick<HttpRequest, "headers">,
    { keyOf }: KeySource,
): Pick<LoggedRequest, "principal"> {
    const id = /\bCredential=([^/,\s]+)\//.exec(headers["authorization"] ?? "")?.[1];
    const principal = id === undefined ? undefined : keyOf(id)?.principal;
    return principal === undefined ? {} : { principal };
}

/** What is refused before a gateway is asked, in JSON-RPC too. */
export function refuseMcp(error: AwsError): HttpResponse {
    if (!(error instanceof RequestTooLarge)) return jsonError(error);
    const { code, text, httpStatus } = gatewayErrors.tooLarge;
    return json(httpStatus, {
        jsonrpc: "2.0",
        id: null,
        error: { code, message: text.replace("<bytes>", String(error.bytes)) },
    });
}

/** The body names no reason, as AWS's does not; its id is 0, as in AWS's own samples (inferred). */
function refusal(error: GatewayError, headers: Record<string, string>): HttpResponse {
    const { code, text, httpStatus } = error;
    const response = json(httpStatus, {
        jsonrpc: "2.0",
        id: 0,
        error: { code, message: text },
    });
    return { ...response, headers: { ...response.headers, ...headers } };
}
