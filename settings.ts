import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors";
import { allConfig } from "@pulumi/pulumi/runtime/config";
import { z } from "zod";
import { isExactPrincipalArn, parseArn } from "./agentcore/arn";
import { limits, partitionOf } from "./agentcore/limits";
import { mcpRevisions } from "./agentcore/mcp";
import { qualifiedToolName, toolSchemaProblems, type ToolDefinition } from "./agentcore/toolSchema";

/** The namespace of the program's keys in `Pulumi.<stack>.yaml`. */
export const configNamespace = "agentcore-hub";

/** A Lambda that the program builds from `workloads/<name>`, or one that is there already. */
export type LambdaSource =
    { kind: "workload"; workload: string } | { kind: "existing"; functionArn: string };

/** One Lambda target of a gateway, and the tools that it shows. */
export interface LambdaTargetSettings {
    lambda: LambdaSource;
    tools: readonly ToolDefinition[];
}

/** Who may use a gateway: roles of a spoke's stack, exact ARNs, or a whole account. */
export type Grant =
    | { kind: "spoke"; spoke: string; roles: readonly string[] }
    | { kind: "principals"; principals: readonly string[] }
    | { kind: "account"; account: string };

/** One gateway of the hub. */
export interface GatewaySettings {
    description?: string;
    instructions?: string;
    exceptionLevel?: "DEBUG";
    supportedVersions: readonly string[];
    targets: Readonly<Record<string, LambdaTargetSettings>>;
    grants: readonly Grant[];
}

/** Another stack that this one reads, and the account that its ARNs must belong to. */
export interface OtherStack {
    account: string;
    stack: string;
}

/** A hub as a spoke sees it: by its stack, or, on another Pulumi backend, by its gateways' ARNs. */
export type HubSettings =
    | ({ kind: "stack" } & OtherStack)
    | {
          kind: "gateways";
          account: string;
          gateways: Readonly<Record<string, { arn: string; url: string }>>;
      };

/** A role of the spoke that calls gateways. */
export interface CallerSettings {
    gateways: readonly { hub: string; gateway: string }[];
    assumedBy: readonly string[];
    maxSessionSeconds: number;
}

/** All config of a hub's stack. */
export interface ProviderSettings {
    role: "provider";
    accountId: string;
    region: string;
    lambda: { timeoutSeconds: number; memoryMb: number; logRetentionDays: number };
    spokes: Readonly<Record<string, OtherStack>>;
    gateways: Readonly<Record<string, GatewaySettings>>;
}

/** All config of a spoke's stack. */
export interface ConsumerSettings {
    role: "consumer";
    accountId: string;
    region: string;
    hubs: Readonly<Record<string, HubSettings>>;
    callers: Readonly<Record<string, CallerSettings>>;
}

export type Settings = ProviderSettings | ConsumerSettings;

/** Every problem of a stack's config in one error, a line each: `path: got X; must be Y`. */
export class InvalidSettings extends RunError {
    constructor(readonly problems: readonly string[]) {
        super(`Invalid configuration:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
        this.name = "InvalidSettings";
    }
}

/**
 * Reads and checks the running stack's config.
 *
 * @throws InvalidSettings with every problem there is.
 */
export function readSettings(): Settings {
    return parseSettings(allConfig(), process.cwd());
}

/**
 * Checks one stack's config, as full keys (`agentcore-hub:account`) with JSON text or plain values.
 *
 * @param projectFolder where `workloads/` stands.
 * @throws InvalidSettings with every problem there is.
 */
export function parseSettings(
    config: Readonly<Record<string, unknown>>,
    projectFolder: string,
): Settings {
    const values: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(config)) {
        const [namespace, name] = splitKey(key);
        if (namespace === configNamespace) values[name] = plain(value);
    }
    const region = config["aws:region"];
    const problems: string[] = [];
    if (typeof region !== "string" || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
        problems.push(`aws:region: ${got(region)}; must be an AWS region, such as us-east-1`);
    }
    const account = accountSchema.safeParse(values["account"], { reportInput: true });
    if (!account.success) {
        throw new InvalidSettings([
            ...problems,
            ...lines(account.error, { account: values["account"] }, ["account"]),
        ]);
    }
    const schema = account.data.role === "provider" ? providerSchema : consumerSchema;
    const parsed = schema.safeParse(values, { reportInput: true });
    if (!parsed.success) {
        throw new InvalidSettings([...problems, ...lines(parsed.error, values, [])]);
    }
    const context: Context = {
        region: typeof region === "string" ? region : "",
        partition: partitionOf(typeof region === "string" ? region : ""),
        projectFolder,
        problems,
    };
    const settings =
        account.data.role === "provider"
            ? providerSettings(parsed.data as ProviderConfig, context)
            : consumerSettings(parsed.data as ConsumerConfig, context);
    if (problems.length > 0) throw new InvalidSettings(problems);
    return deepFreeze(settings);
}

interface Context {
    region: string;
    partition: string;
    projectFolder: string;
    problems: string[];
}

const named = (limit: { pattern: RegExp; rule: string }) =>
    z.string({ error: limit.rule }).regex(limit.pattern, { error: limit.rule });
const whole = (limit: { min: number; max: number }, unit: string) => {
    const error = `a whole number of ${unit}, ${limit.min}-${limit.max}`;
    return z.int({ error }).min(limit.min, { error }).max(limit.max, { error });
};
const text = (what: string) => z.string({ error: what }).min(1, { error: what });
const list = <T extends z.ZodType>(item: T, what: string) =>
    z.array(item, { error: what }).min(1, { error: what });

const accountSchema = z.strictObject(
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
const targetSchema = z.union(
    [
        z.strictObject({
            lambda: z.string(),
            tools: list(z.string(), "names of the workload's tools").optional(),
        }),
        z.strictObject({ existingLambdaArn: z.string(), toolSchemaFile: z.string() }),
    ],
    {
        error: "{ lambda: <workload>, tools: [<name>] } or { existingLambdaArn: <ARN>, toolSchemaFile: <path> }",
    },
);
const gatewaySchema = z.strictObject({
    description: text("a text").max(limits.gatewayDescriptionCharacters.max).optional(),
    instructions: text("a text").max(limits.gatewayInstructionsCharacters.max).optional(),
    exceptionLevel: z.literal("DEBUG", { error: "DEBUG, or absent" }).optional(),
    supportedVersions: list(
        z.enum(mcpRevisions, { error: `one of ${mcpRevisions.join(", ")}` }),
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
const callerSchema = z.strictObject({
    gateways: list(
        z.string().regex(/^[^/]+\/[^/]+$/, { error: "<hub>/<gateway>" }),
        "a list of <hub>/<gateway>",
    ),
    assumedBy: list(z.string(), "exact ARNs of roles or users"),
    maxSessionSeconds: whole(limits.sessionSeconds, "seconds").default(limits.sessionSeconds.min),
});
const providerSchema = z.strictObject({
    account: accountSchema,
    lambda: z
        .strictObject({
            timeoutSeconds: whole(limits.lambdaTimeoutSeconds, "seconds").default(30),
            memoryMb: whole(limits.lambdaMemoryMb, "MB").default(256),
            logRetentionDays: z
                .union(limits.logRetentionDays.map((days) => z.literal(days)))
                .default(30),
        })
        .prefault({}),
    spokes: z.record(z.string(), otherStackSchema, { error: "a map of spokes" }).default({}),
    gateways: z
        .record(named(limits.gatewayName), gatewaySchema, { error: "a map of gateways" })
        .default({}),
});
const consumerSchema = z.strictObject({
    account: accountSchema,
    hubs: z.record(z.string(), hubSchema, { error: "a map of hubs" }).default({}),
    callers: z
        .record(named(limits.roleName), callerSchema, { error: "a map of callers" })
        .default({}),
});
type ProviderConfig = z.infer<typeof providerSchema>;
type ConsumerConfig = z.infer<typeof consumerSchema>;

function providerSettings(config: ProviderConfig, context: Context): ProviderSettings {
    const { problems } = context;
    const gateways: Record<string, GatewaySettings> = {};
    unique(
        Object.keys(config.gateways),
        "gateways",
        "gateway names (AWS lower-cases them)",
        problems,
    );
    for (const [name, gateway] of Object.entries(config.gateways)) {
        const path = `gateways.${name}`;
        const targetNames = Object.keys(gateway.targets);
        if (targetNames.length === 0 || targetNames.length > limits.targetsPerGateway.max) {
            problems.push(`${path}.targets: got ${targetNames.length}; must be 1-100 targets`);
        }
        const targets = Object.entries(gateway.targets).map(([targetName, target]) => [
            targetName,
            targetSettings(`${path}.targets.${targetName}`, targetName, target, context),
        ]);
        const { targets: _targets, grants: _grants, ...rest } = gateway;
        gateways[name] = {
            ...dropUndefined(rest),
            targets: Object.fromEntries(targets) as Record<string, LambdaTargetSettings>,
            grants: gateway.grants.map((grant, index) =>
                grantSettings(`${path}.grants[${index}]`, grant, config, context),
            ),
        };
    }
    return {
        role: "provider",
        accountId: config.account.id,
        region: context.region,
        lambda: config.lambda,
        spokes: config.spokes,
        gateways,
    };
}

function targetSettings(
    path: string,
    targetName: string,
    target: z.infer<typeof targetSchema>,
    context: Context,
): LambdaTargetSettings {
    const { problems } = context;
    const file =
        "lambda" in target ? `workloads/${target.lambda}/tools.json` : target.toolSchemaFile;
    const declared = readTools(path, file, context);
    let tools = declared;
    if ("lambda" in target && target.tools !== undefined) {
        unique(target.tools, `${path}.tools`, "tool names", problems);
        tools = target.tools.flatMap((name, index) => {
            const tool = declared.find((candidate) => candidate.name === name);
            if (tool === undefined && declared.length > 0) {
                problems.push(
                    `${path}.tools[${index}]: ${got(name)}; must be one of ${declared.map((known) => known.name).join(", ")} (${file})`,
                );
            }
            return tool ?? [];
        });
    }
    const max = limits.qualifiedToolNameCharacters.max;
    for (const tool of tools) {
        const qualified = qualifiedToolName(targetName, tool.name);
        if (qualified.length > max) {
            problems.push(
                `${path}: got ${qualified}, ${qualified.length} characters; must be at most ${max} as target___tool: shorten the target's name`,
            );
        }
    }
    if ("existingLambdaArn" in target) {
        const arn = parseArn(target.existingLambdaArn);
        if (
            arn?.service !== "lambda" ||
            arn.partition !== context.partition ||
            !/^function:[\w-]+(:[\w$-]+)?$/.test(arn.resource)
        ) {
            problems.push(
                `${path}.existingLambdaArn: ${got(target.existingLambdaArn)}; must be the exact ARN of a Lambda function in partition ${context.partition}`,
            );
        }
        return {
            lambda: { kind: "existing", functionArn: target.existingLambdaArn },
            tools,
        };
    }
    return { lambda: { kind: "workload", workload: target.lambda }, tools };
}

function readTools(path: string, file: string, context: Context): readonly ToolDefinition[] {
    const full = join(context.projectFolder, file);
    if (!existsSync(full)) {
        context.problems.push(`${path}: got no file ${file}; must be a list of tool definitions`);
        return [];
    }
    let json: unknown;
    try {
        json = JSON.parse(readFileSync(full, "utf8"));
    } catch (error) {
        context.problems.push(`${file}: got ${(error as Error).message}; must be JSON`);
        return [];
    }
    const found = toolSchemaProblems(json);
    context.problems.push(...found.map((problem) => `${file}: ${problem}`));
    return found.length > 0 ? [] : (json as ToolDefinition[]);
}

function grantSettings(
    path: string,
    grant: z.infer<typeof grantSchema>,
    config: ProviderConfig,
    context: Context,
): Grant {
    const { problems } = context;
    if ("spoke" in grant) {
        if (config.spokes[grant.spoke] === undefined) {
            const known = Object.keys(config.spokes).join(", ") || "none is declared";
            problems.push(
                `${path}.spoke: ${got(grant.spoke)}; must be declared under ${configNamespace}:spokes (${known})`,
            );
        }
        unique(grant.roles, `${path}.roles`, "role names", problems);
        return { kind: "spoke", spoke: grant.spoke, roles: grant.roles };
    }
    if ("principals" in grant) {
        exactPrincipals(`${path}.principals`, grant.principals, context);
        return { kind: "principals", principals: grant.principals };
    }
    return { kind: "account", account: grant.account };
}

function consumerSettings(config: ConsumerConfig, context: Context): ConsumerSettings {
    const { problems } = context;
    unique(Object.keys(config.callers), "callers", "role names (IAM ignores case)", problems);
    const hubs: Record<string, HubSettings> = {};
    for (const [name, hub] of Object.entries(config.hubs)) {
        if ("stack" in hub) {
            hubs[name] = { kind: "stack", ...hub };
            continue;
        }
        hubs[name] = { kind: "gateways", ...hub };
        for (const [gateway, { arn }] of Object.entries(hub.gateways)) {
            const parsed = parseArn(arn);
            if (
                parsed?.service !== "bedrock-agentcore" ||
                parsed.accountId !== hub.account ||
                parsed.partition !== context.partition ||
                !/^gateway\/[0-9a-z-]+-[0-9a-z]{10}$/.test(parsed.resource)
            ) {
                problems.push(
                    `hubs.${name}.gateways.${gateway}.arn: ${got(arn)}; must be the exact ARN of a gateway of account ${hub.account} in partition ${context.partition}`,
                );
            }
        }
    }
    const callers: Record<string, CallerSettings> = {};
    for (const [name, caller] of Object.entries(config.callers)) {
        exactPrincipals(`callers.${name}.assumedBy`, caller.assumedBy, context);
        unique(caller.gateways, `callers.${name}.gateways`, "gateways", problems);
        const gateways = caller.gateways.map((reference, index) => {
            const [hub = "", gateway = ""] = reference.split("/");
            if (config.hubs[hub] === undefined) {
                const known = Object.keys(config.hubs).join(", ") || "none is declared";
                problems.push(
                    `callers.${name}.gateways[${index}]: ${got(reference)}; must start with a hub declared under ${configNamespace}:hubs (${known})`,
                );
            }
            return { hub, gateway };
        });
        callers[name] = {
            gateways,
            assumedBy: caller.assumedBy,
            maxSessionSeconds: caller.maxSessionSeconds,
        };
    }
    return {
        role: "consumer",
        accountId: config.account.id,
        region: context.region,
        hubs,
        callers,
    };
}

function exactPrincipals(path: string, arns: readonly string[], context: Context): void {
    unique(arns, path, "ARNs", context.problems);
    arns.forEach((arn, index) => {
        if (!isExactPrincipalArn(arn) || parseArn(arn)?.partition !== context.partition) {
            context.problems.push(
                `${path}[${index}]: ${got(arn)}; must be the exact ARN of a role or user in partition ${context.partition}, without wildcards`,
            );
        }
    });
}

function unique(names: readonly string[], path: string, what: string, problems: string[]): void {
    const seen = new Map<string, string>();
    for (const name of names) {
        const other = seen.get(name.toLowerCase());
        if (other !== undefined) {
            problems.push(`${path}: got ${other} and ${name}; must be different ${what}`);
        }
        seen.set(name.toLowerCase(), name);
    }
}

function splitKey(key: string): [string, string] {
    const at = key.indexOf(":");
    return [key.slice(0, at), key.slice(at + 1)];
}

/** The CLI hands structured values over as JSON text. */
function plain(value: unknown): unknown {
    if (typeof value !== "string" || !/^[[{]/.test(value.trim())) return value;
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

function lines(error: z.ZodError, values: unknown, prefix: readonly PropertyKey[]): string[] {
    return error.issues.flatMap((issue) => {
        const path = [...prefix, ...issue.path];
        if (issue.code === "unrecognized_keys") {
            return issue.keys.map(
                (key) => `${pathText([...path, key])}: got an unknown key; must be absent`,
            );
        }
        if (issue.code === "invalid_key") {
            const rule = issue.issues[0]?.message ?? issue.message;
            return [`${pathText(path)}: ${got(path.at(-1))} as a name; must be ${rule}`];
        }
        return [`${pathText(path)}: ${got(at(values, path))}; must be ${issue.message}`];
    });
}

function at(values: unknown, path: readonly PropertyKey[]): unknown {
    return path.reduce<unknown>(
        (value, key) =>
            typeof value === "object" && value !== null
                ? (value as Record<PropertyKey, unknown>)[key]
                : undefined,
        values,
    );
}

function pathText(path: readonly PropertyKey[]): string {
    return path
        .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
        .join("")
        .replace(/^\./, "");
}

function got(value: unknown): string {
    if (value === undefined) return "got nothing";
    const shown = JSON.stringify(value);
    return `got ${shown.length > 120 ? `${shown.slice(0, 120)}…` : shown}`;
}

function dropUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
    return Object.fromEntries(
        Object.entries(value).filter(([, member]) => member !== undefined),
    ) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function deepFreeze<T>(value: T): T {
    if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
        Object.freeze(value);
        Object.values(value).forEach(deepFreeze);
    }
    return value;
}
