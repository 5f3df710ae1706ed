import { ruleConfigSchema, type RuleConfig } from "./config";
import { rules } from "./rules";
import type { ExampleResource, Rule } from "./rules/rule";

/** The generated part of `docs/policy.md`: every rule, with a failing and a passing example. */
export function rulesPage(): string {
    return ["## All rules", table(), ...rules.map(section), ""].join("\n\n");
}

function table(): string {
    return [
        "| rule | pack | level | severity | asked |",
        "| --- | --- | --- | --- | --- |",
        ...rules.map(
            ({ name, pack, level, severity, scope }) =>
                `| [${name}](#${name}) | ${pack} | ${level} | ${severity} | ${scope === "resource" ? "for each resource" : "of the whole stack"} |`,
        ),
    ].join("\n");
}

function section({ name, description, page, config = [], example }: Rule): string {
    return [
        `### ${name}`,
        `${description} ([AWS](${page}))`,
        ...(config.length === 0
            ? []
            : [config.map((key) => `- \`${key}\`: ${describe(key)}`).join("\n")]),
        `Fails:\n\n${block(example.fails)}`,
        ...(example.passes.length === 0 ? [] : [`Passes:\n\n${block(example.passes)}`]),
    ].join("\n\n");
}

function describe(key: keyof RuleConfig): string {
    return ruleConfigSchema.shape[key].description ?? "";
}

/** A resource as the program would write it, in JSON. */
function block(resources: readonly ExampleResource[]): string {
    const texts = resources.map(
        ({ type, name, props }) =>
            `// ${type} ${name}\n${JSON.stringify(shortened(props), undefined, 2)}`,
    );
    return ["```jsonc", ...texts, "```"].join("\n");
}

/** A long list of the same says it by its length. */
function shortened(value: unknown): unknown {
    if (Array.isArray(value)) {
        const list = value.map(shortened);
        return list.length > 12 ? [...list.slice(0, 2), `… ${list.length - 2} more`] : list;
    }
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shortened(one)]));
}
