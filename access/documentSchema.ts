import * as z from "zod";

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
/** The form of a document; what only its kind forbids is looked at when it is compiled. */
export const documentSchema = z.strictObject({
    Version: z.enum(["2012-10-17", "2008-10-17"]).default("2008-10-17"),
    Id: z.string().optional(),
    Statement: z.preprocess(
        (value) => (Array.isArray(value) || value === undefined ? value : [value]),
        z.array(statementSchema).min(1),
    ),
});

/** A statement whose elements have their forms. */
export type StatementInput = z.infer<typeof statementSchema>;
