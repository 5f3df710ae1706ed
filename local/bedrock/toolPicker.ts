import MiniSearch from "minisearch";
import type { Schema, ToolSpec } from "./converse";
import { contentStems, isContent, spelledOut, stemOf, wordsOf } from "./words";

/** Picks tools by the words of a prompt against names and descriptions; it knows no tool by name. */
export class ToolPicker {
    readonly #index: MiniSearch;
    readonly #leads: ReadonlySet<string>;

    constructor(readonly tools: readonly ToolSpec[]) {
        this.#index = new MiniSearch({
            fields: ["name", "description", "parameters"],
            tokenize: wordsOf,
            processTerm: (word) => (isContent(word) ? stemOf(word) : null),
            searchOptions: { boost: { name: 3, parameters: 0.25 }, combineWith: "OR" },
        });
        this.#index.addAll(
            tools.map(({ name, description, schema }, id) => ({
                ...{ id, name, description },
                parameters: parameterText(schema),
            })),
        );
        this.#leads = new Set(tools.flatMap((tool) => leadStems(tool)));
    }

    /** The tool that a step is about, or `undefined` when none is. */
    pick(prompt: string): ToolSpec | undefined {
        const step = spelledOut(prompt);
        const stems = new Set(contentStems(step));
        for (const { id, match } of this.#index.search(step)) {
            const fields = Object.entries(match);
            const inName = fields.some(([, where]) => where.includes("name"));
            const told = fields.filter(([, where]) =>
                where.some((field) => field !== "parameters"),
            );
            // One word of many, and of the description alone, is chance.
            if (inName || told.length * 3 >= stems.size) {
                if (told.length > 0) return this.tools[id as number];
            }
        }
        return undefined;
    }

    /** Whether a word begins what a tool does, as `multiply` in `multiply_numbers` or "Multiply two numbers". */
    isLead(word: string): boolean {
        return this.#leads.has(stemOf(word.toLowerCase()));
    }
}

/**
 * Whether a tool looks for tools: it takes one text, and speaks of finding tools. AgentCore Gateway's is one
 * (devguide, gateway-using-mcp-semantic-search).
 */
export function isToolSearch({ name, description, schema }: ToolSpec): boolean {
    const required = schema.required ?? Object.keys(schema.properties ?? {});
    const [only] = required;
    if (required.length !== 1 || schema.properties?.[only ?? ""]?.type !== "string") return false;
    const stems = wordsOf(`${name} ${description}`).map(stemOf);
    return (
        stems.includes("tool") &&
        ["search", "find", "discov", "look"].some((w) => stems.includes(w))
    );
}

/** The words that a prompt would begin with: all of the name, and the description's first. */
function leadStems({ name, description }: ToolSpec): string[] {
    const first = wordsOf(description).find(isContent);
    return [...wordsOf(name).filter(isContent), ...(first === undefined ? [] : [first])].map(
        stemOf,
    );
}

function parameterText({ properties = {} }: Schema): string {
    return Object.entries(properties)
        .map(([name, { description = "" }]) => `${name} ${description}`)
        .join(" ");
}
