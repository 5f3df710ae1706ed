import { z } from "zod";
import { limits } from "../agentcore/limits";
import { mcpRevisions } from "../agentcore/mcp";

// The shape of config. Each `error` is what must be, in the line `path: got X; must be Y`.

const named = (limit: { pattern: RegExp; rule: string }) =>
    z.string({ error: limit.rule }).regex(limit.pattern, { error: limit.rule });
const whole = (limit: { min: number; max: number }, unit: string) => {
    const error = `a whole number of ${unit}, ${limit.min}-${limit.max}`;
    return z.int({ error }).min(limit.min, { error }).max(limit.max, { error });
};
const text = (what: string) => z.string({ error: what }).min(1, { error: what });
const list = <T extends z.ZodType>(item: T, what: string) =>
    z.array(item, { error: what }).min(1, { error: what });

/** Whose account it is. */
export const accountSchema = z.strictObject(
    {
        role: z.enum(["provider", "consumer"], { error: "provider or consumer" }),
        id: named(limits.accountId),
    },
    { error: '{ role: provider | consumer, id: "<12 digits>" }' },
);
const otherStackSchema = z.strictObject(
    { account: named(limits.accountId), stack: text("a stack's name") },
    { error: '{ account: "<12 digits>", stack: <name> }' },
);
const grantSchema = z.union(
    [
        z.strictObject({ spoke: text("a spoke's name"), roles: list(z.string(), "role names") }),
        z.strictObject({ principals: list(z.string(), "exact ARNs of roles or users") }),
        z.strictObject({ account: named(limits.accountId) }),
    ],
    {
        error: "{ spoke, roles: [<name>] }, { principals: [<ARN>] } or { account: <12 digits> }",
    },
);
// Refined, so that the union of targets tells this problem and not that no target fits.
const listingMode = z
    .string({ error: "DEFAULT or DYNAMIC" })
    .refine((mode) => mode === "DEFAULT" || mode === "DYNAMIC", { error: "DEFAULT or DYNAMIC" })
    .default("DEFAULT");
// Looked at where the tools are known; here the union of targets would tell that no target fits.
const examples = z.unknown().optional();
const targetSchema = z.union(
    [
        z.strictObject({
            lambda: z.string(),
            tools: list(z.string(), "names of the workload's tools").optional(),
            examples,
        }),
        z.strictObject({ existingLambdaArn: z.string(), toolSchemaFile: z.string(), examples }),
        z.strictObject({ mcpServer: z.string(), listingMode, examples }),
        z.strictObject({
            existingRuntimeArn: z.string(),
            qualifier: named(limits.runtimeEndpointName).default("DEFAULT"),
            listingMode,
            examples,
        }),
        z.strictObject({
            mcpServerUrl: z.string(),
            resourceArn: z.string(),
            listingMode,
            examples,
        }),
    ],
    {
        error: "{ lambda: <workload>, tools: [<name>] }, { existingLambdaArn: <ARN>, toolSchemaFile: <path> }, { mcpServer: <workload> }, { existingRuntimeArn: <ARN> } or { mcpServerUrl: <URL>, resourceArn: <ARN> }",
    },
);
/** The Pulumi CLI reads a date without quotes as a time: `2025-11-25 00:00:00 +0000 UTC`. */
function withoutTime(value: unknown): unknown {
    return typeof value === "string" ? value.replace(/ 00:00:00 \+0000 UTC$/, "") : value;
}

const gatewaySchema = z.strictObject({
    description: text("a text").max(limits.gatewayDescriptionCharacters.max).optional(),
    instructions: text("a text").max(limits.gatewayInstructionsCharacters.max).optional(),
    exceptionLevel: z.literal("DEBUG", { error: "DEBUG, or absent" }).optional(),
    searchType: z.literal("SEMANTIC", { error: "SEMANTIC, or absent" }).optional(),
    supportedVersions: list(
        z.preprocess(
            withoutTime,
            z.enum(mcpRevisions, { error: `one of ${mcpRevisions.join(", ")}` }),
        ),
        "MCP revisions",
    ).default([...mcpRevisions]),
    targets: z.record(named(limits.targetName), targetSchema, { error: "a map of targets" }),
    grants: z.array(grantSchema, { error: "a list of grants" }).default([]),
});
const hubSchema = z.union(
    [
        otherStackSchema,
        z.strictObject({
            account: named(limits.accountId),
            gateways: z.record(z.string(), z.strictObject({ arn: z.string(), url: z.url() })),
        }),
    ],
    { error: "{ account, stack } or { account, gateways: { <name>: { arn, url } } }" },
);
const gatewayReference = z.string().regex(/^[^/]+\/[^/]+$/, { error: "<hub>/<gateway>" });
const callerSchema = z.strictObject({
    gateways: list(gatewayReference, "a list of <hub>/<gateway>"),
    assumedBy: list(z.string(), "exact ARNs of roles or users"),
    maxSessionSeconds: whole(limits.sessionSeconds, "seconds").default(limits.sessionSeconds.min),
});
const logRetentionDays = z
    .union(limits.logRetentionDays.map((days) => z.literal(days)))
    .default(30);
const networkSchema = z.union(
    [
        z.literal("PUBLIC").transform(() => ({ mode: "PUBLIC" as const })),
        z
            .strictObject({
                subnets: list(z.string(), "ids of subnets"),
                securityGroups: list(z.string(), "ids of security groups"),
            })
            .transform((vpc) => ({ mode: "VPC" as const, ...vpc })),
    ],
    { error: "PUBLIC or { subnets: [<id>], securityGroups: [<id>] }" },
);
const runtimeSchema = z.strictObject({
    artifact: z.enum(["container", "zip"], { error: "container or zip" }).default("container"),
    network: networkSchema.prefault("PUBLIC"),
    idleTimeoutSeconds: whole(limits.runtimeSeconds, "seconds").default(900),
    maxLifetimeSeconds: whole(limits.runtimeSeconds, "seconds").default(28800),
    logRetentionDays,
});
const agentSchema = z.strictObject({
    workload: text("a folder of workloads/").default("agent"),
    gateways: z.array(gatewayReference, { error: "a list of <hub>/<gateway>" }).default([]),
    invokedBy: list(z.string(), "exact ARNs of roles or users"),
    model: text("a model's or inference profile's id").default(
        "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    ),
    modelRegions: list(z.string(), "regions behind the inference profile").optional(),
    toolLoading: z.enum(["all", "search"], { error: "all or search" }).default("all"),
    maxTurns: whole({ min: 1, max: 100 }, "turns").default(10),
    systemPrompt: text("a text").optional(),
});
const operatorSchema = z.strictObject({
    roleName: named(limits.roleName).optional(),
    assumedBy: list(z.string(), "exact ARNs of roles or users"),
    sourceAddresses: list(z.string(), "CIDR ranges").optional(),
    maxSessionSeconds: whole(limits.sessionSeconds, "seconds").default(limits.sessionSeconds.min),
});
const managementSchema = operatorSchema.extend({
    kmsKeys: list(z.string(), "exact ARNs of KMS keys").optional(),
    schemaObjects: list(z.string(), "exact ARNs of S3 objects").optional(),
    credentialProviders: z.boolean({ error: "true or false" }).default(false),
});
const providerOperatorsSchema = z.strictObject({
    management: managementSchema.optional(),
    readOnly: operatorSchema.optional(),
});
const consumerOperatorsSchema = z.strictObject({
    management: z
        .undefined({
            error: "absent in a spoke, which has no gateways: configure it in the hub's stack",
        })
        .optional(),
    readOnly: operatorSchema.optional(),
});
const verifySchema = z
    .union([z.boolean(), z.strictObject({ waitSeconds: whole({ min: 0, max: 600 }, "seconds") })], {
        error: "true, false or { waitSeconds: <0-600> }",
    })
    .transform((verify) => (verify === true ? { waitSeconds: 60 } : verify || undefined));
/** All keys of a hub. */
export const providerSchema = z.strictObject({
    account: accountSchema,
    lambda: z
        .strictObject({
            timeoutSeconds: whole(limits.lambdaTimeoutSeconds, "seconds").default(30),
            memoryMb: whole(limits.lambdaMemoryMb, "MB").default(256),
            logRetentionDays,
        })
        .prefault({}),
    runtime: runtimeSchema
        .extend({
            operators: z.array(z.string(), { error: "exact ARNs of roles or users" }).default([]),
        })
        .prefault({}),
    spokes: z.record(z.string(), otherStackSchema, { error: "a map of spokes" }).default({}),
    gateways: z
        .record(named(limits.gatewayName), gatewaySchema, { error: "a map of gateways" })
        .default({}),
    operators: providerOperatorsSchema.prefault({}),
    verify: verifySchema.optional(),
});
/** All keys of a spoke. */
export const consumerSchema = z.strictObject({
    account: accountSchema,
    hubs: z.record(z.string(), hubSchema, { error: "a map of hubs" }).default({}),
    callers: z
        .record(named(limits.roleName), callerSchema, { error: "a map of callers" })
        .default({}),
    agent: agentSchema.optional(),
    runtime: runtimeSchema.prefault({}),
    operators: consumerOperatorsSchema.prefault({}),
});
/** A hub's config as it is written. */
export type ProviderConfig = z.infer<typeof providerSchema>;
/** A spoke's config as it is written. */
export type ConsumerConfig = z.infer<typeof consumerSchema>;

/** The agent as it is written. */
export type AgentConfig = z.infer<typeof agentSchema>;
/** The operators' roles as they are written. */
export type OperatorsConfig = z.infer<typeof providerOperatorsSchema>;
/** One grant as it is written. */
export type GrantConfig = z.infer<typeof grantSchema>;
/** One target as it is written. */
export type TargetConfig = z.infer<typeof targetSchema>;
