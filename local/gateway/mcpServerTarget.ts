import { statelessRevision } from "../../agentcore/mcp";
import { gatewayClientInfo, runtimeClientError } from "../../agentcore/mcpServerTargets";
import type { ListedTool, ListName, LiveRequest, ServerLists } from "./gatewayView";
import { resultOf, type ServerAnswer } from "./mcpAnswer";
import { HttpRefusal, JsonRpcFailure, McpServerFailure } from "./mcpServerFailure";
import { isRecord } from "./message";
import { envelope, headersOf, postHeaders } from "./serverHeaders";
import { ServerList, serverLists, type Capability } from "./serverLists";
import { ServerTools } from "./serverTools";

/**
 * Posts one message to the server, and reads the whole answer.
 *
 * @throws McpServerFailure when none comes in time, or who asked for it leaves.
 */
export type SendToServer = (
    body: string,
    headers: Readonly<Record<string, string>>,
    leaving?: AbortSignal,
) => Promise<ServerAnswer>;

/** What {@link McpServerTarget} needs. */
export interface McpServerTargetOptions {
    /** The revision that the handshake asks for. */
    offered: string;
    /** The revisions that the server may answer it with. */
    accepted: readonly string[];
    /** Whether a server without the handshake is spoken to by 2026-07-28, which has none. */
    stateless: boolean;
}

/** What a handshake came to. */
interface Connection {
    revision: string;
    sessionId?: string;
    /** What the server declares that it has besides tools. */
    has: Readonly<Record<Capability, boolean>>;
}

/**
 * A gateway as the client of one MCP server. It shakes hands once, not for each call, and anew only with a server
 * that does not know of it any more.
 */
export class McpServerTarget {
    #connection: Promise<Connection> | undefined;
    #lastId = 0;

    constructor(private readonly options: McpServerTargetOptions) {}

    /** All pages of the server's tools. @throws McpServerFailure */
    async listTools(send: SendToServer): Promise<ListedTool[]> {
        const tools = new ServerTools();
        let cursor: string | undefined;
        do {
            const params = cursor === undefined ? {} : { cursor };
            cursor = tools.add(await this.#request({ method: "tools/list", params }, send));
        } while (cursor !== undefined);
        return tools.all;
    }

    /** The result of a tool, as the server gives it. @throws McpServerFailure */
    async callTool(
        name: string,
        args: Readonly<Record<string, unknown>>,
        send: SendToServer,
        leaving?: AbortSignal,
    ): Promise<Record<string, unknown>> {
        const request = { method: "tools/call", params: { name, arguments: args } };
        return ownResult(await this.#request(request, send, leaving), "content");
    }

    /** All pages of another list; nothing of a server that does not declare it. @throws McpServerFailure */
    async list<Name extends ListName>(name: Name, send: SendToServer): Promise<ServerLists[Name]> {
        const { method, capability } = serverLists[name];
        const list = new ServerList(name);
        if (!(await this.#connected(send)).has[capability]) return list.all;
        try {
            let cursor: string | undefined;
            do {
                const params = cursor === undefined ? {} : { cursor };
                cursor = list.add(await this.#request({ method, params }, send));
            } while (cursor !== undefined);
        } catch (error) {
            // SDKs declare resources for servers that have no handler for templates.
            if (!(error instanceof JsonRpcFailure && error.code === methodNotFound)) throw error;
        }
        return list.all;
    }

    /** A prompt or a resource, as the server gives it; `undefined` where it declares none. @throws McpServerFailure */
    async ask(
        request: LiveRequest,
        send: SendToServer,
        leaving?: AbortSignal,
    ): Promise<Record<string, unknown> | undefined> {
        const { capability, member } = liveRequests[request.method];
        if (!(await this.#connected(send)).has[capability]) return undefined;
        return ownResult(await this.#request(request, send, leaving), member);
    }

    /** A client that leaves ends its own request, and no handshake: others wait for that too. */
    async #request(
        request: Request,
        send: SendToServer,
        leaving?: AbortSignal,
    ): Promise<Record<string, unknown>> {
        const known = this.#connection;
        const connection = await this.#connected(send);
        try {
            return await this.#answered(request, connection, send, leaving);
        } catch (error) {
            if (known === undefined || !isForgotten(error)) throw error;
            // Of many calls that find out at once, one shakes hands.
            if (this.#connection === known) this.#connection = undefined;
            return this.#answered(request, await this.#connected(send), send, leaving);
        }
    }

    #connected(send: SendToServer): Promise<Connection> {
        if (this.#connection !== undefined) return this.#connection;
        const connecting = this.#connect(send);
        this.#connection = connecting;
        connecting.catch(() => {
            if (this.#connection === connecting) this.#connection = undefined;
        });
        return connecting;
    }

    async #connect(send: SendToServer): Promise<Connection> {
        try {
            return await this.#shakeHands(send);
        } catch (error) {
            if (!this.options.stateless || !isWithoutHandshake(error)) throw error;
            return this.#discover(send);
        }
    }

    async #shakeHands(send: SendToServer): Promise<Connection> {
        const { offered, accepted } = this.options;
        const id = ++this.#lastId;
        const params = {
            protocolVersion: offered,
            capabilities: {},
            clientInfo: gatewayClientInfo,
        };
        const answer = await send(
            JSON.stringify({ jsonrpc: "2.0", id, method: "initialize", params }),
            // AWS sends the header before anything is agreed on (marcinbelczewski/agentcore-gw-mcp2).
            { ...postHeaders, "mcp-protocol-version": offered },
        );
        const { protocolVersion: revision, capabilities } = resultOf(answer, id);
        if (typeof revision !== "string" || !accepted.includes(revision)) {
            throw noCommonRevision(offered, accepted, revision);
        }
        const has = declared(capabilities);
        const sessionId = answer.headers["mcp-session-id"];
        const connection = { revision, has, ...(sessionId !== undefined && { sessionId }) };
        const notification = { jsonrpc: "2.0", method: "notifications/initialized" };
        const acknowledged = await send(
            JSON.stringify(notification),
            headersOf(connection, notification),
        );
        if (acknowledged.httpStatus >= 300) {
            throw new HttpRefusal(acknowledged.httpStatus, "to notifications/initialized");
        }
        return connection;
    }

    async #discover(send: SendToServer): Promise<Connection> {
        const request = { method: "server/discover", params: {} };
        const { supportedVersions, capabilities } = await this.#answered(
            request,
            { revision: statelessRevision },
            send,
        );
        if (!Array.isArray(supportedVersions) || !supportedVersions.includes(statelessRevision)) {
            throw noCommonRevision(statelessRevision, [statelessRevision], supportedVersions);
        }
        return { revision: statelessRevision, has: declared(capabilities) };
    }

    async #answered(
        request: Request,
        connection: Omit<Connection, "has">,
        send: SendToServer,
        leaving?: AbortSignal,
    ): Promise<Record<string, unknown>> {
        const id = ++this.#lastId;
        const { method } = request;
        const params =
            connection.revision === statelessRevision
                ? { ...request.params, _meta: envelope }
                : request.params;
        const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
        return resultOf(await send(body, headersOf(connection, request), leaving), id);
    }
}

interface Request {
    method: string;
    params: Readonly<Record<string, unknown>>;
}

/** What is asked live needs, and what its answer must have. */
const liveRequests = {
    "prompts/get": { capability: "prompts", member: "messages" },
    "resources/read": { capability: "resources", member: "contents" },
} as const;

/** JSON-RPC 2.0, section 5.1. */
const methodNotFound = -32601;

/**
 * Whether an answer may say that the server does not know of the handshake, and so has done nothing: it is another
 * process or another image than then. Runtime passes on what a container refuses as an error of its own, with the
 * container's status in its words: 424, and over MCP 200 (runtime-mcp-protocol-contract page, sure).
 */
function isForgotten(error: unknown): boolean {
    if (!(error instanceof HttpRefusal || error instanceof JsonRpcFailure)) return false;
    const { httpStatus, message } = error;
    const isRuntimes = error instanceof JsonRpcFailure && error.code === runtimeClientError;
    if (httpStatus === 424 || isRuntimes) return /error \((?:400|404)\) from/.test(message);
    return httpStatus === 400 || httpStatus === 404;
}

/** Whether a server refuses the handshake as such, and may speak the revision without one. */
function isWithoutHandshake(error: unknown): boolean {
    if (error instanceof McpServerFailure && error.kind === "revision") return true;
    return isForgotten(error) || error instanceof JsonRpcFailure;
}

function noCommonRevision(
    offered: string,
    accepted: readonly string[],
    answered: unknown,
): McpServerFailure {
    const got = Array.isArray(answered) ? answered.join(", ") : String(answered);
    return new McpServerFailure(
        "revision",
        `the gateway asked for ${offered} and got ${got}; must be one of ${accepted.join(", ")}`,
    );
}

/** The MCP server must have tool capabilities, and may have others (gateway-target-MCPservers page, sure). */
function declared(capabilities: unknown): Connection["has"] {
    if (!isRecord(capabilities) || !isRecord(capabilities["tools"])) {
        throw new McpServerFailure("tools", "capabilities: got no tools; must have them");
    }
    const { prompts, resources } = capabilities;
    return { prompts: isRecord(prompts), resources: isRecord(resources) };
}

/** A result without what is about the hop to the server: its discriminator, and what the server says of itself. */
function ownResult(result: Record<string, unknown>, member: string): Record<string, unknown> {
    const { resultType = "complete", _meta, ...rest } = result;
    if (resultType !== "complete") {
        throw new McpServerFailure(
            "answer",
            `resultType: got ${String(resultType)}; a gateway without response streaming asks its clients for nothing more`,
        );
    }
    if (!Array.isArray(rest[member])) {
        throw new McpServerFailure("answer", `result.${member}: must be a list`);
    }
    const own = isRecord(_meta)
        ? Object.entries(_meta).filter(([key]) => !key.startsWith("io.modelcontextprotocol/"))
        : [];
    return own.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(own) };
}
