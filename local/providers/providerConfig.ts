import { AwsError } from "../awsError";
import type { Failure, Properties } from "./resourceHandler";
import { isUnknown } from "./unknown";

/** What an engine's connection has told a provider. */
export interface ProviderConfig {
    region: string;
    /** The program's folder, which relative paths start from. */
    programFolder: string;
}

/**
 * The config of each connection: an engine opens one for each provider resource, and two of them, of one program or of
 * two, may be of different regions.
 */
export class ProviderConfigs {
    readonly #configs = new Map<string, ProviderConfig>();
    // Where an engine attaches without a word of its program, that runs where this cloud was started.
    #last: ProviderConfig = { region: "", programFolder: process.cwd() };

    of(caller: string): ProviderConfig {
        return this.#configs.get(caller) ?? this.#last;
    }

    set(caller: string, change: Partial<ProviderConfig>): void {
        this.#last = { ...this.of(caller), ...change };
        // Connections do not say that they end: those that were set the longest ago go.
        this.#configs.delete(caller);
        this.#configs.set(caller, this.#last);
        const [oldest] = this.#configs.keys();
        if (this.#configs.size > maxConnections && oldest !== undefined) {
            this.#configs.delete(oldest);
        }
    }
}

const maxConnections = 1000;

/**
 * The config that the providers take. An account's providers are its credentials, so what names others is passed over.
 */
const modelled: Readonly<Record<string, readonly string[]>> = {
    aws: ["sharedConfigFiles", "sharedCredentialsFiles"],
    "aws-native": ["sharedCredentialsFile"],
    "docker-build": ["host"],
    command: [],
};
const modelledOfAll = [
    ...["region", "allowedAccountIds", "forbiddenAccountIds", "version", "pluginDownloadURL"],
    ...["profile", "accessKey", "secretKey", "token", "maxRetries"],
];

/** The config that would change what happens, and that the local cloud does not model. */
export function configFailures(packageName: string, config: Properties): Failure[] {
    const known = [...modelledOfAll, ...(modelled[packageName] ?? [])];
    return Object.entries(config)
        .filter(([name, value]) => !isModelled(name, known) && !isEmpty(value))
        .map(([name]) => ({
            property: name,
            reason: `NotEmulated: ${name} of pulumi:providers:${packageName}: got a value; the local cloud does not model it (docs/local-mode.md)`,
        }));
}

function isModelled(name: string, known: readonly string[]): boolean {
    return known.includes(name) || /^(skip|__)/.test(name);
}

/** Lists and objects travel as JSON text. */
function isEmpty(value: unknown): boolean {
    return [undefined, null, "", "[]", "{}"].includes(value as string | null | undefined);
}

/**
 * The pin of both AWS providers, in the words of the `aws` provider.
 *
 * @throws AwsError WrongAccount
 */
export function requireAllowedAccount(accountId: string, config: Properties): void {
    const allowed = listOf(config["allowedAccountIds"]);
    if (allowed.length > 0 && !allowed.includes(accountId)) {
        throw new AwsError(
            "WrongAccount",
            `AWS account ID not allowed: the credentials are of account ${accountId}; the stack is pinned to ${allowed.join(", ")} (agentcore-hub:account.id). Use credentials of ${allowed.join(", ")}, or correct the config.`,
            403,
        );
    }
    if (listOf(config["forbiddenAccountIds"]).includes(accountId)) {
        throw new AwsError(
            "WrongAccount",
            `AWS account ID not allowed: the credentials are of account ${accountId}, which forbiddenAccountIds names.`,
            403,
        );
    }
}

/** Lists among a provider's inputs travel as JSON text; what a preview does not know yet is checked with the deployment. */
function listOf(value: unknown): string[] {
    if (isUnknown(value)) return [];
    const list: unknown = typeof value === "string" ? JSON.parse(value) : (value ?? []);
    return (list as string[]).some(isUnknown) ? [] : (list as string[]);
}
