import MiniSearch from "minisearch";
import { stemmer } from "stemmer";
import { toolSearchResults } from "../../agentcore/mcp";
import type { ListedTool } from "./gatewayView";
import { isRecord } from "./message";

/** A tool as a search finds it. */
export interface FoundTool {
    name: string;
    description: string;
    inputSchema: object;
}

/**
 * Finds a gateway's tools by what a query says. AWS searches by meaning, with embeddings; here it is by words and
 * their stems (BM25+), so that a query without a word in common with any tool finds none.
 */
export class ToolSearch {
    #lists: readonly ToolList[] = [];
    #index = indexOf([]);

    /** The tools that fit a query best, the best first. */
    find(lists: readonly ToolList[], query: string): FoundTool[] {
        if (!isSame(lists, this.#lists)) {
            this.#index = indexOf(lists);
            this.#lists = lists;
        }
        const { search, tools } = this.#index;
        return search
            .search(query)
            .slice(0, toolSearchResults)
            .flatMap(({ id }) => tools[id as number] ?? [])
            .map(({ name, description = "", inputSchema }) => ({ name, description, inputSchema }));
    }
}

/** Tools under their qualified names; a list is replaced as a whole, and never changed. */
export type ToolList = readonly ListedTool[];

function isSame(some: readonly ToolList[], others: readonly ToolList[]): boolean {
    return some.length === others.length && some.every((list, at) => list === others[at]);
}

/** What a tool is found by. */
interface Entry {
    id: number;
    name: string;
    description: string;
    parameters: string;
}

function indexOf(lists: readonly ToolList[]) {
    const tools = lists.flat();
    const search = new MiniSearch<Entry>({
        fields: ["name", "description", "parameters"],
        tokenize: wordsOf,
        processTerm: termOf,
        searchOptions: {
            // A name is chosen for what a tool does, and parameters are of many tools alike.
            boost: { name: 3, description: 2 },
            // What is said ten times is not meant ten times.
            tokenize: (query) => [...new Set(wordsOf(query).map((word) => word.toLowerCase()))],
            // Words that are not written out.
            prefix: (term) => term.length >= 4,
            weights: { prefix: 0.3, fuzzy: 0 },
        },
    });
    search.addAll(
        tools.map(({ name, description = "", inputSchema }, id) => {
            return { id, name, description, parameters: parametersOf(inputSchema) };
        }),
    );
    return { search, tools };
}

/** Names and descriptions of a schema's properties; below them there is little that a query would say. */
function parametersOf(inputSchema: object): string {
    const { properties } = inputSchema as { properties?: unknown };
    if (!isRecord(properties)) return "";
    return Object.entries(properties)
        .map(([name, property]) => {
            const description = isRecord(property) ? property["description"] : undefined;
            return typeof description === "string" ? `${name} ${description}` : name;
        })
        .join(" ");
}

/** Words, of names in camelCase and snake_case too. */
function wordsOf(text: string): string[] {
    return text
        .replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2")
        .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
        .split(/[^\p{L}\p{N}]+/u)
        .filter((word) => word !== "");
}

/** A word's stem. Porter's algorithm makes "ad" of "adding" and leaves "add", so that doubled ends are undone. */
function termOf(word: string): string | null {
    const lower = word.toLowerCase();
    if (stopWords.has(lower)) return null;
    return stemmer(lower).replace(/([^aeiou\d])\1$/, "$1");
}

/** Words of questions and descriptions that say nothing of what a tool does. */
const stopWords = new Set(
    (
        "a about all also an and any are as at be been but by can could did do does for from had has have how i if in " +
        "into is it its just let like may me might my need of on one or our out please shall she should so some such " +
        "than that the their them then there these they this those to tool tools up us use used uses using want was we " +
        "were what when where which who will with would you your"
    ).split(" "),
);
