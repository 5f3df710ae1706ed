import type { z } from "zod";
import { isExactPrincipalArn, parseArn } from "../agentcore/arn";

/** What the checks of one stack share, and where they put the problems that they find. */
export interface Context {
    region: string;
    partition: string;
    projectFolder: string;
    problems: string[];
}

/** Each must be the exact ARN of a role or user in the stack's partition, once. */
export function exactPrincipals(path: string, arns: readonly string[], context: Context): void {
    unique(arns, path, "ARNs", context.problems);
    arns.forEach((arn, index) => {
        if (!isExactPrincipalArn(arn) || parseArn(arn)?.partition !== context.partition) {
            context.problems.push(
                `${path}[${index}]: ${got(arn)}; must be the exact ARN of a role or user in partition ${context.partition}, without wildcards`,
            );
        }
    });
}

/** No two may be the same, without regard to case. */
export function unique(
    names: readonly string[],
    path: string,
    what: string,
    problems: string[],
): void {
    const seen = new Map<string, string>();
    for (const name of names) {
        const other = seen.get(name.toLowerCase());
        if (other !== undefined) {
            problems.push(`${path}: got ${other} and ${name}; must be different ${what}`);
        }
        seen.set(name.toLowerCase(), name);
    }
}

/** A schema's issues as lines: `path: got X; must be Y`. */
export function lines(
    error: z.ZodError,
    values: unknown,
    prefix: readonly PropertyKey[],
): string[] {
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

/** What is there, in part where it is long. */
export function got(value: unknown): string {
    if (value === undefined) return "got nothing";
    const shown = JSON.stringify(value);
    return `got ${shown.length > 120 ? `${shown.slice(0, 120)}…` : shown}`;
}
