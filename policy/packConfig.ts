import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
    findNodeAtLocation,
    getNodeValue,
    parseTree,
    printParseErrorCode,
    type Node,
    type ParseError,
} from "jsonc-parser";
import { closest } from "../agentcore/closest";
import {
    got,
    InvalidPolicyConfig,
    problemLine,
    ruleConfigProblems,
    ruleConfigSchema,
    undecidedPolicy,
    type ConfigProblem,
    type RuleConfig,
} from "./config";
import { rulesOf } from "./rules";
import type { Pack } from "./rules/rule";

/** How a rule is enforced; a validation policy has no `remediate`. */
export type Level = "advisory" | "mandatory" | "disabled";
/** The levels, as they are written. */
export const levels: readonly Level[] = ["advisory", "mandatory", "disabled"];

/** What a rule is told. */
export interface RuleSetting {
    level: Level;
    properties: RuleConfig;
}

/** What each rule of a pack is told, by its name. */
export type PackSettings = Readonly<Record<string, RuleSetting>>;

/**
 * Reads the config of a pack as `--policy-pack-config` takes it: a level for each rule, or an object with
 * `enforcementLevel` and the rule's own keys; `all` is the level of those that have none.
 * (pulumi/pulumi, pkg/resource/analyzer/config.go)
 *
 * @throws InvalidPolicyConfig with every problem there is.
 */
export function parsePackConfig(pack: Pack, given: unknown): PackSettings {
    const problems = packProblems(pack, given);
    if (problems.length > 0) {
        throw new InvalidPolicyConfig(problems.map((problem) => problemLine([], problem)));
    }
    return settingsOf(pack, given as PackFile);
}

/** The file beside `Pulumi.<stack>.yaml` that configures a stack's pack. */
export function packConfigFile(stack: string): string {
    return `Policy.${stack}.json`;
}

/**
 * Reads the config of a stack's pack; without a file, each rule has its own level.
 *
 * @throws InvalidPolicyConfig with every problem there is, its file and line.
 */
export function readPackConfig(projectFolder: string, stack: string, pack: Pack): PackSettings {
    const file = packConfigFile(stack);
    const path = join(projectFolder, file);
    return existsSync(path)
        ? parsePackFile(file, readFileSync(path, "utf8"), pack)
        : parsePackConfig(pack, {});
}

/**
 * Reads the text of a pack's config file.
 *
 * @throws InvalidPolicyConfig with every problem there is, its file and line.
 */
export function parsePackFile(file: string, text: string, pack: Pack): PackSettings {
    // As Pulumi does: an empty file says nothing.
    if (text.trim() === "") return parsePackConfig(pack, {});
    const lineAt = (offset: number) => text.slice(0, offset).split("\n").length;
    const errors: ParseError[] = [];
    const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    if (tree === undefined || errors.length > 0) {
        const why = errors.slice(0, 1).map(({ error }) => printParseErrorCode(error));
        throw new InvalidPolicyConfig([
            `${file}:${lineAt(errors[0]?.offset ?? 0)}: got no valid JSON (${why.join("")}); must be { "<rule>": "advisory" | "mandatory" | "disabled" }, without comments`,
        ]);
    }
    const given: unknown = getNodeValue(tree);
    const problems = [...repeatedKeys(tree, []), ...packProblems(pack, given)];
    if (problems.length > 0) {
        throw new InvalidPolicyConfig(
            problems.map((problem) => {
                const at = nearestNode(tree, problem.path);
                return `${file}:${lineAt(at.offset)}: ${problemLine([], problem)}`;
            }),
        );
    }
    return settingsOf(pack, given as PackFile);
}

/** A pack's config file, when nothing is wrong with it. */
type PackFile = Readonly<
    Record<string, Level | ({ enforcementLevel?: Level } & Record<string, unknown>)>
>;

function settingsOf(pack: Pack, given: PackFile): PackSettings {
    const all = given["all"];
    const allLevel = typeof all === "object" ? all.enforcementLevel : all;
    const defaults: [string, Level][] = [
        ...rulesOf(pack).map(({ name, level }): [string, Level] => [name, level]),
        [undecidedPolicy, "advisory"],
    ];
    return Object.fromEntries(
        defaults.map(([name, level]) => {
            const told = given[name] ?? {};
            const { enforcementLevel, ...properties } =
                typeof told === "string" ? { enforcementLevel: told } : told;
            return [
                name,
                {
                    level: enforcementLevel ?? allLevel ?? level,
                    properties: ruleConfigSchema.parse(properties),
                },
            ];
        }),
    );
}

function packProblems(pack: Pack, given: unknown): ConfigProblem[] {
    if (!isObject(given)) {
        return [
            {
                path: [pack],
                message: `${got(given)}; must be an object: { "<rule>": "advisory" | "mandatory" | "disabled" | { ... } }`,
            },
        ];
    }
    return Object.entries(given).flatMap(([name, told]) => {
        const keys = keysOf(pack, name);
        if (keys === undefined) return [{ path: [name], message: unknownRule(pack, name) }];
        if (!isObject(told)) return levelProblems([name], told);
        const { enforcementLevel, ...own } = told;
        return [
            ...("enforcementLevel" in told
                ? levelProblems([name, "enforcementLevel"], enforcementLevel)
                : []),
            ...(keys === "level"
                ? Object.keys(own).map((key) => ({
                      path: [name, key],
                      message: `got an unknown key; must be enforcementLevel alone: ${name} is told nothing else`,
                  }))
                : ruleConfigProblems(own, keys, ["enforcementLevel"]).map(({ path, message }) => ({
                      path: [name, ...path],
                      message,
                  }))),
        ];
    });
}

/** The keys that a rule reads; `level`: it is told its level alone. */
function keysOf(pack: Pack, name: string): (keyof RuleConfig)[] | "level" | undefined {
    if (name === "all" || name === undecidedPolicy) return "level";
    const rule = rulesOf(pack).find((one) => one.name === name);
    return rule && [...(rule.config ?? [])];
}

function levelProblems(path: readonly string[], value: unknown): ConfigProblem[] {
    if (levels.some((level) => level === value)) return [];
    const object = path.length > 1 ? "" : ", or an object with the rule's keys";
    return [{ path, message: `${got(value)}; must be ${levels.join(", ")}${object}` }];
}

function unknownRule(pack: Pack, name: string): string {
    const other = pack === "provider" ? "consumer" : "provider";
    if (rulesOf(other).some((rule) => rule.name === name)) {
        return `got a rule of the ${other} pack; must be one of the ${pack} pack`;
    }
    const near = closest(name, [...rulesOf(pack).map((rule) => rule.name), "all", undecidedPolicy]);
    return `got a rule that the ${pack} pack does not have; must be all, or a rule, as ${near.join(", ")}: docs/policy.md lists them`;
}

/** Of two equal keys JSON keeps the last: what the first one says would be lost. */
function repeatedKeys(node: Node, path: readonly PropertyKey[]): ConfigProblem[] {
    if (node.type === "array") {
        return (node.children ?? []).flatMap((child, index) =>
            repeatedKeys(child, [...path, index]),
        );
    }
    if (node.type !== "object") return [];
    const seen = new Set<string>();
    return (node.children ?? []).flatMap(({ children: [key, value] = [] }) => {
        const name = String(key?.value);
        const isRepeated = seen.has(name);
        seen.add(name);
        return [
            ...(isRepeated
                ? [{ path: [...path, name], message: "got the key twice; must be there once" }]
                : []),
            ...(value === undefined ? [] : repeatedKeys(value, [...path, name])),
        ];
    });
}

/** The node at a path, or what is nearest above it. */
function nearestNode(tree: Node, path: readonly PropertyKey[]): Node {
    for (let length = path.length; length > 0; length--) {
        const found = findNodeAtLocation(
            tree,
            path.slice(0, length).map((part) => (typeof part === "number" ? part : String(part))),
        );
        // The line of the key, where there is one.
        if (found !== undefined) return found.parent?.type === "property" ? found.parent : found;
    }
    return tree;
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
