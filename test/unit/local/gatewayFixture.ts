import assert from "node:assert/strict";
import { routeMcp, type CallTarget, type GatewayView } from "../../../local/gateway/mcpRouter";
import { mcpRevisions } from "../../../agentcore/mcp";
import type { ToolDefinition } from "../../../agentcore/toolSchema";

/** A tool that takes a text. */
export function toolNamed(name: string, more: Partial<ToolDefinition> = {}): ToolDefinition {
    return {
        name,
        description: `The tool ${name}`,
        inputSchema: {
            type: "object",
            properties: { message: { type: "string" } },
            required: ["message"],
        },
        ...more,
    };
}

/** A gateway with one target of one tool. */
export function gatewayWith(more: Partial<GatewayView> = {}): GatewayView {
    return {
        gatewayId: "tools-0123456789",
        name: "tools",
        supportedVersions: mcpRevisions,
        targets: [
            { name: "echo-tools", targetId: "TARGET0001", tools: [toolNamed("echo_message")] },
        ],
        ...more,
    };
}

/** What a gateway called, and a target that answers what it was given. */
export function recordingTarget(): { calls: Parameters<CallTarget>[]; callTarget: CallTarget } {
    const calls: Parameters<CallTarget>[] = [];
    return {
        calls,
        callTarget: (...call) => {
            calls.push(call);
            return Promise.resolve({ result: "ok", payload: { got: call[2] } });
        },
    };
}

/** A call of the fixture's tool. */
export const echo = { name: "echo-tools___echo_message", arguments: { message: "hi" } };

const legacy = { "mcp-protocol-version": "2025-11-25" };
const succeed: CallTarget = () => Promise.resolve({ result: "ok", payload: "done" });
/** What a message is posted with. */
export interface Posted {
    headers?: Record<string, string | undefined>;
    gateway?: GatewayView;
    callTarget?: CallTarget;
}

/** What came back. */
export interface Answer {
    httpStatus: number;
    body: { id?: unknown; result?: Record<string, unknown>; error?: unknown } | undefined;
    call: unknown;
}

/** Posts a message of the handshake era. */
export async function post(body: unknown, posted: Posted = {}): Promise<Answer> {
    const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
    const response = await routeMcp(
        posted.gateway ?? gatewayWith(),
        { headers: posted.headers ?? legacy, body: bytes, requestId: "request-1" },
        posted.callTarget ?? succeed,
    );
    if (response.body !== undefined) {
        assert.equal(response.headers["content-type"], "application/json");
    }
    return {
        httpStatus: response.httpStatus,
        body:
            response.body === undefined ? undefined : (JSON.parse(response.body) as Answer["body"]),
        call: response.call,
    };
}

/** A JSON-RPC request. */
export function request(
    method: string,
    params?: unknown,
    id: unknown = 1,
): Record<string, unknown> {
    return { jsonrpc: "2.0", id, method, ...(params !== undefined && { params }) };
}

/** A JSON-RPC error. */
export function error(code: number, message: string, data?: unknown, id: unknown = 1): unknown {
    return { jsonrpc: "2.0", id, error: { code, message, ...(data !== undefined && { data }) } };
}
