import type { ToolResult } from "./converse";

/** What a tool's result holds: its JSON, or its text, which may be JSON too. */
export function valueOf({ content }: ToolResult): unknown {
    const values = content.map((part) => ("json" in part ? part.json : parsed(part.text)));
    return values.length === 1 ? values[0] : values;
}

/** A result as an answer says it. */
export function textOf(value: unknown): string {
    const simple = simpleOf(value);
    if (simple !== undefined) return String(simple);
    return value === undefined ? "nothing" : JSON.stringify(value);
}

/** The number that a result is, for a step that goes on with it. */
export function numberOf(value: unknown): number | undefined {
    const simple = simpleOf(value);
    if (typeof simple === "number") return simple;
    if (typeof simple === "string") {
        const numbers = simple.match(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w])/g) ?? [];
        // "The sum of 3 and 4 is 7": what comes out comes last.
        return numbers.length === 0 ? undefined : Number(numbers.at(-1));
    }
    const numbers = leavesOf(value).filter((leaf) => typeof leaf === "number");
    return numbers.length === 1 ? numbers[0] : undefined;
}

/** A value that is one scalar, however deep it lies. */
function simpleOf(value: unknown): string | number | boolean | undefined {
    const leaves = leavesOf(value);
    const [only] = leaves;
    return leaves.length === 1 && only !== null ? only : undefined;
}

type Leaf = string | number | boolean | null;

function leavesOf(value: unknown): Leaf[] {
    if (typeof value !== "object" || value === null)
        return value === undefined ? [] : [value as Leaf];
    return Object.values(value).flatMap(leavesOf);
}

function parsed(text: string): unknown {
    if (!/^\s*(?:[[{"]|-?\d|true|false|null)/.test(text)) return text;
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}
