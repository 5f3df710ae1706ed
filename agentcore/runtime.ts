import { parseArn } from "./arn";
import type { Certainty } from "./mcp";

/**
 * What AgentCore Runtime says: names, ARNs, its invocation URL, session ids, ports and errors. Each entry says how
 * well it is known, as in `mcp.ts`.
 */

/** The endpoint that every runtime has, and that follows its newest version (sure: botocore model). */
export const defaultQualifier = "DEFAULT";

/** Where a container listens for each protocol (sure: runtime-http- and runtime-mcp-protocol-contract pages). */
export const containerPorts = { HTTP: 8080, MCP: 8000 } as const;

/** The path that each protocol is served at in the container (sure: same pages). */
export const containerPaths = { HTTP: "/invocations", MCP: "/mcp" } as const;

/** A protocol that the program's runtimes speak. */
export type RuntimeProtocol = keyof typeof containerPorts;

/** Headers of InvokeAgentRuntime (sure: botocore model bedrock-agentcore 2024-02-28). */
export const runtimeHeaders = {
    sessionId: "x-amzn-bedrock-agentcore-runtime-session-id",
    userId: "x-amzn-bedrock-agentcore-runtime-user-id",
    requestId: "x-amzn-bedrock-agentcore-runtime-request-id",
    /** What starts so is passed on. */
    customPrefix: "x-amzn-bedrock-agentcore-runtime-custom-",
} as const;

/** The log group that a runtime's container writes to (sure: runtime-permissions page). */
export function runtimeLogGroup(runtimeId: string, qualifier: string = defaultQualifier): string {
    return `/aws/bedrock-agentcore/runtimes/${runtimeId}-${qualifier}`;
}

/** Characters of a session id (sure: botocore model; a session id of 32 characters is refused). */
export const sessionIdCharacters = { min: 33, max: 256 } as const;

/** What a resource policy of a runtime or an endpoint may allow or deny (sure: resource-based-policies page). */
export const runtimeActions = [
    "bedrock-agentcore:InvokeAgentRuntime",
    "bedrock-agentcore:InvokeAgentRuntimeForUser",
    "bedrock-agentcore:InvokeAgentRuntimeCommand",
    "bedrock-agentcore:InvokeAgentRuntimeCommandShell",
    "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream",
    "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser",
    "bedrock-agentcore:StopRuntimeSession",
    "bedrock-agentcore:GetAgentCard",
] as const;

/** The runtime of a workload: AgentCore takes no hyphen in a runtime's name. */
export function runtimeNameOf(workload: string): string {
    return workload.replaceAll("-", "_");
}

/** The ARN of a runtime's endpoint, which an invocation is authorized on too (sure: botocore model). */
export function runtimeEndpointArn(runtimeArn: string, qualifier: string = defaultQualifier) {
    return `${runtimeArn}/runtime-endpoint/${qualifier}`;
}

/** Whether the text is the ARN of one runtime (sure: botocore model). */
export function isRuntimeArn(text: string): boolean {
    return /^arn:aws[a-z-]*:bedrock-agentcore:[a-z0-9-]+:\d{12}:runtime\/[a-zA-Z][a-zA-Z0-9_]{0,47}-[a-zA-Z0-9]{10}$/.test(
        text,
    );
}

/** The runtime of a runtime's or an endpoint's ARN, and the endpoint's name. */
export function runtimeOfArn(arn: string): { runtimeArn: string; qualifier?: string } | undefined {
    const [, runtimeArn = "", qualifier] = /^(.*?)(?:\/runtime-endpoint\/(\w+))?$/.exec(arn) ?? [];
    if (!isRuntimeArn(runtimeArn)) return undefined;
    return { runtimeArn, ...(qualifier !== undefined && { qualifier }) };
}

/**
 * The URL that a runtime is invoked at, with the ARN encoded (sure: seed article and botocore model), as the
 * endpoint of a gateway's MCP server target must have it.
 */
export function runtimeUrl(runtimeArn: string, qualifier: string = defaultQualifier): string {
    const region = parseArn(runtimeArn)?.region ?? "";
    return `https://bedrock-agentcore.${region}.amazonaws.com/runtimes/${encodeURIComponent(runtimeArn)}/invocations?qualifier=${qualifier}`;
}

/** The runtime behind a URL of {@link runtimeUrl}; `undefined` for any other URL. */
export function runtimeOfUrl(url: string): { runtimeArn: string; qualifier: string } | undefined {
    const { hostname, pathname, searchParams } = new URL(url);
    const [, encoded = ""] = /^\/runtimes\/([^/]+)\/invocations$/.exec(pathname) ?? [];
    const runtimeArn = decodeURIComponent(encoded);
    const region = parseArn(runtimeArn)?.region ?? "";
    if (!isRuntimeArn(runtimeArn)) return undefined;
    if (!hostname.startsWith(`bedrock-agentcore.${region}.amazonaws.`)) return undefined;
    return { runtimeArn, qualifier: searchParams.get("qualifier") ?? defaultQualifier };
}

/** An error of InvokeAgentRuntime: as restJson has it, and as a runtime of protocol MCP answers. */
export interface RuntimeError {
    readonly code: string;
    readonly httpStatus: number;
    /** `<…>` is filled in. */
    readonly text: string;
    readonly jsonRpc: { code: number; text: string; httpStatus: number };
    readonly known: Certainty;
    readonly source: string;
}

const contract = "runtime-mcp-protocol-contract page; botocore model bedrock-agentcore 2024-02-28";

/**
 * What a runtime answers where it does not answer with the container's own words. In JSON-RPC all but 401, 403 and 406
 * go with HTTP 200 (sure: runtime-mcp-protocol-contract page, "Error handling").
 */
export const runtimeErrors = {
    authentication: {
        code: "MissingAuthenticationTokenException",
        httpStatus: 403,
        text: "Missing Authentication Token",
        jsonRpc: {
            code: -32001,
            text: "Authentication error - Invalid credentials",
            httpStatus: 401,
        },
        known: "inferred",
        source: contract,
    },
    accessDenied: {
        code: "AccessDeniedException",
        httpStatus: 403,
        text: "<reason>",
        jsonRpc: {
            code: -32002,
            text: "Authorization error - Insufficient permissions",
            httpStatus: 403,
        },
        known: "sure",
        source: "agentcore-cli#607 has the reason's words; " + contract,
    },
    unknownEndpoint: {
        code: "ResourceNotFoundException",
        httpStatus: 404,
        text: "No endpoint or agent found with qualifier '<qualifier>' for agent '<runtimeArn>'",
        jsonRpc: {
            code: -32004,
            text: "Resource not found - Requested resource does not exist",
            httpStatus: 200,
        },
        known: "inferred",
        source: "agentcore-cli#814 has the start of the text; " + contract,
    },
    validation: {
        code: "ValidationException",
        httpStatus: 400,
        text: "<reason>",
        jsonRpc: {
            code: -32006,
            text: "Validation error - Invalid request data",
            httpStatus: 200,
        },
        known: "inferred",
        source: contract,
    },
    conflict: {
        code: "RetryableConflictException",
        httpStatus: 409,
        text: "Session operation in progress, please retry",
        jsonRpc: {
            code: -32005,
            text: "Session operation in progress, please retry",
            httpStatus: 200,
        },
        known: "sure",
        source: contract,
    },
    throttled: {
        code: "ThrottlingException",
        httpStatus: 429,
        text: "Rate exceeded",
        jsonRpc: {
            code: -32003,
            text: "Rate limit exceeded - Too many requests",
            httpStatus: 200,
        },
        known: "inferred",
        source: contract,
    },
    client: {
        code: "RuntimeClientError",
        httpStatus: 424,
        text: "Received error (<status>) from runtime. Please check your CloudWatch logs for more information.",
        jsonRpc: {
            code: -32010,
            text: "Tool execution error - Please check your CloudWatch logs for more information",
            httpStatus: 200,
        },
        known: "sure",
        source:
            "captured answers with 404, 422, 500 and 502, of HTTP and of MCP; the status over MCP: " +
            contract,
    },
    notAcceptable: {
        code: "McpRequestUnacceptableException",
        httpStatus: 406,
        text: "Accept Header Error - MCP protocol requires Accept header: application/json, text/event-stream",
        jsonRpc: {
            code: -32011,
            text: "Accept Header Error - MCP protocol requires Accept header: application/json, text/event-stream",
            httpStatus: 406,
        },
        known: "sure",
        source: contract,
    },
} as const satisfies Record<string, RuntimeError>;
