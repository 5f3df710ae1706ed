import { RunError } from "@pulumi/pulumi/errors";
import { allConfig } from "@pulumi/pulumi/runtime/config";
import { partitionOf } from "./agentcore/limits";
import { consumerSettings } from "./settings/consumer";
import { got, lines, type Context } from "./settings/problems";
import { providerSettings } from "./settings/provider";
import {
    accountSchema,
    consumerSchema,
    providerSchema,
    type ConsumerConfig,
    type ProviderConfig,
} from "./settings/schema";
import type { Settings } from "./settings/types";

export type * from "./settings/types";

/** The namespace of the program's keys in `Pulumi.<stack>.yaml`. */
export const configNamespace = "agentcore-hub";

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

function deepFreeze<T>(value: T): T {
    if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
        Object.freeze(value);
        Object.values(value).forEach(deepFreeze);
    }
    return value;
}
