import { z } from "zod";
import { compileCondition, type Condition } from "./conditions";
import { MalformedPolicy } from "./malformedPolicy";
import { actionPattern, arnPattern, type Matcher } from "./match";
import { compilePrincipal, type PrincipalElement } from "./principal";
import { compileResource, type Context, type VariableUse } from "./variables";

/** What a document is attached to, which decides the elements that it must and must not have. */
export type DocumentKind = "identity" | "resource" | "trust";

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

/** A statement, compiled: each element answers for itself. */
export interface ParsedStatement {
    index: number;
    sid?: string;
    effect: "Allow" | "Deny";
    principal?: { negated: boolean; element: PrincipalElement };
    matchesAction: Matcher;
    /** Always true for trust policies, whose resource is the role itself. */
    matchesResource: (resource: string, context: Context) => boolean;
    conditions: readonly Condition[];
}

/** A document, compiled once. */
export interface ParsedDocument {
    statements: readonly ParsedStatement[];
}

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)]);
const principalSchema = z.union([
    z.literal("*"),
    z
        .strictObject({ AWS: oneOrMore.optional(), Service: oneOrMore.optional() })
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
type StatementInput = z.infer<typeof statementSchema>;

const cache = new Map<string, ParsedDocument>();
const cacheSize = 2000;

/**
 * Reads and compiles a document; the same text is compiled once.
 *
 * @throws MalformedPolicy with the place, as AWS refuses it, or UnsupportedConditionOperator.
 */
export function parsePolicyDocument(input: string | object, kind: DocumentKind): ParsedDocument {
    const text = typeof input === "string" ? input : JSON.stringify(input);
    const key = `${kind}\n${text}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const parsed = documentSchema.safeParse(jsonOf(text));
    if (!parsed.success) {
        const issue = parsed.error.issues[0];
        const path = issue?.path ?? [];
        throw new MalformedPolicy(
            placeOf(issue?.code === "unrecognized_keys" ? [...path, ...issue.keys] : path),
            issue?.message ?? "malformed",
        );
    }
    const use = parsed.data.Version === "2012-10-17" ? "variables" : "plain";
    const document = {
        statements: parsed.data.Statement.map((statement, index) =>
            compileStatement(statement, index, kind, use),
        ),
    };
    checkSids(document.statements, kind);
    if (cache.size >= cacheSize) cache.delete(cache.keys().next().value ?? "");
    cache.set(key, document);
    return document;
}

function jsonOf(text: string): unknown {
    const keys = new Set<string>();
    let json: unknown;
    try {
        json = JSON.parse(text, (key, value: unknown) => {
            keys.add(key);
            return value;
        });
    } catch (error) {
        throw new MalformedPolicy("document", `got ${(error as Error).message}; must be JSON`);
    }
    // The schema would drop this key without a word, and with it a condition.
    if (keys.has("__proto__")) {
        throw new MalformedPolicy("document", "got the key __proto__; no element has it");
    }
    return json;
}

function compileStatement(
    statement: StatementInput,
    index: number,
    kind: DocumentKind,
    use: VariableUse,
): ParsedStatement {
    const place = `Statement[${index}]`;
    const action = one(statement, "Action", "NotAction", place);
    const actions = action.values.map((pattern) => {
        if (pattern !== "*" && !/^[\w-]+:[\w*?-]+$/.test(pattern)) {
            throw new MalformedPolicy(
                `${place}.${action.name}`,
                `got ${pattern}; must be <service>:<action> or *`,
            );
        }
        return actionPattern(pattern);
    });
    if (kind === "trust") absent(statement, ["Resource", "NotResource", "NotPrincipal"], place);
    if (kind === "identity") absent(statement, ["Principal", "NotPrincipal"], place);
    const resource =
        kind === "trust" ? undefined : one(statement, "Resource", "NotResource", place);
    const principal = kind === "identity" ? undefined : principalOf(statement, place);
    return {
        index,
        ...(statement.Sid !== undefined && { sid: statement.Sid }),
        effect: statement.Effect,
        ...(principal !== undefined && { principal }),
        matchesAction: (text) => actions.some((matches) => matches(text)) !== action.negated,
        matchesResource:
            resource === undefined
                ? () => true
                : resourceMatcher(resource.values, resource.negated, use),
        conditions: Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
            Object.entries(keys).map(([key, values]) =>
                compileCondition(operator, key, values, use, `${place}.Condition.${operator}`),
            ),
        ),
    };
}

function resourceMatcher(
    patterns: readonly string[],
    negated: boolean,
    use: VariableUse,
): ParsedStatement["matchesResource"] {
    const compiled = patterns.map((pattern) => compileResource(pattern, use, arnPattern));
    return (resource, context) =>
        compiled.some((matcherFor) => matcherFor(context)?.(resource) === true) !== negated;
}

function principalOf(
    statement: StatementInput,
    place: string,
): NonNullable<ParsedStatement["principal"]> {
    const { Principal, NotPrincipal } = statement;
    const written = Principal ?? NotPrincipal;
    if (written === undefined || (Principal !== undefined && NotPrincipal !== undefined)) {
        throw new MalformedPolicy(place, "must have exactly one of Principal and NotPrincipal");
    }
    const negated = Principal === undefined;
    if (negated && statement.Effect === "Allow") {
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        throw new MalformedPolicy(`${place}.NotPrincipal`, "must be used with Effect Deny");
    }
    const name = negated ? "NotPrincipal" : "Principal";
    return { negated, element: compilePrincipal(written, `${place}.${name}`) };
}

type PairedElement = "Action" | "NotAction" | "Resource" | "NotResource";

function one(
    statement: StatementInput,
    positive: PairedElement,
    negative: PairedElement,
    place: string,
): { name: string; values: string[]; negated: boolean } {
    const isNegated = statement[positive] === undefined;
    const name = isNegated ? negative : positive;
    const written = statement[name];
    if (written === undefined || (!isNegated && statement[negative] !== undefined)) {
        throw new MalformedPolicy(place, `must have exactly one of ${positive} and ${negative}`);
    }
    return { name, values: [written].flat(), negated: isNegated };
}

function absent(
    statement: StatementInput,
    elements: readonly (keyof StatementInput)[],
    place: string,
): void {
    for (const element of elements) {
        if (statement[element] !== undefined) {
            throw new MalformedPolicy(
                `${place}.${element}`,
                "must be absent in a policy of this kind",
            );
        }
    }
}

/** Sids are unique in a document, and letters and digits only in identity policies. */
function checkSids(statements: readonly ParsedStatement[], kind: DocumentKind): void {
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

function placeOf(path: readonly PropertyKey[]): string {
    const text = path
        .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
        .join("")
        .replace(/^\./, "");
    return text === "" ? "document" : text;
}
