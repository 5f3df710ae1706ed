import { parsePolicyDocument, MalformedPolicy, type DocumentKind } from "../access";
import type { CompiledStatement } from "../access/compiledStatement";
import { at, hasUnknown, type StackResource } from "./resource";

/** A policy document of a stack, and where it stands. */
export interface StackDocument {
    /** The resource that it is a property of. */
    urn: string;
    path: string;
    kind: DocumentKind;
    value: unknown;
}

/** The document at a property of a resource. */
export function documentAt(
    resource: StackResource,
    path: string,
    kind: DocumentKind,
): StackDocument {
    return { urn: resource.urn, path, kind, value: at(resource.props, path) };
}

/** What is read of a document. */
export type ReadDocument =
    | { state: "unknown" }
    | { state: "malformed"; problem: string }
    | { state: "read"; text: string; statements: readonly CompiledStatement[] };

/** Reads a document, once: as text or as an object, as AWS would. */
export function readDocument(document: StackDocument): ReadDocument {
    const known = readDocuments.get(document);
    if (known !== undefined) return known;
    const read = parsed(document);
    readDocuments.set(document, read);
    return read;
}

/** Every rule reads the documents of the stack: parsing them is most of what judging costs. */
const readDocuments = new WeakMap<StackDocument, ReadDocument>();

function parsed({ value, kind }: StackDocument): ReadDocument {
    if (hasUnknown(value)) return { state: "unknown" };
    if (typeof value !== "string" && (typeof value !== "object" || value === null)) {
        return { state: "malformed", problem: `got ${String(value)}; must be a policy document` };
    }
    try {
        const { statements } = parsePolicyDocument(value, kind);
        const text = typeof value === "string" ? value : JSON.stringify(value);
        return { state: "read", text, statements };
    } catch (error) {
        if (!(error instanceof MalformedPolicy)) throw error;
        return { state: "malformed", problem: error.message };
    }
}

/** A statement and where it stands. */
export interface PlacedStatement {
    document: StackDocument;
    statement: CompiledStatement;
    /** Such as `policy.Statement[0]`. */
    place: string;
}

/** The statements of a document with one effect; none of one that is not known or not a policy. */
export function statementsOf(
    document: StackDocument,
    effect: "Allow" | "Deny" = "Allow",
): PlacedStatement[] {
    const read = readDocument(document);
    if (read.state !== "read") return [];
    return read.statements
        .filter((statement) => statement.effect === effect)
        .map((statement) => ({
            document,
            statement,
            place: `${document.path}.Statement[${statement.index}]`,
        }));
}

/** Whether a text has wildcards or variables of policies. */
export function isPattern(text: string): boolean {
    return /[*?]|\$\{/.test(text);
}

/**
 * Whether two patterns of `*` and `?` have a text in common. A variable of a policy may stand for any text.
 */
export function intersect(one: string, other: string): boolean {
    const [left, right] = [one, other].map((text) => text.replace(/\$\{[^}]*\}/g, "*"));
    const known = new Map<number, boolean>();
    const width = (right?.length ?? 0) + 1;
    const from = (i: number, j: number): boolean => {
        const key = i * width + j;
        const before = known.get(key);
        if (before !== undefined) return before;
        const [a, b] = [left?.[i], right?.[j]];
        let result: boolean;
        if (a === undefined && b === undefined) result = true;
        else if (a === "*") result = from(i + 1, j) || (b !== undefined && from(i, j + 1));
        else if (b === "*") result = from(i, j + 1) || (a !== undefined && from(i + 1, j));
        else if (a === undefined || b === undefined) result = false;
        else result = (a === "?" || b === "?" || a === b) && from(i + 1, j + 1);
        known.set(key, result);
        return result;
    };
    return from(0, 0);
}
