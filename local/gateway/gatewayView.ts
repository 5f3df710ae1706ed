import type { ToolDefinition } from "../../agentcore/toolSchema";

/** A gateway as its MCP side needs to know it. */
export interface GatewayView {
    gatewayId: string;
    name: string;
    supportedVersions: readonly string[];
    instructions?: string;
    exceptionLevel?: "DEBUG";
    targets: readonly GatewayTargetView[];
}

/** A target that is READY. */
export interface GatewayTargetView {
    name: string;
    targetId: string;
    tools: readonly ToolDefinition[];
}

/** What calling a target came to; the text is for callers of a gateway in DEBUG only. */
export type TargetOutcome =
    { result: "ok"; payload: unknown } | { result: "error"; debugText: string };

/** Calls a target's tool by its own name, without the target's. */
export type CallTarget = (
    target: GatewayTargetView,
    tool: string,
    args: Record<string, unknown>,
    clientContext: { custom: Record<string, string> },
) => Promise<TargetOutcome>;
