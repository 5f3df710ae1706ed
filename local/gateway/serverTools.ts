import { limits } from "../../agentcore/limits";
import { shown } from "../../agentcore/shown";
import type { ListedTool } from "./gatewayView";
import { McpServerFailure } from "./mcpServerFailure";
import { isRecord } from "./message";
import { ListPages } from "./serverLists";

/** Collects the pages of an MCP server's `tools/list`. */
export class ServerTools {
    readonly all: ListedTool[] = [];
    readonly #names = new Set<string>();
    readonly #pages = new ListPages(maxPages, refused);

    /**
     * Takes a page, and gives the cursor of the next one.
     *
     * @throws McpServerFailure for tools that AgentCore takes from no server.
     */
    add({ tools, nextCursor }: Record<string, unknown>): string | undefined {
        if (!Array.isArray(tools)) throw refused(`tools: got ${shown(tools, 80)}; must be a list`);
        for (const tool of tools as unknown[]) this.#addTool(tool);
        return this.#pages.next(nextCursor);
    }

    #addTool(tool: unknown): void {
        const path = `tools[${this.all.length}]`;
        if (this.all.length === limits.toolsPerTarget.max) {
            throw refused(
                `tools: got ${limits.toolsPerTarget.max + 1} or more; must be at most ${limits.toolsPerTarget.max}`,
            );
        }
        const checked = checkedTool(path, tool);
        if (this.#names.has(checked.name)) {
            throw refused(`${path}.name: got ${shown(checked.name)}; another tool has it already`);
        }
        this.#names.add(checked.name);
        this.all.push(checked);
    }
}

/** One for each tool, and one that is empty. */
const maxPages = limits.toolsPerTarget.max + 1;

function checkedTool(path: string, tool: unknown): ListedTool {
    if (!isRecord(tool)) throw refused(`${path}: got ${shown(tool, 80)}; must be a tool`);
    const { name, inputSchema, outputSchema } = tool;
    const { min, max } = limits.toolNameCharacters;
    if (typeof name !== "string" || name.length < min || name.length > max) {
        throw refused(`${path}.name: got ${shown(name, 80)}; must be ${min}-${max} characters`);
    }
    if (!isRecord(inputSchema) || inputSchema["type"] !== "object") {
        throw refused(`${name}: inputSchema must be a JSON schema of type object`);
    }
    if (outputSchema !== undefined && !isRecord(outputSchema)) {
        throw refused(`${name}: outputSchema must be a JSON schema`);
    }
    for (const [part, schema] of Object.entries({ inputSchema, outputSchema })) {
        const reference = referenceIn(schema, part);
        // AgentCore refuses a server whose schemas refer to others (inferred: third-party reports).
        if (reference !== undefined) {
            throw refused(`${name}: got ${reference}; must be a schema without references`);
        }
    }
    return tool as unknown as ListedTool;
}

/** The place of the first `$ref` or `$defs` that is a keyword of a schema, and not a property's name or a value. */
function referenceIn(schema: unknown, path: string): string | undefined {
    if (Array.isArray(schema)) {
        return first(schema.entries(), ([index, item]) => referenceIn(item, `${path}[${index}]`));
    }
    if (!isRecord(schema)) return undefined;
    return first(Object.entries(schema), ([keyword, value]) => {
        const at = `${path}.${keyword}`;
        if (references.includes(keyword)) return at;
        if (values.includes(keyword)) return undefined;
        if (!maps.includes(keyword) || !isRecord(value)) return referenceIn(value, at);
        return first(Object.entries(value), ([name, member]) =>
            referenceIn(member, `${at}.${name}`),
        );
    });
}

const references = ["$ref", "$dynamicRef", "$defs"];
/** Keywords whose members are schemas by name. */
const maps = ["properties", "patternProperties", "dependentSchemas"];
/** Keywords whose values are no schemas. */
const values = ["enum", "const", "default", "examples", "required"];

function first<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
    for (const item of items) {
        const found = find(item);
        if (found !== undefined) return found;
    }
    return undefined;
}

function refused(detail: string): McpServerFailure {
    return new McpServerFailure("tools", detail);
}
