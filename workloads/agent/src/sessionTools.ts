import type { JSONValue, ToolContext } from "@strands-agents/sdk";
import type { CallToolResult, Tool as ToolDeclaration } from "@modelcontextprotocol/sdk/types.js";
import { GatewayError } from "./errors.js";
import { GatewayTool, type ToolInvocation } from "./gatewayTool.js";
import type { GatewayConnection, Invocation } from "./gatewayConnection.js";
import { modelNames } from "./toolNames.js";

/** What {@link SessionTools} needs. */
export interface SessionToolsArgs {
    connections: readonly GatewayConnection[];
    loading: "all" | "search";
    /** Milliseconds on any clock. */
    now: () => number;
}

/** A gateway's own search over its tools: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-using-mcp-semantic-search.html */
export const searchTool = "x_amz_bedrock_agentcore_search";

/** A hub's new tool is seen, and a removed one gone, within this time. */
const maxAgeMs = 60_000;

/** What a search has found stays callable in the session; Bedrock would refuse thousands. */
const maxFound = 100;

/** The tools of one of the agent's sessions. */
export class SessionTools {
    readonly #args: SessionToolsArgs;
    #loaded: { tools: GatewayTool[]; at: number } | undefined;
    readonly #found = new Map<string, GatewayTool>();

    constructor(args: SessionToolsArgs) {
        this.#args = args;
    }

    /**
     * The tools with which an invocation begins.
     *
     * @throws GatewayError for the first gateway, in the order of GATEWAY_URL, that does not give its tools.
     */
    async load(invocation: Invocation): Promise<GatewayTool[]> {
        const { loading, now } = this.#args;
        const known = this.#loaded;
        if (known !== undefined && now() - known.at < maxAgeMs) {
            return [...known.tools, ...this.#found.values()];
        }
        const at = now();
        const tools = await (loading === "all"
            ? this.#loadAll(invocation)
            : this.#loadSearch(invocation));
        this.#loaded = { tools, at };
        return [...tools, ...this.#found.values()];
    }

    async close(): Promise<void> {
        await Promise.all(this.#args.connections.map((connection) => connection.close()));
    }

    async #loadAll(invocation: Invocation): Promise<GatewayTool[]> {
        const declared = await this.#fromEach(async (connection, gateway) =>
            (await connection.listTools(invocation))
                // With all tools loaded, there is nothing left to find.
                .filter(({ name }) => name !== searchTool)
                .map((declaration) => ({ declaration, connection, gateway })),
        );
        const flat = declared.flat();
        const names = modelNames(
            flat.map(({ declaration: { name }, gateway }) => ({ name, gateway })),
        );
        return flat.map(
            ({ declaration, connection }, index) =>
                new GatewayTool(names[index] ?? declaration.name, declaration, connection),
        );
    }

    #loadSearch(invocation: Invocation): Promise<GatewayTool[]> {
        return this.#fromEach(async (connection, gateway) => {
            const isSearch = ({ name }: ToolDeclaration) => name === searchTool;
            const tools = await connection.listTools(invocation, (some) => some.some(isSearch));
            const declaration = tools.find(isSearch);
            if (declaration === undefined) {
                const message = `TOOL_LOADING is search, but tools/list has no ${searchTool}: set searchType SEMANTIC on the gateway, or TOOL_LOADING=all`;
                throw new GatewayError("ToolSearchMissing", { url: connection.url, message });
            }
            const [name = searchTool] = this.#names([searchTool], gateway);
            return new SearchTool(name, declaration, connection, (found) =>
                this.#keep(found, connection, gateway),
            );
        });
    }

    #names(names: readonly string[], gateway: number): string[] {
        const isAlways = this.#args.connections.length > 1;
        return modelNames(
            names.map((name) => ({ name, gateway })),
            isAlways,
        );
    }

    #keep(
        found: readonly ToolDeclaration[],
        connection: GatewayConnection,
        gateway: number,
    ): GatewayTool[] {
        const names = this.#names(
            found.map(({ name }) => name),
            gateway,
        );
        const tools = found.map(
            (declaration, index) =>
                new GatewayTool(names[index] ?? declaration.name, declaration, connection),
        );
        for (const tool of tools) {
            this.#found.delete(tool.name);
            this.#found.set(tool.name, tool);
        }
        for (const name of this.#found.keys()) {
            if (this.#found.size <= maxFound) break;
            this.#found.delete(name);
        }
        return tools;
    }

    /** All at once, but the error of the first in their order: the same failure is told each time. */
    async #fromEach<Result>(
        work: (connection: GatewayConnection, gateway: number) => Promise<Result>,
    ): Promise<Result[]> {
        const settled = await Promise.allSettled(this.#args.connections.map(work));
        return settled.map((result) => {
            if (result.status === "rejected") throw result.reason;
            return result.value;
        });
    }
}

/** The gateway's search, whose finds the model can call from then on. */
class SearchTool extends GatewayTool {
    readonly #keep: (found: readonly ToolDeclaration[]) => GatewayTool[];

    constructor(
        name: string,
        declaration: ToolDeclaration,
        connection: GatewayConnection,
        keep: (found: readonly ToolDeclaration[]) => GatewayTool[],
    ) {
        super(name, declaration, connection);
        this.#keep = keep;
    }

    protected override async call(
        input: JSONValue,
        invocation: ToolInvocation,
        context: ToolContext,
    ): Promise<CallToolResult> {
        const result = await super.call(input, invocation, context);
        if (result.isError === true) return result;
        const found = foundTools(result);
        if (found === undefined) return result;
        const tools = this.#keep(found);
        context.agent.toolRegistry.addOrReplace(tools);
        // Their schemas go to the model as tools, under the names by which it can call them.
        const text = JSON.stringify({
            tools: tools.map(({ name, description }) => ({ name, description })),
        });
        return { content: [{ type: "text", text }] };
    }
}

/** The tools that a search gives: as structured content, or as JSON in its text. */
export function foundTools(result: CallToolResult): ToolDeclaration[] | undefined {
    const texts = result.content.flatMap((item) => (item.type === "text" ? [item.text] : []));
    for (const candidate of [result.structuredContent, ...texts.map(parsed)]) {
        const tools = (candidate as { tools?: unknown } | null | undefined)?.tools;
        if (Array.isArray(tools)) return tools.filter(isDeclaration);
    }
    return undefined;
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return undefined;
    }
}

function isDeclaration(value: unknown): value is ToolDeclaration {
    const tool = value as Partial<ToolDeclaration> | null;
    const schema = tool?.inputSchema as unknown;
    return typeof tool?.name === "string" && typeof schema === "object" && schema !== null;
}
