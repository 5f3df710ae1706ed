import { gatewayErrors, toolsPerPage } from "../../agentcore/mcp";
import { qualifiedToolName, splitToolName, type ToolDefinition } from "../../agentcore/toolSchema";
import type { GatewayTargetView, GatewayView } from "./gatewayView";
import { McpRefusal } from "./refusal";

/** One page of `tools/list`. */
export interface ToolsPage {
    tools: readonly ToolDefinition[];
    nextCursor?: string;
}

/**
 * The page that a cursor stands for, the first one without.
 *
 * @throws McpRefusal for a cursor that this gateway did not give.
 */
export function toolsPage(gateway: GatewayView, cursor: unknown): ToolsPage {
    const all = gateway.targets.flatMap((target) =>
        target.tools.map((tool) => ({ ...tool, name: qualifiedToolName(target.name, tool.name) })),
    );
    const start = cursor === undefined ? 0 : startOf(gateway, cursor, all.length);
    const end = start + toolsPerPage;
    return {
        tools: all.slice(start, end),
        ...(end < all.length && { nextCursor: cursorAt(gateway, end) }),
    };
}

/** The target and the tool behind a qualified name, if the gateway has it. */
export function findTool(
    gateway: GatewayView,
    qualifiedName: string,
): { target: GatewayTargetView; tool: ToolDefinition } | undefined {
    const names = splitToolName(qualifiedName);
    const target = gateway.targets.find(({ name }) => name === names?.target);
    const tool = target?.tools.find(({ name }) => name === names?.tool);
    return target === undefined || tool === undefined ? undefined : { target, tool };
}

function cursorAt(gateway: GatewayView, start: number): string {
    return Buffer.from(`${gateway.gatewayId}:${start}`).toString("base64url");
}

function startOf(gateway: GatewayView, cursor: unknown, total: number): number {
    for (let start = toolsPerPage; start < total; start += toolsPerPage) {
        if (cursor === cursorAt(gateway, start)) return start;
    }
    throw new McpRefusal(gatewayErrors.invalidParams, "cursor is not one of this gateway's");
}
