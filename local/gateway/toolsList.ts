import { gatewayErrors, toolSearchTool, toolsPerPage } from "../../agentcore/mcp";
import { qualifiedToolName, splitToolName } from "../../agentcore/toolSchema";
import type { GatewayTargetView, GatewayView, ListedTool } from "./gatewayView";
import { McpRefusal } from "./refusal";

/** One page of `tools/list`. */
export interface ToolsPage {
    tools: readonly ListedTool[];
    nextCursor?: string;
}

/**
 * The page that a cursor stands for, the first one without.
 *
 * @throws McpRefusal for a cursor that this gateway did not give.
 */
export function toolsPage(gateway: GatewayView, cursor: unknown): ToolsPage {
    const own = gateway.toolSearch === undefined ? 0 : ownTools.length;
    const total = gateway.targets.reduce((sum, { tools }) => sum + tools.length, own);
    const start = cursor === undefined ? 0 : startOf(gateway, cursor, total);
    const end = start + toolsPerPage;
    return {
        tools: slice(gateway, start, end),
        ...(end < total && { nextCursor: cursorAt(gateway, end) }),
    };
}

/**
 * The gateway with the tools of all its targets, those too that it asks for them each time.
 *
 * @throws what a target that has no answer rejects with.
 */
export function withLiveTools(gateway: GatewayView): GatewayView | Promise<GatewayView> {
    if (gateway.targets.every(({ liveTools }) => liveTools === undefined)) return gateway;
    return Promise.all(
        gateway.targets.map(async (target) =>
            target.liveTools === undefined
                ? target
                : { ...target, tools: await target.liveTools() },
        ),
    ).then((targets) => ({ ...gateway, targets }));
}

/** The target and the tool behind a qualified name, if the gateway has it, or has no list to know by. */
export function findTool(
    gateway: GatewayView,
    qualifiedName: string,
): { target: GatewayTargetView; tool: ListedTool } | undefined {
    const names = splitToolName(qualifiedName);
    const target = gateway.targets.find(({ name }) => name === names?.target);
    if (names !== undefined && target?.liveTools !== undefined) {
        return { target, tool: { name: names.tool, inputSchema: {} } };
    }
    const at = target && toolsOf(target).indexByName.get(names?.tool ?? "");
    const tool = at === undefined ? undefined : target?.tools[at];
    return target === undefined || tool === undefined ? undefined : { target, tool };
}

/** The tools of all targets under their qualified names; a list stays the same until its target has another. */
export function qualifiedTools(gateway: GatewayView): (readonly ListedTool[])[] {
    return gateway.targets.map((target) => toolsOf(target).qualified);
}

/** A target's tools under their qualified names, and where each stands by its own. */
interface IndexedTools {
    targetName: string;
    qualified: readonly ListedTool[];
    indexByName: ReadonlyMap<string, number>;
}

const indexes = new WeakMap<readonly ListedTool[], IndexedTools>();

/** Made once for each version of a target: its list of tools is replaced as a whole, and never changed. */
function toolsOf({ name: targetName, tools }: GatewayTargetView): IndexedTools {
    const known = indexes.get(tools);
    if (known?.targetName === targetName) return known;
    const made: IndexedTools = {
        targetName,
        qualified: tools.map((tool) => ({
            ...tool,
            name: qualifiedToolName(targetName, tool.name),
        })),
        // Of tools with the same name, which AgentCore is believed to refuse, the first one is called.
        indexByName: new Map(tools.map(({ name }, index) => [name, index] as const).reverse()),
    };
    indexes.set(tools, made);
    return made;
}

/** Tools of the gateway itself, which come first. */
const ownTools: readonly ListedTool[] = [toolSearchTool];

/** The tools from one place of the whole list to another; only targets that are between them are looked at. */
function slice(gateway: GatewayView, start: number, end: number): ListedTool[] {
    const tools: ListedTool[] = [];
    let first = 0;
    const add = (length: number, list: () => readonly ListedTool[]): void => {
        const last = first + length;
        if (first < end && last > start) {
            tools.push(...list().slice(Math.max(start - first, 0), end - first));
        }
        first = last;
    };
    if (gateway.toolSearch !== undefined) add(ownTools.length, () => ownTools);
    for (const target of gateway.targets) {
        add(target.tools.length, () => toolsOf(target).qualified);
    }
    return tools;
}

function cursorAt(gateway: GatewayView, start: number): string {
    return Buffer.from(`${gateway.gatewayId}:${start}`).toString("base64url");
}

function startOf(gateway: GatewayView, cursor: unknown, total: number): number {
    const start =
        typeof cursor === "string"
            ? Number(Buffer.from(cursor, "base64url").toString("latin1").split(":")[1])
            : NaN;
    if (start > 0 && start < total && start % toolsPerPage === 0) {
        if (cursor === cursorAt(gateway, start)) return start;
    }
    throw new McpRefusal(gatewayErrors.invalidParams, "cursor is not one of this gateway's");
}
