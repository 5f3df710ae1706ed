import type { ToolSearch } from "./toolSearch";

/** A gateway as its MCP side needs to know it. */
export interface GatewayView {
    gatewayId: string;
    name: string;
    supportedVersions: readonly string[];
    instructions?: string;
    exceptionLevel?: "DEBUG";
    targets: readonly GatewayTargetView[];
    /** Finds its tools, where it has AWS's tool for that. */
    toolSearch?: ToolSearch;
}

/** A target that is READY. */
export interface GatewayTargetView {
    name: string;
    targetId: string;
    /** What the gateway keeps of the target's tools: nothing where it asks the target for them each time. */
    tools: readonly ListedTool[];
    /** Asks the target for its tools, where the gateway keeps none; rejects with why it has no answer. */
    liveTools?: () => Promise<readonly ListedTool[]>;
}

/**
 * A tool as it is listed: of a Lambda target as its configuration has it, of an MCP server as the server does, with
 * whatever else it says of it.
 */
export interface ListedTool {
    readonly name: string;
    readonly description?: string;
    readonly inputSchema: object;
    readonly outputSchema?: object;
}

/** What calling a target came to; the text is for callers of a gateway in DEBUG only. */
export type TargetOutcome =
    | { result: "ok"; payload: unknown }
    /** An MCP server's own result, which is passed on as it is. */
    | { result: "answered"; toolResult: Readonly<Record<string, unknown>> }
    | { result: "error"; debugText: string };

/** Calls a target's tool by its own name, without the target's. */
export type CallTarget = (
    target: GatewayTargetView,
    tool: string,
    args: Record<string, unknown>,
    clientContext: { custom: Record<string, string> },
) => Promise<TargetOutcome>;
