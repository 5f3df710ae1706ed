import { closest } from "../agentcore/closest";
import { z } from "zod";
import type { ToolDefinition } from "../agentcore/toolSchema";
import { got, lines, type Context } from "./problems";
import type { ExampleSettings } from "./types";

const exampleSchema = z.strictObject(
    {
        arguments: z.record(z.string(), z.unknown(), { error: "a map of arguments" }).default({}),
        readOnly: z.boolean({ error: "true or false" }).default(false),
    },
    { error: "{ arguments: { <name>: <value> }, readOnly: true }" },
);
const examplesSchema = z.record(z.string(), exampleSchema, {
    error: "a map of { arguments, readOnly } by tool",
});

/**
 * A target's examples by tool; what is wrong with them is added to the context's problems.
 *
 * @param tools none where only the target knows them: then its own answer says what is wrong.
 */
export function exampleSettings(
    path: string,
    given: unknown,
    tools: readonly ToolDefinition[],
    { problems }: Context,
): Readonly<Record<string, ExampleSettings>> {
    const parsed = examplesSchema.safeParse(given);
    if (!parsed.success) {
        problems.push(...lines(parsed.error, given, []).map((line) => place(path, line)));
        return {};
    }
    for (const [name, { arguments: args }] of Object.entries(parsed.data)) {
        const tool = tools.find((known) => known.name === name);
        if (tool !== undefined) {
            problems.push(...argumentProblems(`${path}.${name}.arguments`, args, tool));
        } else if (tools.length > 0) {
            const known = tools.map((one) => one.name);
            problems.push(
                `${path}.${name}: got a tool that the target does not show; must be one of its tools, as ${closest(name, known).join(", ")}`,
            );
        }
    }
    return parsed.data;
}

/** `: got …` of the whole, `.tool: got …` of a part. */
function place(path: string, line: string): string {
    return line.startsWith(":") ? `${path}${line}` : `${path}.${line}`;
}

function argumentProblems(
    path: string,
    args: Readonly<Record<string, unknown>>,
    { inputSchema }: ToolDefinition,
): string[] {
    // An MCP server's schema may be any JSON schema.
    const schema = inputSchema as {
        properties?: Readonly<Record<string, unknown>>;
        required?: readonly string[];
        additionalProperties?: unknown;
    };
    const { properties = {}, required = [], additionalProperties = false } = schema;
    const missing = required
        .filter((name) => !Object.hasOwn(args, name))
        .map((name) => `${path}.${name}: got nothing; must be there: the tool requires it`);
    const known = Object.keys(properties);
    const unknown = Object.keys(args)
        .filter((name) => additionalProperties === false && !known.includes(name))
        .map(
            (name) =>
                `${path}.${name}: got an argument that the tool does not have; must be ${known.length === 0 ? "absent" : `one of its own, as ${closest(name, known).join(", ")}`}`,
        );
    const wrong = Object.entries(args).flatMap(([name, value]) => {
        const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
        const problem = property === undefined ? undefined : valueProblem(property, value);
        return problem === undefined ? [] : [`${path}.${name}: ${got(value)}; ${problem}`];
    });
    return [...missing, ...unknown, ...wrong];
}

/** Keywords that zod does not know are left to the tool. */
function valueProblem(property: unknown, value: unknown): string | undefined {
    let schema: z.ZodType;
    try {
        schema = z.fromJSONSchema(property as Parameters<typeof z.fromJSONSchema>[0]);
    } catch {
        return undefined;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return undefined;
    const { type } = property as { type?: unknown };
    return `must fit the tool's schema${typeof type === "string" ? `, of type ${type}` : ""}: ${parsed.error.issues[0]?.message ?? ""}`;
}
