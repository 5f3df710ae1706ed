import { metaKeys, statelessRevision } from "../../agentcore/mcp";
import { gatewayClientInfo } from "../../agentcore/mcpServerTargets";
import type { ListedTool } from "./gatewayView";
import { resultOf, type ServerAnswer } from "./mcpAnswer";
import { HttpRefusal, JsonRpcFailure, McpServerFailure } from "./mcpServerFailure";
import { isRecord } from "./message";
import { ServerTools } from "./serverTools";

/**
 * Posts one message to the server, and reads the whole answer.
 *
 * @throws McpServerFailure when none comes in time.
 */
export type SendToServer = (
    body: string,
    headers: Readonly<Record<string, string>>,
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
    ): Promise<Record<string, unknown>> {
        const params = { name, arguments: args };
        return callResult(await this.#request({ method: "tools/call", params }, send));
    }

    async #request(request: Request, send: SendToServer): Promise<Record<string, unknown>> {
        const known = this.#connection;
        const connection = await this.#connected(send);
        try {
            return await this.#answered(request, connection, send);
        } catch (error) {
            if (known === undefined || !isForgotten(error)) throw error;
            // Of many calls that find out at once, one shakes hands.
            if (this.#connection === known) this.#connection = undefined;
            return this.#answered(request, await this.#connected(send), send);
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
        requireTools(capabilities);
        const sessionId = answer.headers["mcp-session-id"];
        const connection = { revision, ...(sessionId !== undefined && { sessionId }) };
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
        const connection = { revision: statelessRevision };
        const request = { method: "server/discover", params: {} };
        const { supportedVersions, capabilities } = await this.#answered(request, connection, send);
        if (!Array.isArray(supportedVersions) || !supportedVersions.includes(statelessRevision)) {
            throw noCommonRevision(statelessRevision, [statelessRevision], supportedVersions);
        }
        requireTools(capabilities);
        return connection;
    }

    async #answered(
        request: Request,
        connection: Connection,
        send: SendToServer,
    ): Promise<Record<string, unknown>> {
        const id = ++this.#lastId;
        const { method } = request;
        const params =
            connection.revision === statelessRevision
                ? { ...request.params, _meta: envelope }
                : request.params;
        const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
        return resultOf(await send(body, headersOf(connection, request)), id);
    }
}

interface Request {
    method: string;
    params: Readonly<Record<string, unknown>>;
}

/** Runtime answers 406 to a client that does not take both (runtime-mcp-protocol-contract page, sure). */
const postHeaders = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
} as const;

/** What each request of 2026-07-28 says of its client. */
const envelope = {
    [metaKeys.protocolVersion]: statelessRevision,
    "io.modelcontextprotocol/clientInfo": gatewayClientInfo,
    "io.modelcontextprotocol/clientCapabilities": {},
};

function headersOf(
    { revision, sessionId }: Connection,
    { method, params }: { method: string; params?: Readonly<Record<string, unknown>> },
): Record<string, string> {
    const name = params?.["name"];
    return {
        ...postHeaders,
        "mcp-protocol-version": revision,
        ...(sessionId !== undefined && { "mcp-session-id": sessionId }),
        ...(revision === statelessRevision && { "mcp-method": method }),
        ...(revision === statelessRevision &&
            typeof name === "string" && { "mcp-name": headerText(name) }),
    };
}

/** What a plain header cannot carry goes as `=?base64?…?=` (MCP 2026-07-28). */
function headerText(text: string): string {
    if (/^[!-~](?:[ -~]*[!-~])?$/.test(text) && !text.startsWith("=?base64?")) return text;
    return `=?base64?${Buffer.from(text).toString("base64")}?=`;
}

/**
 * Whether an answer may say that the server does not know of the handshake, and so has done nothing: it is another
 * process or another image than then. Runtime passes on what a container refuses as 424, with its status.
 */
function isForgotten(error: unknown): boolean {
    if (!(error instanceof HttpRefusal || error instanceof JsonRpcFailure)) return false;
    const { httpStatus, message } = error;
    if (httpStatus === 424) return /\((?:400|404)\)/.test(message);
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

/** The MCP server must have tool capabilities (gateway-target-MCPservers page, sure). */
function requireTools(capabilities: unknown): void {
    if (isRecord(capabilities) && isRecord(capabilities["tools"])) return;
    throw new McpServerFailure("tools", "capabilities: got no tools; must have them");
}

/** A result without what is about the hop to the server: its discriminator, and what the server says of itself. */
function callResult(result: Record<string, unknown>): Record<string, unknown> {
    const { resultType = "complete", _meta, ...rest } = result;
    if (resultType !== "complete") {
        throw new McpServerFailure(
            "answer",
            `resultType: got ${String(resultType)}; a gateway without response streaming asks its clients for nothing more`,
        );
    }
    if (!Array.isArray(rest["content"])) {
        throw new McpServerFailure("answer", "result.content: must be a list");
    }
    const own = isRecord(_meta)
        ? Object.entries(_meta).filter(([key]) => !key.startsWith("io.modelcontextprotocol/"))
        : [];
    return own.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(own) };
}
