import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, parse as parsePath, relative } from "node:path";
import { parse as parseYaml, YAMLParseError } from "yaml";
import { configNamespace, InvalidSettings, parseSettings, type Settings } from "../settings";

/** A Pulumi project with the stacks of this program. */
export interface Project {
    name: string;
    folder: string;
    stacks: readonly Stack[];
}

/** One stack: its file, its config as the engine takes it, and the config as the program reads it. */
export interface Stack {
    name: string;
    file: string;
    config: Readonly<Record<string, string>>;
    settings: Settings;
    /** The keys of other namespaces that only the Pulumi CLI can read, with the stack's own backend. */
    encrypted?: readonly string[];
}

/** Files that cannot be used, each line with file, place and rule. */
export class InvalidProject extends Error {
    constructor(readonly problems: readonly string[]) {
        super(problems.join("\n"));
        this.name = "InvalidProject";
    }
}

/**
 * Reads `Pulumi.yaml` and every `Pulumi.<stack>.yaml` beside it, from `folder` or the nearest one above.
 *
 * @throws InvalidProject with the problems of all files.
 */
export function readProject(folder: string): Project {
    const projectFolder = findProjectFolder(folder);
    const problems: string[] = [];
    const project = readYaml(join(projectFolder, "Pulumi.yaml"), problems);
    const stacks = readdirSync(projectFolder)
        .flatMap((file) => {
            const name = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
            return name === undefined ? [] : [{ name, file }];
        })
        .sort((one, other) => one.name.localeCompare(other.name))
        .flatMap(({ name, file }) => readStack(name, join(projectFolder, file), problems));
    checkAccounts(stacks, problems);
    if (problems.length > 0) throw new InvalidProject(problems);
    const name = project?.["name"];
    return {
        name: typeof name === "string" ? name : "agentcore-hub",
        folder: projectFolder,
        stacks: [
            ...stacks.filter(({ settings }) => settings.role === "provider"),
            ...stacks.filter(({ settings }) => settings.role === "consumer"),
        ],
    };
}

/** The names of the stacks whose outputs a stack reads. */
export function stacksReadBy({ settings }: Stack): string[] {
    if (settings.role === "provider") {
        return Object.values(settings.spokes).map(({ stack }) => stack);
    }
    return Object.values(settings.hubs).flatMap((hub) => (hub.kind === "stack" ? hub.stack : []));
}

function findProjectFolder(folder: string): string {
    for (let at = folder; ; at = dirname(at)) {
        if (existsSync(join(at, "Pulumi.yaml"))) return at;
        if (at === parsePath(at).root) {
            throw new InvalidProject([
                `${folder}: got no Pulumi.yaml, here or above; run hub in a project's folder`,
            ]);
        }
    }
}

function readStack(name: string, path: string, problems: string[]): Stack[] {
    const file = relative(dirname(path), path);
    const found = readYaml(path, problems);
    if (found === undefined) return [];
    const raw = (found["config"] ?? {}) as Record<string, unknown>;
    if (!Object.keys(raw).some((key) => key.startsWith(`${configNamespace}:`))) return [];
    const encrypted = securePaths(raw, "");
    const own = encrypted.filter((secure) => secure.startsWith(`${configNamespace}:`));
    if (own.length > 0) {
        problems.push(
            ...own.map(
                (secure) =>
                    `${file}: ${secure}: got an encrypted value (secure:); must be plain: nothing of ${configNamespace}'s config is a secret`,
            ),
        );
        return [];
    }
    const config = Object.fromEntries(
        Object.entries(raw)
            .filter(([, value]) => securePaths(value, "").length === 0)
            .map(([key, value]) => [
                key,
                typeof value === "string" ? value : JSON.stringify(value),
            ]),
    );
    try {
        const settings = parseSettings(config, dirname(path));
        return [{ name, file, config, settings, ...(encrypted.length > 0 && { encrypted }) }];
    } catch (error) {
        if (!(error instanceof InvalidSettings)) throw error;
        problems.push(...error.problems.map((problem) => `${file}: ${problem}`));
        return [];
    }
}

function readYaml(path: string, problems: string[]): Record<string, unknown> | undefined {
    try {
        return (parseYaml(readFileSync(path, "utf8"), { prettyErrors: true }) ?? {}) as Record<
            string,
            unknown
        >;
    } catch (error) {
        if (!(error instanceof YAMLParseError)) throw error;
        problems.push(`${relative(dirname(path), path)}: ${error.message}`);
        return undefined;
    }
}

/** One stack must not pin another to an account that is not that stack's own. */
function checkAccounts(stacks: readonly Stack[], problems: string[]): void {
    const account = new Map(stacks.map(({ name, settings }) => [name, settings.accountId]));
    for (const { file, settings } of stacks) {
        const others =
            settings.role === "provider"
                ? Object.entries(settings.spokes).map(([name, spoke]) => ({
                      path: `spokes.${name}`,
                      ...spoke,
                  }))
                : Object.entries(settings.hubs).flatMap(([name, hub]) =>
                      hub.kind === "stack" ? { path: `hubs.${name}`, ...hub } : [],
                  );
        for (const other of others) {
            const own = account.get(other.stack);
            if (own !== undefined && own !== other.account) {
                problems.push(
                    `${file}: ${other.path}.account: got "${other.account}"; must be "${own}", the account of stack ${other.stack}`,
                );
            }
        }
    }
}

function securePaths(value: unknown, path: string): string[] {
    if (typeof value !== "object" || value === null) return [];
    if ("secure" in value) return [path];
    return Object.entries(value).flatMap(([key, member]) =>
        securePaths(member, path === "" ? key : `${path}.${key}`),
    );
}
