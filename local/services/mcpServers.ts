import { sigv4Fetch } from "../../sigv4-fetch/src/index.js";
import {
    acceptedRevisions,
    mcpServerLimits,
    mcpServerSessionName,
    offeredRevision,
} from "../../agentcore/mcpServerTargets";
import type { ListedTool } from "../gateway/gatewayView";
import { McpServerFailure } from "../gateway/mcpServerFailure";
import { McpServerTarget, type SendToServer } from "../gateway/mcpServerTarget";
import { AnswerTooLarge, KeepAliveFetch } from "./keepAliveFetch";
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
    /** @default a fetch that keeps its connections to loopback */
    fetch?: typeof fetch;
    /** @default AWS's */
    limits?: { handshakeSeconds: number; callSeconds: number };
}

/** Calls MCP servers over HTTP as gateways do: signed with the gateway's role, within a bounded time. */
export class McpServers {
    readonly #http = new KeepAliveFetch(mcpServerLimits.answerBytes);
    readonly #signers = new WeakMap<SessionKey, Map<string, typeof fetch>>();
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
        return client.listTools(
            this.#send(gateway, server, handshakeSeconds),
            bound(handshakeSeconds),
        );
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
        return client.callTool(name, args, send, bound(callSeconds));
    }

    /** Closes the connections. */
    close(): void {
        this.#http.close();
    }

    #send(gateway: CallingGateway, server: McpServer, seconds: number): SendToServer {
        return async (body, headers, signal) => {
            const signed = this.#signer(this.#session(gateway), server);
            try {
                const answer = await signed(this.#urlOf(server), {
                    method: "POST",
                    headers,
                    body,
                    signal,
                });
                return {
                    httpStatus: answer.status,
                    headers: Object.fromEntries(answer.headers),
                    body: await answer.text(),
                };
            } catch (error) {
                throw failureOf(error, signal, seconds);
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

    #signer(session: SessionKey, { service, region }: McpServer): typeof fetch {
        const signers = this.#signers.get(session) ?? new Map<string, typeof fetch>();
        this.#signers.set(session, signers);
        const scope = `${region}/${service}`;
        const known = signers.get(scope);
        if (known !== undefined) return known;
        const made = sigv4Fetch({
            service,
            region,
            credentials: session,
            fetch: this.options.fetch ?? this.#http.fetch,
        });
        signers.set(scope, made);
        return made;
    }

    /** AWS's own host names are the local cloud's; the path and the query are called as they are given. */
    #urlOf({ endpoint }: McpServer): string {
        const { pathname, search } = new URL(endpoint);
        return `${this.options.dataPlaneUrl()}${pathname}${search}`;
    }
}

function bound(seconds: number): AbortSignal {
    return AbortSignal.timeout(seconds * 1000);
}

function failureOf(error: unknown, signal: AbortSignal, seconds: number): McpServerFailure {
    if (signal.aborted) return new McpServerFailure("unreachable", `no answer within ${seconds} s`);
    if (error instanceof AnswerTooLarge) return new McpServerFailure("answer", error.message);
    const { code, message, cause } = error as NodeJS.ErrnoException;
    const reason = cause instanceof Error ? cause.message : message;
    return new McpServerFailure("unreachable", code ?? reason);
}
