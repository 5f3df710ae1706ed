import {
    gatewayCapabilities,
    gatewayErrors,
    gatewayServerInfo,
    lambdaTargetClientContext,
    listCaching,
    mcpServerCapabilities,
    metaKeys,
    toolSearchTool,
} from "../../agentcore/mcp";
import {
    liveFailure,
    promptGiven,
    promptsListed,
    resourceRead,
    resourcesListed,
    templatesListed,
} from "./catalogue";
import type { CallTarget, GatewayView, ListedTool, TargetOutcome } from "./gatewayView";
import { hasAtMostLevels, isRecord, parseMessage, type McpMessage } from "./message";
import { McpRefusal } from "./refusal";
import { eraOf, handshakeRevision, type Era } from "./revision";
import { findTool, qualifiedTools, toolsPage, withLiveTools, type ToolsPage } from "./toolsList";
import type { ToolSearch } from "./toolSearch";

export type {
    CallTarget,
    GatewayTargetView,
    GatewayView,
    ListedTool,
    McpServerView,
    TargetOutcome,
} from "./gatewayView";

/** A POST to the gateway that was authenticated and authorized; header names in lower case. */
export interface McpRequest {
    headers: Readonly<Record<string, string | undefined>>;
    body: Uint8Array;
    requestId: string;
    /** Aborted when the client leaves; made when a target is asked for something. */
    leaving?: () => AbortSignal;
}

/** The answer: JSON text, or nothing to a notification. */
export interface McpResponse {
    httpStatus: number;
    headers: Record<string, string>;
    body?: string;
    /** The tool call that reached a target, for the log. */
    call?: { tool: string; outcome: "ok" | "error" };
}

/**
 * Answers one MCP message to a gateway; rejects only if `callTarget` does.
 *
 * @example
 * const response = await routeMcp(gateway, request, async () => ({ result: "ok", payload: 42 }));
 */
export async function routeMcp(
    gateway: GatewayView,
    request: McpRequest,
    callTarget: CallTarget,
): Promise<McpResponse> {
    // An answer to what is no request has no id to repeat.
    let id: string | number | null = null;
    try {
        const message = parseMessage(request.body);
        id = message.id ?? null;
        const era = eraOf(message, request.headers, gateway.supportedVersions);
        if (message.id === undefined) return { httpStatus: 202, headers: {} };
        const { result, call } = await answerTo(gateway, era, request, message, callTarget);
        const body = {
            jsonrpc: "2.0",
            id,
            result: { ...result, ...(era === "stateless" && { resultType: "complete" }) },
        };
        return { ...json(200, body), ...(call !== undefined && { call }) };
    } catch (error) {
        if (!(error instanceof McpRefusal)) throw error;
        const { code, httpStatus } = error.error;
        const { message, data } = error;
        return json(httpStatus, {
            jsonrpc: "2.0",
            id,
            error: { code, message, ...(data !== undefined && { data }) },
        });
    }
}

/** A result and, apart from it, the call that it came from. */
interface Answer {
    result: Readonly<Record<string, unknown>>;
    call?: NonNullable<McpResponse["call"]>;
}

async function answerTo(
    gateway: GatewayView,
    era: Era,
    request: McpRequest,
    message: McpMessage,
    callTarget: CallTarget,
): Promise<Answer> {
    const { method, params } = message;
    /** With what 2026-07-28 has clients told of each list and resource. */
    const listed = (result: object): Answer => ({
        result: { ...(era === "stateless" && listCaching), ...result },
    });
    switch (method) {
        case "initialize":
            if (era === "handshake") return { result: initialized(gateway, message) };
            break;
        case "server/discover":
            if (era === "stateless") return listed(discovered(gateway));
            break;
        case "ping":
            return { result: {} };
        case "tools/list":
            return listed(await toolsListed(gateway, message));
        case "tools/call":
            return toolCalled(gateway, request, message, callTarget);
        case "prompts/list":
            return listed(await promptsListed(gateway, params));
        case "prompts/get":
            return { result: await promptGiven(gateway, params) };
        case "resources/list":
            return listed(await resourcesListed(gateway, params));
        case "resources/templates/list":
            return listed(await templatesListed(gateway, params));
        case "resources/read":
            return listed(await resourceRead(gateway, params));
    }
    throw new McpRefusal(gatewayErrors.unknownMethod, method);
}

function discovered(gateway: GatewayView): object {
    return {
        supportedVersions: gateway.supportedVersions,
        ...introduction(gateway),
        _meta: { [metaKeys.serverInfo]: gatewayServerInfo },
    };
}

function initialized(gateway: GatewayView, { params }: McpMessage): Answer["result"] {
    const requested = params["protocolVersion"];
    if (typeof requested !== "string") throw invalidParams("protocolVersion must be a text");
    return {
        protocolVersion: handshakeRevision(requested, gateway.supportedVersions),
        ...introduction(gateway),
        serverInfo: gatewayServerInfo,
    };
}

function introduction({ instructions, targets }: GatewayView): Record<string, unknown> {
    const hasServers = targets.some(({ server }) => server !== undefined);
    return {
        capabilities: { ...gatewayCapabilities, ...(hasServers && mcpServerCapabilities) },
        ...(instructions !== undefined && { instructions }),
    };
}

async function toolsListed(gateway: GatewayView, { params }: McpMessage): Promise<ToolsPage> {
    let listed;
    try {
        listed = await withLiveTools(gateway);
    } catch (error) {
        throw liveFailure(gateway, error);
    }
    return toolsPage(listed, params["cursor"]);
}

async function toolCalled(
    gateway: GatewayView,
    request: McpRequest,
    { id, params }: McpMessage,
    callTarget: CallTarget,
): Promise<Answer> {
    const { name, arguments: args = {} } = params;
    if (typeof name !== "string") throw invalidParams("name must be a text");
    if (!isRecord(args)) throw invalidParams("arguments must be an object");
    if (name === toolSearchTool.name && gateway.toolSearch !== undefined) {
        return { result: toolsFound(gateway, gateway.toolSearch, args["query"]) };
    }
    const found = findTool(gateway, name);
    if (found === undefined) throw new McpRefusal(gatewayErrors.unknownTool, name);
    const clientContext = lambdaTargetClientContext({
        gatewayId: gateway.gatewayId,
        targetId: found.target.targetId,
        qualifiedToolName: name,
        requestId: request.requestId,
        messageId: id ?? "",
    });
    // As in AWS (inferred), the gateway leaves the arguments' check to the target.
    const outcome = readable(await callTarget(found.target, found.tool.name, args, clientContext));
    return {
        result: callResult(gateway, found.tool, outcome),
        call: { tool: name, outcome: isFailure(outcome) ? "error" : "ok" },
    };
}

/** The same twice, for clients that read either (sure: bedrock-agentcore-sdk-python). */
function toolsFound(gateway: GatewayView, search: ToolSearch, query: unknown): Answer["result"] {
    if (typeof query !== "string" || query.trim() === "") {
        throw invalidParams("query must be a text that is not empty");
    }
    const structuredContent = { tools: search.find(qualifiedTools(gateway), query) };
    return {
        content: [{ type: "text", text: JSON.stringify(structuredContent) }],
        structuredContent,
        isError: false,
    };
}

function isFailure(outcome: TargetOutcome): boolean {
    return outcome.result === "answered"
        ? outcome.toolResult["isError"] === true
        : outcome.result === "error";
}

/** A result that this process could read and not write again, is a failure of the target. */
function readable(outcome: TargetOutcome): TargetOutcome {
    // An MCP server's result has been looked at where it was read.
    if (outcome.result !== "ok" || hasAtMostLevels(outcome.payload, maxResultLevels)) {
        return outcome;
    }
    return { result: "error", debugText: `The result has more than ${maxResultLevels} levels` };
}

/** Well below where JSON.stringify comes to the end of the stack. */
const maxResultLevels = 1000;

function callResult(
    gateway: GatewayView,
    tool: ListedTool,
    outcome: TargetOutcome,
): Answer["result"] {
    if (outcome.result === "answered") return outcome.toolResult;
    if (outcome.result === "ok") {
        const payload = outcome.payload ?? null;
        const structured = tool.outputSchema !== undefined && isRecord(payload);
        return {
            content: [{ type: "text", text: JSON.stringify(payload) }],
            // Clients refuse results without it where a tool declares its output (inferred for AWS).
            ...(structured && { structuredContent: payload }),
            isError: false,
        };
    }
    const debug = gateway.exceptionLevel === "DEBUG";
    const text = debug ? outcome.debugText : gatewayErrors.targetFailed.text;
    const content = { type: "text", text };
    return { content: [content], isError: true, ...(debug && { _meta: { debug: content } }) };
}

function invalidParams(reason: string): McpRefusal {
    return new McpRefusal(gatewayErrors.invalidParams, reason);
}

function json(httpStatus: number, value: unknown): McpResponse {
    return {
        httpStatus,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(value),
    };
}
