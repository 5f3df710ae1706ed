import { Validator, type Schema } from "@cfworker/json-schema";
import declarations from "../tools.json" with { type: "json" };
import { InvalidArguments, UnknownTool } from "./errors.js";
import { tools, type Tool } from "./tools.js";

/** What the handler reads of Lambda's context. */
export interface ToolContext {
    awsRequestId: string;
    clientContext?: unknown;
}

/** A tool as tools.json declares it. */
export interface ToolDeclaration {
    name: string;
    inputSchema: object;
}

/** What {@link makeHandler} needs. */
export interface HandlerDeps {
    declarations: readonly ToolDeclaration[];
    tools: Readonly<Record<string, Tool>>;
    log: (line: string) => void;
    /** Milliseconds on any clock. */
    now: () => number;
}

/** A Lambda handler for the tools of an AgentCore gateway's Lambda target. */
export type ToolHandler = (event: unknown, context: ToolContext) => Promise<unknown>;

/**
 * The handler for these tools.
 *
 * @throws Error when the declarations and the tools do not match.
 */
export function makeHandler(deps: HandlerDeps): ToolHandler {
    const validators = validatorsByTool(deps);
    const names = [...validators.keys()];
    return async (event, context) => {
        const started = deps.now();
        const tool = toolName(context.clientContext);
        let outcome = "ok";
        try {
            const validator = validators.get(tool ?? "");
            const run = deps.tools[tool ?? ""];
            if (tool === undefined || validator === undefined || run === undefined) {
                throw new UnknownTool(tool, names);
            }
            assertValid(tool, validator, event);
            return await run(event);
        } catch (error) {
            outcome = error instanceof Error ? error.name : "Error";
            throw error;
        } finally {
            // Never the arguments: they are the caller's, and logs outlive calls.
            const { awsRequestId: requestId } = context;
            const durationMs = Math.round(deps.now() - started);
            deps.log(JSON.stringify({ requestId, tool, outcome, durationMs }));
        }
    };
}

/** The entry point, `index.handler` once it is bundled. */
export const handler = makeHandler({
    declarations,
    tools,
    log: (line) => {
        console.log(line);
    },
    now: () => performance.now(),
});

function validatorsByTool(deps: HandlerDeps): ReadonlyMap<string, Validator> {
    const declared = deps.declarations.map(({ name }) => name);
    const built = Object.keys(deps.tools);
    const unmatched = [
        ...declared.filter((name) => !built.includes(name)),
        ...built.filter((name) => !declared.includes(name)),
    ];
    if (unmatched.length > 0) {
        throw new Error(`Tools either declared or built, but not both: ${unmatched.join(", ")}`);
    }
    return new Map(
        deps.declarations.map(({ name, inputSchema }) => [
            name,
            new Validator(inputSchema as Schema, "2020-12", false),
        ]),
    );
}

/** `echo_message` of `echo-tools___echo_message`; some Node.js runtimes say `Custom`. */
function toolName(clientContext: unknown): string | undefined {
    const custom = member(clientContext, "custom") ?? member(clientContext, "Custom");
    const qualified = member(custom, "bedrockAgentCoreToolName");
    if (typeof qualified !== "string") return undefined;
    const separator = "___";
    const at = qualified.indexOf(separator);
    return at < 0 ? qualified : qualified.slice(at + separator.length);
}

function member(value: unknown, key: string): unknown {
    if (typeof value !== "object" || value === null) return undefined;
    return (value as Record<string, unknown>)[key];
}

function assertValid(tool: string, validator: Validator, event: unknown): void {
    const { valid, errors } = validator.validate(event);
    if (valid) return;
    const problems = errors
        // Repeats, one level up, what the error of the property says.
        .filter(({ keyword }) => keyword !== "properties")
        .map(({ instanceLocation, error }) => {
            const path = instanceLocation.replace(/^#\/?/, "");
            return `${path === "" ? "arguments" : path}: ${error.replace(/\.$/, "")}`;
        });
    throw new InvalidArguments(tool, problems);
}
