import { parseArn } from "./arn";
import type { Certainty, GatewayError } from "./mcp";
import { mcpRevisions, statelessRevision } from "./mcp";
import { runtimeErrors, runtimeOfUrl, runtimeUrl } from "./runtime";

/**
 * What a gateway does and says as the client of an MCP server target. Each entry says how well it is known, as in
 * `mcp.ts`.
 */

/** The session of the gateway's role that MCP servers are called with (sure: a captured status reason). */
export const mcpServerSessionName = "mcp-iam-auth-session";

/** What a gateway calls itself in its handshake (inferred: the same as to its own clients). */
export const gatewayClientInfo = { name: "agentcore-gateway", version: "1.0.0" } as const;

/**
 * How long a gateway waits, and how much it reads. A call and a payload: bedrock-agentcore-limits page; that an answer
 * is a payload too is a guess. The handshake with its lists: longer than a runtime may take to start (inferred).
 */
export const mcpServerLimits = {
    handshakeSeconds: 60,
    callSeconds: 900,
    answerBytes: 6 * 1024 * 1024,
} as const;

/**
 * The revision that a gateway offers in its handshake: its newest that has one. A gateway of only 2026-07-28 was seen
 * to shake hands by 2025-11-25 all the same (marcinbelczewski/agentcore-gw-mcp2).
 */
export function offeredRevision(supportedVersions: readonly string[]): string {
    return acceptedRevisions(supportedVersions)[0] ?? newestHandshake;
}

/** The revisions that a server may answer a handshake with, newest first. */
export function acceptedRevisions(supportedVersions: readonly string[]): readonly string[] {
    const own = handshakeRevisions.filter((revision) => supportedVersions.includes(revision));
    return own.length > 0 ? own : [newestHandshake];
}

const newestHandshake = "2025-11-25";
const handshakeRevisions = mcpRevisions.filter((revision) => revision !== statelessRevision);

/** A reason in words that targets were seen to fail with. */
export interface TargetFailureText {
    readonly text: string;
    readonly known: Certainty;
    readonly source: string;
}

const seen = "status reasons of failed targets, in public repositories";

/**
 * What a target's status reason says that it failed with: `denied` and `role` as they are, the others after
 * `Failed to connect and fetch tools from the provided MCP target server. Error - `. `<…>` is filled in.
 */
export const targetFailureTexts = {
    denied: { text: "<reason>", known: "sure", source: `${seen}: the runtime's own words` },
    role: {
        text: "Gateway service is not authorized to assume the execution role",
        known: "sure",
        source: seen,
    },
    unreachable: {
        text: "Unable to connect to the MCP server. Please check the server",
        known: "sure",
        source: seen,
    },
    unauthorized: {
        text: "Authorization error when sending message",
        known: "sure",
        source: seen,
    },
    refused: { text: "Received error (<status>) from runtime.", known: "sure", source: seen },
    revision: { text: "Unsupported protocol version", known: "sure", source: seen },
    answer: {
        text: "The MCP server's answer cannot be read",
        known: "inferred",
        source: "no capture",
    },
    tools: {
        text: "The MCP server's tools cannot be taken",
        known: "inferred",
        source: "no capture",
    },
} as const satisfies Record<string, TargetFailureText>;

/** What a gateway says of MCP server targets to its own clients. */
export const mcpServerErrors = {
    /** A list, a prompt or a resource that a server is asked for live, and does not answer. */
    liveFailed: {
        code: -32603,
        httpStatus: 200,
        text: "An internal error occurred. Please retry later.<details>",
        known: "inferred",
        source: "gateway-debug-messages page, for calls",
    },
    /** What the server itself finds wrong with a client's request; its own code takes this one's place. */
    passedOn: {
        code: -32602,
        httpStatus: 200,
        text: "<message>",
        known: "inferred",
        source: "gateway-using-mcp-prompts-get and -resources-read pages: proxied live, MCP's own errors",
    },
} as const satisfies Record<string, GatewayError>;

/** The priority of a target's resources where its configuration has none (sure: botocore model). */
export const defaultResourcePriority = 1000;

/** Prompts, resources and templates of one server, of each; AWS says it of tools only (inferred: as many). */
export const maxEntriesPerList = 1000;

/** A runtime's JSON-RPC error for what its container answers outside of 2xx, whose status its message names. */
export const runtimeClientError = runtimeErrors.client.jsonRpc.code;

/**
 * Errors of a server about what its client asked, which the client is told as they are: invalid params, and no such
 * resource. AWS's pages have them as errors of their own beside an internal one (inferred: that they pass).
 */
export const passedErrorCodes: readonly number[] = [-32602, -32002];

/** A service that verifies signatures, and so can be the host of an MCP server under IAM. */
export type SignedHost = "runtime" | "gateway" | "execute-api" | "lambda";

/**
 * The service behind a host; `undefined` for load balancers, EC2 and all others, which verify no signatures.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-target-MCPservers.html (sure).
 */
export function signedHostOf(url: string): SignedHost | undefined {
    const { hostname } = new URL(url);
    return signedHosts.find(({ pattern }) => pattern.test(hostname))?.host;
}

const signedHosts: readonly { host: SignedHost; pattern: RegExp }[] = [
    { host: "runtime", pattern: /^bedrock-agentcore\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/ },
    {
        host: "gateway",
        pattern: /^[a-z0-9-]+\.gateway\.bedrock-agentcore\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/,
    },
    {
        host: "execute-api",
        pattern: /^[a-z0-9-]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/,
    },
    { host: "lambda", pattern: /^[a-z0-9]+\.lambda-url\.[a-z0-9-]+\.on\.aws$/ },
];

/**
 * What is wrong with an endpoint at AgentCore Runtime, with the one that it should be; `undefined` when it is right.
 *
 * The URL must be encoded, because the gateway calls it as it is given (gateway-target-MCPservers page, sure).
 */
export function runtimeEndpointProblem(url: string): string | undefined {
    const { hostname, pathname, searchParams } = new URL(url);
    const [, encoded] = /^\/runtimes\/([^/]+)\/invocations$/.exec(pathname) ?? [];
    // Taken from the text, not from the URL's path, in which `//` and dots have been worked on already.
    const [, raw = ""] = /\/runtimes\/(.+?)\/invocations(?:[?#]|$)/.exec(url) ?? [];
    const runtimeArn = decoded(raw);
    const region = parseArn(runtimeArn)?.region;
    if (region === undefined) {
        if (encoded !== undefined && /^[\w-]+$/.test(encoded)) {
            return searchParams.has("accountId")
                ? undefined
                : "accountID is required with a runtime's id";
        }
        return "must be https://bedrock-agentcore.<region>.amazonaws.com/runtimes/<encoded runtime ARN>/invocations?qualifier=<endpoint>";
    }
    const right = runtimeUrl(runtimeArn, searchParams.get("qualifier") ?? undefined);
    if (
        encoded === undefined ||
        encoded.toUpperCase() !== encodeURIComponent(runtimeArn).toUpperCase()
    ) {
        return `the ARN must be percent-encoded, as in ${right}`;
    }
    if (runtimeOfUrl(url) === undefined) {
        return `must be the ARN of a runtime of the host ${hostname}'s region, as in ${right}`;
    }
    return undefined;
}

function decoded(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return "";
    }
}
