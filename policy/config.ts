import { z } from "zod";

const accountId = z.string().regex(/^\d{12}$/, "must be 12 digits");
const day = z.iso.date("must be a day, as 2027-01-31");

const exceptionSchema = z.strictObject({
    resource: z.string().min(1).describe("The resource's name: the last part of its URN"),
    got: z
        .string()
        .min(1)
        .optional()
        .describe("What the message says after `got`; without it, all findings of the rule there"),
    reason: z.string().min(10).describe("Why, for who reads it in a year: ten characters or more"),
    expires: day.describe("The last day on which it holds"),
});

/** All that rules can be told; each reads some of it. */
export const ruleConfigSchema = z.strictObject({
    exceptions: z.array(exceptionSchema).optional().describe("Findings that are known and borne"),
    allowedAccounts: z
        .array(accountId)
        .optional()
        .describe("Accounts that policies may name beside the stack's own; without it, any"),
    allowedRegions: z
        .array(z.string())
        .optional()
        .describe("Regions that are used; without it, any"),
    organizationId: z
        .string()
        .regex(/^o-[a-z0-9]{10,32}$/, "must be an organization's id, o-…")
        .optional()
        .describe("The one organization that a condition may name"),
    debugStacks: z.array(z.string()).optional().describe("Stacks whose gateways may be on DEBUG"),
    requireKmsKey: z.boolean().optional().describe("Whether gateways need a KMS key of their own"),
    sameAccountGateways: z
        .array(z.string())
        .optional()
        .describe("Gateways, by name, that are for callers of their own account only"),
    maxSessionSeconds: z
        .int()
        .min(3600)
        .max(43200)
        .optional()
        .describe("The longest session of a caller's role; 3600 without it"),
    allowedNetworkModes: z
        .array(z.enum(["PUBLIC", "VPC"]))
        .optional()
        .describe("Network modes of runtimes; without it, both"),
    allowedActions: z
        .array(z.string())
        .optional()
        .describe("Exact actions that roles may have besides"),
    allowedManagedPolicies: z
        .array(z.string())
        .optional()
        .describe("ARNs of managed policies of AWS, or of other stacks, that roles may have"),
    requiredTags: z.array(z.string()).optional().describe("Keys that every resource's tags have"),
    minRetentionDays: z
        .int()
        .min(1)
        .optional()
        .describe("The fewest days that log events are kept; 1 without it"),
});

/** What a rule is told. */
export type RuleConfig = z.infer<typeof ruleConfigSchema>;
/** A finding that is known and borne, and until when. */
export type Exception = z.infer<typeof exceptionSchema>;
/** The config of a pack: what each rule is told, by its name. */
export type PackConfig = Readonly<Record<string, RuleConfig>>;

/** Config that cannot be used, each line with its place and rule. */
export class InvalidPolicyConfig extends Error {
    constructor(readonly problems: readonly string[]) {
        super(problems.join("\n"));
        this.name = "InvalidPolicyConfig";
    }
}

/**
 * Reads what a rule is told, as Pulumi hands it over.
 *
 * @throws InvalidPolicyConfig
 */
export function parseRuleConfig(rule: string, given: unknown): RuleConfig {
    const parsed = ruleConfigSchema.safeParse(given ?? {});
    if (parsed.success) return parsed.data;
    throw new InvalidPolicyConfig(
        parsed.error.issues.map(({ path, message }) => `${[rule, ...path].join(".")}: ${message}`),
    );
}

/** The JSON schema of what a rule is told, by its keys. */
export function ruleConfigJsonSchema(
    keys: readonly (keyof RuleConfig)[],
): Readonly<Record<string, unknown>> {
    const { properties = {} } = z.toJSONSchema(ruleConfigSchema, { io: "input" });
    return Object.fromEntries(
        ["exceptions" as const, ...keys].map((key) => [key, properties[key]]),
    );
}
