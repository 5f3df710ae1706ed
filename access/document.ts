import { z } from "zod";
import { compileStatement, type CompiledStatement } from "./compiledStatement";
import { MalformedPolicy } from "./malformedPolicy";
import { lineOf, parsePolicyJson, placeOf } from "./policyJson";

/**
 * What a document is attached to, which decides the elements that it must and must not have. Permissions
 * boundaries and session policies are of the kind `identity`; `scp` and `rcp` are AWS Organizations' policies.
 */
export type DocumentKind = "identity" | "resource" | "trust" | "scp" | "rcp";

/** A policy document as it is written. */
export interface PolicyDocument {
    Version: "2012-10-17";
    Id?: string;
    Statement: Statement[];
}

/** A statement as it is written. */
export interface Statement {
    Sid?: string;
    Effect: "Allow" | "Deny";
    Principal?: "*" | { AWS?: string | string[]; Service?: string | string[] };
    NotPrincipal?: "*" | { AWS?: string | string[]; Service?: string | string[] };
    Action?: string | string[];
    NotAction?: string | string[];
    Resource?: string | string[];
    NotResource?: string | string[];
    Condition?: Record<string, Record<string, string | string[]>>;
}

/** A document, compiled once. */
export interface ParsedDocument {
    statements: readonly CompiledStatement[];
}

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)]);
const principalSchema = z.union([
    z.literal("*"),
    z
        .strictObject({
            AWS: oneOrMore.optional(),
            Service: oneOrMore.optional(),
            Federated: oneOrMore.optional(),
            CanonicalUser: oneOrMore.optional(),
        })
        .refine((value) => Object.keys(value).length > 0),
]);
const conditionValue = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const statementSchema = z.strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Principal: principalSchema.optional(),
    NotPrincipal: principalSchema.optional(),
    Action: oneOrMore.optional(),
    NotAction: oneOrMore.optional(),
    Resource: oneOrMore.optional(),
    NotResource: oneOrMore.optional(),
    Condition: z
        .record(
            z.string(),
            z.record(
                z.string(),
                z
                    .union([conditionValue, z.array(conditionValue)])
                    .transform((value) => [value].flat()),
            ),
        )
        .optional(),
});
const documentSchema = z.strictObject({
    Version: z.enum(["2012-10-17", "2008-10-17"]).default("2008-10-17"),
    Id: z.string().optional(),
    Statement: z.preprocess(
        (value) => (Array.isArray(value) || value === undefined ? value : [value]),
        z.array(statementSchema).min(1),
    ),
});

/** A statement whose elements have their forms. */
export type StatementInput = z.infer<typeof statementSchema>;

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
