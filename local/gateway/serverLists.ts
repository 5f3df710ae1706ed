import { maxEntriesPerList } from "../../agentcore/mcpServerTargets";
import { shown } from "../../agentcore/shown";
import type { ListName, ServerLists } from "./gatewayView";
import { McpServerFailure } from "./mcpServerFailure";
import { isRecord } from "./message";

/** How a server is asked for a list, and what of it an entry must have. */
export const serverLists = {
    prompts: { method: "prompts/list", capability: "prompts", key: "name" },
    resources: { method: "resources/list", capability: "resources", key: "uri" },
    resourceTemplates: {
        method: "resources/templates/list",
        capability: "resources",
        key: "uriTemplate",
    },
} as const satisfies Record<ListName, { method: string; capability: string; key: string }>;

/** A capability that a server may lack. */
export type Capability = (typeof serverLists)[ListName]["capability"];

/** The lists of a target without any. */
export const noLists: ServerLists = { prompts: [], resources: [], resourceTemplates: [] };

/** Follows the cursors of a list, which must come to an end. */
export class ListPages {
    readonly #cursors = new Set<string>();

    constructor(
        private readonly maxPages: number,
        private readonly refused: (detail: string) => McpServerFailure,
    ) {}

    /** The cursor of the next page, if there is one. @throws McpServerFailure */
    next(nextCursor: unknown): string | undefined {
        if (nextCursor === undefined || nextCursor === null) return undefined;
        if (typeof nextCursor !== "string") {
            throw this.refused(`nextCursor: got ${shown(nextCursor, 80)}; must be a text`);
        }
        if (this.#cursors.has(nextCursor) || this.#cursors.size >= this.maxPages) {
            throw this.refused(
                `nextCursor: got ${shown(nextCursor, 80)} again; the pages have no end`,
            );
        }
        this.#cursors.add(nextCursor);
        return nextCursor;
    }
}

/** Collects the pages of a server's prompts, resources or templates. */
export class ServerList<Name extends ListName> {
    readonly #entries: unknown[] = [];
    // One for each entry, and one that is empty.
    readonly #pages = new ListPages(maxEntriesPerList + 1, unreadable);

    constructor(private readonly name: Name) {}

    get all(): ServerLists[Name] {
        return this.#entries as unknown as ServerLists[Name];
    }

    /** Takes a page, and gives the cursor of the next one. @throws McpServerFailure */
    add(page: Record<string, unknown>): string | undefined {
        const { name } = this;
        const entries = page[name];
        if (!Array.isArray(entries)) {
            throw unreadable(`${name}: got ${shown(entries, 80)}; must be a list`);
        }
        const { key } = serverLists[name];
        for (const entry of entries as unknown[]) {
            if (this.#entries.length === maxEntriesPerList) {
                throw unreadable(
                    `${name}: got ${maxEntriesPerList + 1} or more; must be at most ${maxEntriesPerList}`,
                );
            }
            const value = isRecord(entry) ? entry[key] : undefined;
            if (typeof value !== "string" || value === "") {
                const path = `${name}[${this.#entries.length}].${key}`;
                throw unreadable(`${path}: got ${shown(value, 80)}; must be a text`);
            }
            this.#entries.push(entry);
        }
        return this.#pages.next(page["nextCursor"]);
    }
}

function unreadable(detail: string): McpServerFailure {
    return new McpServerFailure("answer", detail);
}
