import {
    acceptedRevisions,
    mcpServerLimits,
    mcpServerSessionName,
    offeredRevision,
} from "../../agentcore/mcpServerTargets";
import type { ListedTool } from "../gateway/gatewayView";
import { AnswerTooLarge, AnswerTooLate, KeepAlivePost, type Post } from "../gateway/keepAlivePost";
import { McpServerFailure } from "../gateway/mcpServerFailure";
import { McpServerTarget, type SendToServer } from "../gateway/mcpServerTarget";
import { signedHeaders } from "../gateway/signedHeaders";
import type { SessionKey } from "./sessionKey";
import type { Sts } from "./sts";

/** A gateway as the one that calls. */
export interface CallingGateway {
    gatewayArn: string;
    roleArn: string;
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
    /** @default HTTP over connections that are kept */
    post?: Post;
    /** @default Date.now */
    now?: () => number;
    /** @default AWS's */
    limits?: { handshakeSeconds: number; callSeconds: number };
}

/** Calls MCP servers over HTTP as gateways do: signed with the gateway's role, within a bounded time. */
export class McpServers {
    readonly #http = new KeepAlivePost();
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

    /** @throws McpServerFailure */
    callTool(
        client: McpServerTarget,
        gateway: CallingGateway,
        server: McpServer,
        name: string,
        args: Readonly<Record<string, unknown>>,
    ): Promise<Record<string, unknown>> {
        const { callSeconds } = this.#limits;
        const send = this.#send(gateway, server, callSeconds);
        return client.callTool(name, args, send);
    }

    /** Closes the connections. */
    close(): void {
        this.#http.close();
    }

    /** Of the operation's messages, all together may take that long. */
    #send(gateway: CallingGateway, server: McpServer, seconds: number): SendToServer {
        const { post = this.#http.post, now = Date.now } = this.options;
        const url = this.#urlOf(server);
        const end = performance.now() + seconds * 1000;
        return async (body, headers) => {
            const key = this.#session(gateway);
            const signed = signedHeaders({ url, headers, body }, key, server, now());
            const timeoutMs = Math.max(1, end - performance.now());
            try {
                return await post({ url, headers: signed, body, timeoutMs });
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
    if (error instanceof AnswerTooLarge) return new McpServerFailure("answer", error.message);
    const { code, message } = error as NodeJS.ErrnoException;
    return new McpServerFailure("unreachable", code ?? message);
}
