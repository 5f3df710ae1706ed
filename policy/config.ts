import * as z from "zod";

// Each `error` is what must be, in the line `path: got X; must be Y`.
const accountId = z.string({ error: "12 digits" }).regex(/^\d{12}$/, { error: "12 digits" });
const text = (what: string) => z.string({ error: what }).min(1, { error: what });
const list = <T extends z.ZodType>(item: T, what: string) => z.array(item, { error: what });
const whole = (min: number, max: number, error: string) =>
    z.int({ error }).min(min, { error }).max(max, { error });
const reason = "a reason of ten characters or more";

const exceptionSchema = z.strictObject(
    {
        resource: text("a resource's name").describe(
            "The resource's name: the last part of its URN",
        ),
        got: text("what the message says after `got`")
            .optional()
            .describe(
                "What the message says after `got`; without it, all findings of the rule there",
            ),
        reason: z
            .string({ error: reason })
            .min(10, { error: reason })
            .describe("Why, for who reads it in a year: ten characters or more"),
        expires: z.iso
            .date({ error: "a day, as 2027-01-31" })
            .describe("The last day on which it holds"),
    },
    { error: "{ resource, got, reason, expires }" },
);

/** All that rules can be told; each reads some of it. */
export const ruleConfigSchema = z.strictObject({
    exceptions: list(exceptionSchema, "a list of exceptions")
        .optional()
        .describe("Findings that are known and borne"),
    allowedAccounts: list(accountId, "a list of account ids")
        .optional()
        .describe("Accounts that policies may name beside the stack's own; without it, any"),
    allowedRegions: list(text("a region"), "a list of regions")
        .optional()
        .describe("Regions that are used; without it, any"),
    organizationId: z
        .string({ error: "an organization's id, o-…" })
        .regex(/^o-[a-z0-9]{10,32}$/, { error: "an organization's id, o-…" })
        .optional()
        .describe("The one organization that a condition may name"),
    debugStacks: list(text("a stack's name"), "a list of stacks")
        .optional()
        .describe("Stacks whose gateways may be on DEBUG"),
    requireKmsKey: z
        .boolean({ error: "true or false" })
        .optional()
        .describe("Whether gateways need a KMS key of their own"),
    sameAccountGateways: list(text("a gateway's name"), "a list of gateways")
        .optional()
        .describe("Gateways, by name, that are for callers of their own account only"),
    maxSessionSeconds: whole(3600, 43200, "a whole number of seconds, 3600-43200")
        .optional()
        .describe("The longest session of a caller's role; 3600 without it"),
    allowedNetworkModes: list(
        z.enum(["PUBLIC", "VPC"], { error: "PUBLIC or VPC" }),
        "a list of network modes",
    )
        .optional()
        .describe("Network modes of runtimes; without it, both"),
    allowedActions: list(text("an action"), "a list of actions")
        .optional()
        .describe("Exact actions that roles may have besides"),
    allowedManagedPolicies: list(text("the ARN of a policy"), "a list of ARNs")
        .optional()
        .describe("ARNs of managed policies of AWS, or of other stacks, that roles may have"),
    requiredTags: list(text("a tag's key"), "a list of tags' keys")
        .optional()
        .describe("Keys that every resource's tags have"),
    minRetentionDays: whole(1, 3653, "a whole number of days, 1-3653")
        .optional()
        .describe("The fewest days that log events are kept; 1 without it"),
});

/** The policy that says what a preview could not decide. */
export const undecidedPolicy = "decided-on-update";

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

/** What is wrong at a place of a rule's config. */
export interface ConfigProblem {
    path: readonly PropertyKey[];
    /** `got X; must be Y` */
    message: string;
}

/**
 * What is wrong with what a rule is told; of the keys, those alone that it reads.
 *
 * @param besides keys that are allowed, and checked elsewhere.
 */
export function ruleConfigProblems(
    given: unknown,
    keys = Object.keys(ruleConfigSchema.shape) as (keyof RuleConfig)[],
    besides: readonly string[] = [],
): ConfigProblem[] {
    const allowed = ["exceptions" as const, ...keys.filter((key) => key !== "exceptions")];
    const mask = Object.fromEntries(allowed.map((key) => [key, true])) as Record<
        keyof RuleConfig,
        true
    >;
    const parsed = ruleConfigSchema.pick(mask).safeParse(given ?? {});
    if (parsed.success) return [];
    return parsed.error.issues.flatMap((issue) => {
        const { path } = issue;
        if (issue.code !== "unrecognized_keys") {
            return [{ path, message: `${got(at(given, path))}; must be ${issue.message}` }];
        }
        const known =
            path.length === 0 ? [...besides, ...allowed] : Object.keys(exceptionSchema.shape);
        return issue.keys.map((key) => ({
            path: [...path, key],
            message: `got an unknown key; must be one of ${known.join(", ")}`,
        }));
    });
}

/**
 * Reads what a rule is told, as Pulumi hands it over.
 *
 * @throws InvalidPolicyConfig
 */
export function parseRuleConfig(rule: string, given: unknown): RuleConfig {
    const problems = ruleConfigProblems(given);
    if (problems.length === 0) return ruleConfigSchema.parse(given ?? {});
    throw new InvalidPolicyConfig(problems.map((problem) => problemLine([rule], problem)));
}

/** `place: got X; must be Y` */
export function problemLine(
    place: readonly PropertyKey[],
    { path, message }: ConfigProblem,
): string {
    return `${[...place, ...path].map(String).join(".")}: ${message}`;
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

/** What is there, in part where it is long. */
export function got(value: unknown): string {
    if (value === undefined) return "got nothing";
    const shown = JSON.stringify(value);
    return `got ${shown.length > 120 ? `${shown.slice(0, 120)}…` : shown}`;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
    return path.reduce<unknown>(
        (found, key) => (found as Record<PropertyKey, unknown> | undefined)?.[key],
        value,
    );
}
