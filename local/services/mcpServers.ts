import {
    acceptedRevisions,
    mcpServerLimits,
    mcpServerSessionName,
    offeredRevision,
} from "../../agentcore/mcpServerTargets";
import type { ListedTool, ListName, LiveRequest, ServerLists } from "../gateway/gatewayView";
import { McpServerFailure } from "../gateway/mcpServerFailure";
import { McpServerTarget, type SendToServer } from "../gateway/mcpServerTarget";
import { AnswerTooLarge, AnswerTooLate, ClientLeft, type Post } from "../gateway/ownPost";
import { signedHeaders } from "../gateway/signedHeaders";
import type { SessionKey } from "./sessionKey";
import type { Sts } from "./sts";

/** A gateway as the one that calls. */
export interface CallingGateway {
    gatewayArn: string;
    roleArn: string;
    /** The request that it calls for. */
    requestId?: string;
}

/** An MCP server, and what calls of it are signed for. */
export interface McpServer {
    endpoint: string;
    service: string;
    region: string;
}

/** What the gateways' calls of MCP servers go through. */
export interface McpServersOptions {
    sts: Pick<Sts, "serviceSession">;
    /** Where the local cloud serves what AWS serves at `bedrock-agentcore.<region>.amazonaws.com`. */
    dataPlaneUrl: () => string;
    post: Post;
    /** Told which request was made for which. @default nobody */
    onCall?: (parentId: string, requestId: string) => void;
    /** @default Date.now */
    now?: () => number;
    /** @default AWS's */
    limits?: { handshakeSeconds: number; callSeconds: number };
}

/** Calls MCP servers as gateways do: signed with the gateway's role, within a bounded time. */
export class McpServers {
    readonly #limits: { handshakeSeconds: number; callSeconds: number };

    constructor(private readonly options: McpServersOptions) {
        this.#limits = options.limits ?? mcpServerLimits;
    }

    /**
     * A client that has not shaken hands yet.
     *
     * @param stateless Whether a server without the handshake will do.
     */
    client(supportedVersions: readonly string[], stateless: boolean): McpServerTarget {
        return new McpServerTarget({
            offered: offeredRevision(supportedVersions),
            accepted: acceptedRevisions(supportedVersions),
            stateless,
        });
    }

    /** @throws McpServerFailure */
    listTools(
        client: McpServerTarget,
        gateway: CallingGateway,
        server: McpServer,
    ): Promise<ListedTool[]> {
        const { handshakeSeconds } = this.#limits;
        return client.listTools(this.#send(gateway, server, handshakeSeconds));
    }

    /** All that a server lists, in the time of one handshake. @throws McpServerFailure */
    async listAll(
        client: McpServerTarget,
        gateway: CallingGateway,
        server: McpServer,
    ): Promise<{ tools: ListedTool[]; lists: ServerLists }> {
        const { handshakeSeconds } = this.#limits;
        const send = this.#send(gateway, server, handshakeSeconds);
        return {
            tools: await client.listTools(send),
            lists: {
                prompts: await client.list("prompts", send),
                resources: await client.list("resources", send),
                resourceTemplates: await client.list("resourceTemplates", send),
            },
        };
    }

    /** @throws McpServerFailure */
    list<Name extends ListName>(
        client: McpServerTarget,
        gateway: CallingGateway,
        server: McpServer,
        name: Name,
    ): Promise<ServerLists[Name]> {
        const { handshakeSeconds } = this.#limits;
        return client.list(name, this.#send(gateway, server, handshakeSeconds));
    }

    /** A prompt or a resource; `undefined` where the server has none. @throws McpServerFailure */
    ask(
        client: McpServerTarget,
        gateway: CallingGateway,
        server: McpServer,
        request: LiveRequest,
        leaving?: AbortSignal,
    ): Promise<Record<string, unknown> | undefined> {
        const { callSeconds } = this.#limits;
        return client.ask(request, this.#send(gateway, server, callSeconds), leaving);
    }

    /** @throws McpServerFailure */
    callTool(
        client: McpServerTarget,
        gateway: CallingGateway,
        server: McpServer,
        name: string,
        args: Readonly<Record<string, unknown>>,
        leaving?: AbortSignal,
    ): Promise<Record<string, unknown>> {
        const { callSeconds } = this.#limits;
        const send = this.#send(gateway, server, callSeconds);
        return client.callTool(name, args, send, leaving);
    }

    /** Of the operation's messages, all together may take that long. */
    #send(gateway: CallingGateway, server: McpServer, seconds: number): SendToServer {
        const { post, onCall, now = Date.now } = this.options;
        const { requestId: parentId } = gateway;
        const url = this.#urlOf(server);
        const end = performance.now() + seconds * 1000;
        return async (body, headers, leaving) => {
            const key = this.#session(gateway);
            const signed = signedHeaders({ url, headers, body }, key, server, now());
            const timeoutMs = Math.max(1, end - performance.now());
            try {
                const left = leaving === undefined ? {} : { leaving };
                const answer = await post({ url, headers: signed, body, timeoutMs, ...left });
                const callId = answer.headers["x-amzn-requestid"];
                if (parentId !== undefined && callId !== undefined) onCall?.(parentId, callId);
                return answer;
            } catch (error) {
                throw failureOf(error, seconds);
            }
        };
    }

    #session({ gatewayArn, roleArn }: CallingGateway): SessionKey {
        const source = { accountId: gatewayArn.split(":")[4] ?? "", arn: gatewayArn };
        const session = this.options.sts.serviceSession(
            roleArn,
            "bedrock-agentcore.amazonaws.com",
            source,
            mcpServerSessionName,
        );
        if (session === undefined) {
            throw new McpServerFailure("role", `roleArn: got ${roleArn}`);
        }
        return session;
    }

    /** AWS's own host names are the local cloud's; the path and the query are called as they are given. */
    #urlOf({ endpoint }: McpServer): URL {
        const { pathname, search } = new URL(endpoint);
        return new URL(`${this.options.dataPlaneUrl()}${pathname}${search}`);
    }
}

function failureOf(error: unknown, seconds: number): McpServerFailure {
    if (error instanceof AnswerTooLate) {
        return new McpServerFailure("unreachable", `no answer within ${seconds} s`);
    }
    if (error instanceof ClientLeft) return new McpServerFailure("unreachable", error.message);
    if (error instanceof AnswerTooLarge) return new McpServerFailure("answer", error.message);
    const { code, message } = error as NodeJS.ErrnoException;
    return new McpServerFailure("unreachable", code ?? message);
}
