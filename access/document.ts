import { compileStatement, type CompiledStatement } from "./compiledStatement";
import { documentSchema, type DocumentKind } from "./documentSchema";
import { MalformedPolicy } from "./malformedPolicy";
import { lineOf, parsePolicyJson, placeOf } from "./policyJson";

/** A document, compiled once. */
export interface ParsedDocument {
    statements: readonly CompiledStatement[];
}

/** By their text, because what is compiled takes up to 200 bytes for each of its characters. */
const maxCachedCharacters = 500_000;
const cache: Readonly<Record<DocumentKind, Map<string, ParsedDocument>>> = {
    identity: new Map(),
    resource: new Map(),
    trust: new Map(),
    scp: new Map(),
    rcp: new Map(),
};
const cachedCharacters: Record<DocumentKind, number> = {
    identity: 0,
    resource: 0,
    trust: 0,
    scp: 0,
    rcp: 0,
};

/**
 * Reads and compiles a document; the same text is compiled once.
 *
 * @throws MalformedPolicy with the place, as AWS refuses it.
 */
export function parsePolicyDocument(input: string | object, kind: DocumentKind): ParsedDocument {
    const text = typeof input === "string" ? input : JSON.stringify(input);
    const known = cache[kind].get(text);
    if (known !== undefined) return known;
    const document = compileDocument(text, kind);
    keep(text, kind, document);
    return document;
}

function keep(text: string, kind: DocumentKind, document: ParsedDocument): void {
    const documents = cache[kind];
    documents.set(text, document);
    cachedCharacters[kind] += text.length;
    for (const oldest of documents.keys()) {
        if (cachedCharacters[kind] <= maxCachedCharacters) return;
        documents.delete(oldest);
        cachedCharacters[kind] -= oldest.length;
    }
}

function compileDocument(text: string, kind: DocumentKind): ParsedDocument {
    const parsed = documentSchema.safeParse(parsePolicyJson(text));
    if (!parsed.success) {
        const issue = parsed.error.issues[0];
        const path = issue?.path ?? [];
        const whole = issue?.code === "unrecognized_keys" ? [...path, ...issue.keys] : path;
        const line = lineOf(text, whole);
        throw new MalformedPolicy(
            placeOf(whole) + (line === undefined ? "" : ` (line ${line})`),
            issue?.message ?? "malformed",
        );
    }
    const use = parsed.data.Version === "2012-10-17" ? "variables" : "plain";
    const statements = parsed.data.Statement.map((statement, index) => {
        try {
            return compileStatement(statement, index, kind, use);
        } catch (error) {
            const line = lineOf(text, ["Statement", index]);
            if (!(error instanceof MalformedPolicy) || line === undefined) throw error;
            throw error.inStatementAt(line);
        }
    });
    checkSids(statements, kind);
    return { statements };
}

/** Sids are unique in a document, and letters and digits only in identity policies. */
function checkSids(statements: readonly CompiledStatement[], kind: DocumentKind): void {
    const seen = new Set<string>();
    for (const { sid, index } of statements) {
        if (sid === undefined || sid === "") continue;
        const place = `Statement[${index}].Sid`;
        if (kind === "identity" && !/^[A-Za-z0-9]*$/.test(sid)) {
            throw new MalformedPolicy(place, `got ${sid}; must be letters and digits`);
        }
        if (seen.has(sid)) throw new MalformedPolicy(place, `got ${sid} twice; must be unique`);
        seen.add(sid);
    }
}
