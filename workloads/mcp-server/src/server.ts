import {
    ProtocolError,
    ProtocolErrorCode,
    Server,
    type CallToolResult,
    type ServerContext,
    type Tool as ToolDeclaration,
} from "@modelcontextprotocol/server";
import { compileArguments, type ArgumentCheck, type InputSchema } from "./arguments.js";
import { InvalidArguments } from "./errors.js";
import type { Tool } from "./tools.js";

/** What {@link serverFactory} needs. */
export interface ServerDeps {
    name: string;
    version: string;
    declarations: readonly ToolDeclaration[];
    tools: Readonly<Record<string, Tool>>;
    log: (line: object) => void;
    /** Milliseconds on any clock. */
    now: () => number;
}

/**
 * Makes the server of one request: the SDK wants a new one for each, so all that can be shared is built here.
 *
 * It is the SDK's low-level server, because `McpServer` would register the tools, and build their schemas, anew
 * for each request.
 *
 * @throws Error when the declarations and the tools do not match.
 */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- Deprecated for other uses than this one.
export function serverFactory(deps: ServerDeps): () => Server {
    const info = { name: deps.name, version: deps.version };
    const capabilities = { tools: {} };
    const list = { tools: [...deps.declarations] };
    const call = caller(deps);
    return () => {
        // eslint-disable-next-line @typescript-eslint/no-deprecated
        const server = new Server(info, { capabilities });
        server.setRequestHandler("tools/list", () => list);
        server.setRequestHandler("tools/call", ({ params }, context) =>
            call(params.name, params.arguments, context),
        );
        return server;
    };
}

type Caller = (name: string, args: unknown, context: ServerContext) => CallToolResult;

function caller(deps: ServerDeps): Caller {
    const runnable = runnableTools(deps);
    return (name, args = {}, context) => {
        const started = deps.now();
        const tool = runnable.get(name);
        let outcome = "ok";
        let failure: object = {};
        try {
            if (tool === undefined) {
                outcome = "UnknownTool";
                const known = [...runnable.keys()].join(", ");
                throw new ProtocolError(
                    ProtocolErrorCode.InvalidParams,
                    `Unknown tool: ${name}. This server has: ${known}.`,
                );
            }
            const problems = tool.check(args);
            if (problems.length > 0) throw new InvalidArguments(name, problems);
            const result = tool.run(args as never);
            return { content: [text(String(result))], structuredContent: { result } };
        } catch (error) {
            if (error instanceof ProtocolError) throw error;
            const isTold = error instanceof InvalidArguments;
            outcome = isTold ? error.name : "Failed";
            if (!isTold) failure = failureOf(error);
            return {
                content: [text(isTold ? error.message : `${name} failed. ${retryHint}`)],
                isError: true,
            };
        } finally {
            const headers = context.http?.req?.headers;
            // Never the arguments, nor a name that is none of ours: they are the caller's, and logs outlive calls.
            deps.log({
                requestId: headers?.get(requestIdHeader) ?? undefined,
                sessionId: headers?.get("mcp-session-id") ?? undefined,
                tool: tool === undefined ? undefined : name,
                outcome,
                ...failure,
                durationMs: Math.round((deps.now() - started) * 100) / 100,
            });
        }
    };
}

const retryHint = "Try again later; if it fails again, tell whoever runs this server.";

/** What a log may say of a tool that threw: its message can have the arguments in it, so only what and where. */
function failureOf(error: unknown): { error: string; at: string | undefined } {
    if (!(error instanceof Error)) return { error: typeof error, at: undefined };
    const frame = error.stack?.split("\n").find((line) => /^ +at /.test(line));
    return { error: error.name, at: frame?.trim() };
}

/** By which Runtime's own logs name the request. */
const requestIdHeader = "x-amzn-bedrock-agentcore-runtime-request-id";

/** As text the bare value, like the servers of AgentCore's documentation (FastMCP), not the structured result again. */
function text(value: string): { type: "text"; text: string } {
    return { type: "text", text: value };
}

function runnableTools(deps: ServerDeps): ReadonlyMap<string, { check: ArgumentCheck; run: Tool }> {
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
            {
                check: compileArguments(inputSchema as unknown as InputSchema),
                run: deps.tools[name] as Tool,
            },
        ]),
    );
}
