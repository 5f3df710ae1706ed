import { gatewayErrors, gatewayUnsignedPayload, type GatewayError } from "../../agentcore/mcp";
import { AwsError } from "../awsError";
import type { Gateways } from "../services/gateways";
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
    onRefused: (requestId: string, reason: string) => void,
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
            onRefused(request.requestId, `${error.code}: ${error.message}`);
            return refusal(gatewayErrors.authentication, headers);
        }
        const { decision, reason } = gateways.authorize(
            caller,
            owned,
            request.requestId,
            request.origin,
        );
        if (decision.decision !== "allow") {
            onRefused(request.requestId, reason);
            return refusal(gatewayErrors.authorization, headers);
        }
        const response = await gateways.answer(owned, {
            headers: request.headers,
            body: request.body,
            requestId: request.requestId,
            leaving: () => request.signal,
        });
        return {
            httpStatus: response.httpStatus,
            headers: { ...headers, ...response.headers },
            body: response.body ?? "",
        };
    };
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
