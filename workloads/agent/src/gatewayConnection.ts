import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
    CallToolResultSchema,
    ListToolsResultSchema,
    McpError,
    type CallToolResult,
    type Tool as ToolDeclaration,
} from "@modelcontextprotocol/sdk/types.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import manifest from "../package.json" with { type: "json" };
import { GatewayError } from "./errors.js";
import { callScope, gatewayFetch } from "./gatewayFetch.js";

/** What holds for the calls of one invocation. */
export interface Invocation {
    signal: AbortSignal;
    /** The headers by which the gateway's and the tools' spans join the trace. */
    traceHeaders: () => Record<string, string>;
}

/** What {@link GatewayConnection} needs. */
export interface GatewayConnectionArgs {
    url: string;
    /** Signs for the gateway's region. */
    fetch: typeof fetch;
    timeoutMs: number;
}

/** To say hello and to list takes no tool's time. */
const maxListMs = 15_000;

/** The MCP session of one of the agent's sessions with one gateway, made when it is first needed and when it is lost. */
export class GatewayConnection {
    readonly url: string;
    readonly #args: GatewayConnectionArgs;
    #session: Promise<McpSession> | undefined;

    constructor(args: GatewayConnectionArgs) {
        this.url = args.url;
        this.#args = args;
    }

    /**
     * The gateway's tools, of as many pages as are needed until `isEnough`.
     *
     * @throws GatewayError when the gateway does not answer as it must.
     */
    async listTools(
        invocation: Invocation,
        isEnough: (tools: readonly ToolDeclaration[]) => boolean = () => false,
    ): Promise<ToolDeclaration[]> {
        const timeoutMs = Math.min(maxListMs, this.#args.timeoutMs);
        const tools: ToolDeclaration[] = [];
        let cursor: string | undefined;
        const seen = new Set<string>();
        do {
            const params = cursor === undefined ? {} : { cursor };
            const page = await this.#call(invocation, timeoutMs, (client, options) =>
                client.request({ method: "tools/list", params }, ListToolsResultSchema, options),
            );
            tools.push(...page.tools);
            cursor = page.nextCursor;
            if (cursor !== undefined && seen.has(cursor)) {
                const message = "tools/list gave the same cursor twice";
                throw new GatewayError("GatewayFailed", { url: this.url, message });
            }
            if (cursor !== undefined) seen.add(cursor);
        } while (cursor !== undefined && !isEnough(tools));
        return tools;
    }

    /**
     * Calls a tool; what the gateway says against this one call is a result with `isError`.
     *
     * @throws GatewayError when the gateway refuses the agent, or does not answer as it must.
     */
    async callTool(
        name: string,
        args: Record<string, unknown>,
        invocation: Invocation,
    ): Promise<CallToolResult> {
        try {
            return await this.#call(invocation, this.#args.timeoutMs, (client, options) =>
                client.request(
                    { method: "tools/call", params: { name, arguments: args } },
                    CallToolResultSchema,
                    options,
                ),
            );
        } catch (error) {
            if (!(error instanceof GatewayError) || !isOfTheCall(error)) throw error;
            return { isError: true, content: [{ type: "text", text: error.gateway.message }] };
        }
    }

    async close(): Promise<void> {
        const session = await this.#session?.catch(() => undefined);
        this.#session = undefined;
        await session?.client.close();
    }

    async #call<Result>(
        invocation: Invocation,
        timeoutMs: number,
        request: (client: Client, options: RequestOptions) => Promise<Result>,
    ): Promise<Result> {
        const known = this.#session;
        try {
            return await this.#once(invocation, timeoutMs, request);
        } catch (error) {
            if (!(error instanceof GatewayError)) throw error;
            const session = await known?.catch(() => undefined);
            // https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-sessions.html: a session that is
            // over answers 404, so nothing was done.
            const isOver = session?.hasId() === true && error.gateway.httpStatus === 404;
            if (!isOfTheCall(error) || isOver) this.#drop(known);
            if (!isOver) throw error;
            return this.#once(invocation, timeoutMs, request);
        }
    }

    /** Only the session that failed: another call may have made a new one meanwhile. */
    #drop(session: Promise<McpSession> | undefined): void {
        if (this.#session === session) this.#session = undefined;
        void session?.then(
            ({ client }) => client.close(),
            () => undefined,
        );
    }

    async #once<Result>(
        invocation: Invocation,
        timeoutMs: number,
        request: (client: Client, options: RequestOptions) => Promise<Result>,
    ): Promise<Result> {
        const connect = (this.#session ??= this.#connect(invocation));
        const { client } = await connect.catch((error: unknown) => {
            if (this.#session === connect) this.#session = undefined;
            throw error;
        });
        return this.#bounded(invocation, timeoutMs, (options) => request(client, options));
    }

    async #connect(invocation: Invocation): Promise<McpSession> {
        const { url, fetch, timeoutMs } = this.#args;
        const transport = new StreamableHTTPClientTransport(new URL(url), {
            fetch: gatewayFetch(url, fetch),
        });
        // The gateway, and the model, check what tools answer; compiling each schema costs more than a call.
        const client = new Client(
            { name: manifest.name, version: manifest.version },
            { jsonSchemaValidator: { getValidator: () => noCheck } },
        );
        await this.#bounded(invocation, Math.min(maxListMs, timeoutMs), (options) =>
            // The SDK's own types differ in what may be undefined.
            client.connect(transport as unknown as Parameters<Client["connect"]>[0], options),
        );
        return { client, hasId: () => transport.sessionId !== undefined };
    }

    /** Runs one exchange: within its time, for as long as the invocation goes on, and with its headers. */
    async #bounded<Result>(
        { signal, traceHeaders }: Invocation,
        timeoutMs: number,
        exchange: (options: RequestOptions) => Promise<Result>,
    ): Promise<Result> {
        signal.throwIfAborted();
        const { url } = this;
        const call = new AbortController();
        let fail: (error: Error) => void = () => undefined;
        const failed = new Promise<never>((_resolve, reject) => {
            fail = (error) => {
                reject(error);
                call.abort(error);
            };
        });
        const late = setTimeout(() => {
            const message = `no answer within ${timeoutMs / 1000} seconds`;
            fail(new GatewayError("GatewayTimedOut", { url, message }));
        }, timeoutMs);
        const left = () => {
            fail(signal.reason as Error);
        };
        signal.addEventListener("abort", left, { once: true });
        try {
            const scope = { headers: traceHeaders(), signal: call.signal, fail };
            const options = { signal: call.signal, timeout: timeoutMs + 1000 };
            return await Promise.race([callScope.run(scope, () => exchange(options)), failed]);
        } catch (error) {
            throw signal.aborted || error instanceof GatewayError ? error : wrong(url, error);
        } finally {
            clearTimeout(late);
            signal.removeEventListener("abort", left);
            failed.catch(() => undefined);
        }
    }
}

interface McpSession {
    client: Client;
    /** Whether the gateway keeps sessions. */
    hasId: () => boolean;
}

const noCheck = (value: unknown) => ({
    valid: true as const,
    data: value as never,
    errorMessage: undefined,
});

/** An answer that is none, or a JSON-RPC error. */
function wrong(url: string, error: unknown): GatewayError {
    if (error instanceof McpError) {
        // The SDK puts the code in front of the gateway's own words.
        const message = error.message.replace(/^MCP error -?\d+: /, "");
        return new GatewayError(
            "GatewayFailed",
            { url, message, code: error.code },
            { cause: error },
        );
    }
    const message = error instanceof Error ? error.message : String(error);
    return new GatewayError("GatewayFailed", { url, message }, { cause: error });
}

/**
 * Whether the gateway speaks of the one call, and the model can mend it: a JSON-RPC error, unless the agent itself is
 * refused.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-using-mcp-call.html.
 */
function isOfTheCall({ errorType, gateway }: GatewayError): boolean {
    return errorType === "GatewayFailed" && gateway.code !== undefined;
}
