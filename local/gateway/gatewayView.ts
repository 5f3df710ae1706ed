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
    /** The MCP server that it is, which may have prompts and resources. */
    server?: McpServerView;
}

/** An MCP server as far as it is about prompts and resources. */
export interface McpServerView {
    /** Of servers with the same resource, the one with the lowest is asked. */
    resourcePriority: number;
    /** Whether the gateway keeps none of its lists. */
    isLive: boolean;
    /** One of its lists, kept or asked for. @throws McpServerFailure */
    list: <Name extends ListName>(name: Name) => ServerLists[Name] | Promise<ServerLists[Name]>;
    /** The server's answer; `undefined` where it declares no such capability. @throws McpServerFailure */
    ask: (request: LiveRequest) => Promise<Record<string, unknown> | undefined>;
}

/** What a server lists besides tools, by the member of its answers. */
export interface ServerLists {
    prompts: readonly ListedPrompt[];
    resources: readonly ListedResource[];
    resourceTemplates: readonly ListedTemplate[];
}

/** The name of a list. */
export type ListName = keyof ServerLists;

/** A prompt as its server lists it, with whatever else it says of it. */
export interface ListedPrompt {
    readonly name: string;
}

/** A resource as its server lists it. */
export interface ListedResource {
    readonly uri: string;
}

/** A template of resources as its server lists it, by RFC 6570. */
export interface ListedTemplate {
    readonly uriTemplate: string;
}

/** What is never kept, and always asked for. */
export interface LiveRequest {
    method: "prompts/get" | "resources/read";
    params: Readonly<Record<string, unknown>>;
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
