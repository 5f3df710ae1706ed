import { findNodeAtLocation, parseTree, visit, type JSONPath } from "jsonc-parser";
import { MalformedPolicy } from "./malformedPolicy";

/**
 * Reads a policy's JSON. A key that stands twice in one object is refused: of two conditions the first would be
 * dropped without a word (Access Analyzer: "Duplicate key").
 *
 * @throws MalformedPolicy
 */
export function parsePolicyJson(text: string): unknown {
    try {
        const json: unknown = JSON.parse(text);
        refuseRepeatedKeys(text);
        return json;
    } catch (error) {
        if (error instanceof MalformedPolicy) throw error;
        // Nested so deeply that it cannot be walked through.
        const problem =
            error instanceof RangeError ? "got too many levels" : `got ${(error as Error).message}`;
        throw new MalformedPolicy("document", `${problem}; must be JSON`);
    }
}

/** The line of a place in a document of several lines, counted from 1. */
export function lineOf(text: string, path: readonly PropertyKey[]): number | undefined {
    if (!text.includes("\n")) return undefined;
    const root = parseTree(text);
    for (let depth = path.length; root !== undefined && depth >= 0; depth--) {
        const node = findNodeAtLocation(root, path.slice(0, depth) as JSONPath);
        if (node !== undefined) return text.slice(0, node.offset).split("\n").length;
    }
    return undefined;
}

function refuseRepeatedKeys(text: string): void {
    const open: Set<string>[] = [];
    visit(text, {
        onObjectBegin: () => {
            open.push(new Set());
        },
        onObjectProperty: (key, _offset, _length, line, _character, pathSupplier) => {
            const keys = open.at(-1);
            const place = placeOf([...pathSupplier(), key]);
            const where = text.includes("\n") ? ` (line ${line + 1})` : "";
            if (keys?.has(key) === true) {
                throw new MalformedPolicy(place + where, "got this key twice; must be there once");
            }
            // A record of the schema would drop this key without a word, and with it a condition.
            if (key === "__proto__") {
                throw new MalformedPolicy(place + where, "got a key that no element has");
            }
            keys?.add(key);
        },
        onObjectEnd: () => {
            open.pop();
        },
    });
}

/** A path as text, such as `Statement[0].Action`. */
export function placeOf(path: readonly PropertyKey[]): string {
    const text = path
        .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
        .join("")
        .replace(/^\./, "");
    return text === "" ? "document" : text;
}
