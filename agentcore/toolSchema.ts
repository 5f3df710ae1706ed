import { limits } from "./limits";
import { shown } from "./shown";

/** The JSON types that a tool's schema may name. */
export type SchemaType = (typeof schemaTypes)[number];

/**
 * AgentCore's own subset of JSON schema: no `enum`, `$ref`, `default`, `format`, `anyOf` or
 * `additionalProperties`.
 *
 * Source: `SchemaDefinition` of the botocore model `bedrock-agentcore-control` 2023-06-05 (sure).
 */
export interface SchemaDefinition {
    type: SchemaType;
    properties?: Readonly<Record<string, SchemaDefinition>>;
    required?: readonly string[];
    items?: SchemaDefinition;
    description?: string;
}

/** One tool of a Lambda target: `ToolDefinition` of the same model (sure). */
export interface ToolDefinition {
    name: string;
    description: string;
    inputSchema: SchemaDefinition;
    outputSchema?: SchemaDefinition;
}

/**
 * Every reason why AgentCore would refuse `json` as a target's inline tool schema; none if it would not.
 *
 * @param options.path Where the tools are, for the problems.
 * @param options.names `program` is stricter than AWS in the names and descriptions, which models must be able
 * to repeat and to go by, and in an object as the output's type, which MCP demands; `service` is AWS.
 */
export function toolSchemaProblems(
    json: unknown,
    { path: root = "tools", names = "program" }: { path?: string; names?: Strictness } = {},
): string[] {
    if (!Array.isArray(json)) return [problem(root, json, "must be a list of tool definitions")];
    if (json.length === 0) return [problem(root, json, "must have at least one tool")];
    const problems: string[] = [];
    const seen = new Map<string, number>();
    json.forEach((tool: unknown, index) => {
        const path = `${root}[${index}]`;
        if (!isRecord(tool)) {
            problems.push(problem(path, tool, "must be a tool definition"));
            return;
        }
        problems.push(...toolProblems(path, tool, names));
        if (typeof tool["name"] !== "string") return;
        const first = seen.get(tool["name"]);
        if (first === undefined) seen.set(tool["name"], index);
        else {
            const rule = `${root}[${first}] has it already`;
            problems.push(problem(`${path}.name`, tool["name"], rule));
        }
    });
    return problems;
}

/**
 * The tools that `json` defines.
 *
 * @throws Error with every problem that {@link toolSchemaProblems} finds, one on each line.
 */
export function parseToolDefinitions(json: unknown): ToolDefinition[] {
    const problems = toolSchemaProblems(json);
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return json as ToolDefinition[];
}

/**
 * Between a target's name, which has no underscore, and the name of its tool.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-tool-naming.html (sure).
 */
export const toolNameSeparator = "___";

/** The name under which a gateway shows a target's tool. */
export function qualifiedToolName(target: string, tool: string): string {
    return `${target}${toolNameSeparator}${tool}`;
}

/** The target and the tool that a qualified name stands for, if it is one. */
export function splitToolName(qualified: string): { target: string; tool: string } | undefined {
    const at = qualified.indexOf(toolNameSeparator);
    if (at < 1) return undefined;
    const tool = qualified.slice(at + toolNameSeparator.length);
    return tool === "" ? undefined : { target: qualified.slice(0, at), tool };
}

const schemaTypes = ["string", "number", "object", "array", "boolean", "integer"] as const;
const schemaKeys = ["type", "properties", "required", "items", "description"];
const toolKeys = ["name", "description", "inputSchema", "outputSchema"];
const maxNameCharacters = limits.qualifiedToolNameCharacters.max;
const namePattern = new RegExp(`^[A-Za-z0-9_-]{1,${maxNameCharacters}}$`);

/** Whose rules the names of tools are checked by: this program's, or AWS's own. */
export type Strictness = "program" | "service";

function toolProblems(path: string, tool: Record<string, unknown>, names: Strictness): string[] {
    const problems = extraKeys(path, tool, toolKeys, "AgentCore's tool definition");
    const { inputSchema, outputSchema } = tool;
    problems.push(...(names === "program" ? textProblems(path, tool) : modelProblems(path, tool)));
    problems.push(...topSchemaProblems(`${path}.inputSchema`, inputSchema));
    if (outputSchema !== undefined) {
        const check = names === "program" ? topSchemaProblems : schemaProblems;
        problems.push(...check(`${path}.outputSchema`, outputSchema));
    }
    return problems;
}

function textProblems(path: string, { name, description }: Record<string, unknown>): string[] {
    const problems: string[] = [];
    if (typeof name !== "string" || !namePattern.test(name)) {
        const rule = `must be 1-${maxNameCharacters} letters, digits, _ or -`;
        problems.push(problem(`${path}.name`, name, rule));
    }
    if (typeof description !== "string" || description.trim() === "") {
        const rule = "must be a text: it is all that a model knows of the tool";
        problems.push(problem(`${path}.description`, description, rule));
    }
    return problems;
}

/** The model takes any text as a name; its length is the gateway-tool-naming page's (sure). */
function modelProblems(path: string, { name, description }: Record<string, unknown>): string[] {
    const problems: string[] = [];
    const { min, max } = limits.toolNameCharacters;
    if (typeof name !== "string" || name.length < min || name.length > max) {
        problems.push(problem(`${path}.name`, name, `must be ${min}-${max} characters`));
    }
    if (typeof description !== "string") {
        problems.push(problem(`${path}.description`, description, "must be a text"));
    }
    return problems;
}

function topSchemaProblems(path: string, schema: unknown): string[] {
    const problems = schemaProblems(path, schema);
    if (isRecord(schema) && isSchemaType(schema["type"]) && schema["type"] !== "object") {
        problems.push(problem(`${path}.type`, schema["type"], "must be object at the top"));
    }
    return problems;
}

function schemaProblems(path: string, schema: unknown): string[] {
    if (!isRecord(schema)) return [problem(path, schema, "must be a schema")];
    const problems = extraKeys(path, schema, schemaKeys, "AgentCore's inline schema");
    const { type, properties, required, items, description } = schema;
    if (!isSchemaType(type)) {
        problems.push(problem(`${path}.type`, type, `must be one of ${schemaTypes.join(", ")}`));
    }
    if (description !== undefined && typeof description !== "string") {
        problems.push(problem(`${path}.description`, description, "must be a text"));
    }
    if (items !== undefined) problems.push(...schemaProblems(`${path}.items`, items));
    if (properties !== undefined && !isRecord(properties)) {
        problems.push(problem(`${path}.properties`, properties, "must be a map of schemas"));
    } else {
        for (const [name, property] of Object.entries(properties ?? {})) {
            problems.push(...schemaProblems(`${path}.properties${member(name)}`, property));
        }
        problems.push(...requiredProblems(`${path}.required`, required, properties ?? {}));
    }
    return problems;
}

function requiredProblems(path: string, required: unknown, properties: object): string[] {
    if (required === undefined) return [];
    if (!Array.isArray(required)) {
        return [problem(path, required, "must be a list of property names")];
    }
    return required.flatMap((name: unknown, index) => {
        const at = `${path}[${index}]`;
        if (typeof name !== "string" || !Object.hasOwn(properties, name)) {
            return [problem(at, name, "must be one of the properties")];
        }
        return required.indexOf(name) < index ? [problem(at, name, "is there twice")] : [];
    });
}

function extraKeys(
    path: string,
    value: Record<string, unknown>,
    allowed: readonly string[],
    owner: string,
): string[] {
    const rule = `must be absent: ${owner} allows only ${allowed.join(", ")}`;
    return Object.entries(value)
        .filter(([key]) => !allowed.includes(key))
        .map(([key, extra]) => problem(`${path}${member(key)}`, extra, rule));
}

function problem(path: string, got: unknown, rule: string): string {
    return `${path}: got ${shown(got, 80)}; ${rule}`;
}

function member(key: string): string {
    return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function isSchemaType(value: unknown): value is SchemaType {
    return (schemaTypes as readonly unknown[]).includes(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
