import type { CallTarget, GatewayView } from "../../../local/gateway/mcpRouter";
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
