/**
 * What a gateway says over MCP. Each entry says how well it is known: *sure* is AWS's documentation or a
 * captured answer of AWS, *inferred* is a guess that a live check may correct, here and nowhere else.
 */

/**
 * MCP revisions that gateways speak, newest first.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-using.html (sure).
 */
export const mcpRevisions = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"] as const;

/** The revision without sessions or handshake: each request says all of itself (sure, same page). */
export const statelessRevision = "2026-07-28";

/** All that a gateway accepts whose `supportedVersions` is not set (sure: captured answers). */
export const revisionWhenUnset = "2025-03-26";

/**
 * What a request without `MCP-Protocol-Version` is taken for.
 *
 * Source: https://modelcontextprotocol.io/specification/2025-06-18/basic/transports (sure for MCP,
 * inferred for gateways).
 */
export const revisionWithoutHeader = "2025-03-26";

/** `serverInfo` as in the example of AWS's gateway-using page (sure there, inferred for all gateways). */
export const gatewayServerInfo = { name: "agentcore-gateway", version: "1.0.0" } as const;

/** A gateway's capabilities as in the same example (inferred). */
export const gatewayCapabilities = { tools: { listChanged: true } } as const;

/** What a gateway declares besides where it has a target that may have prompts and resources (inferred). */
export const mcpServerCapabilities = {
    prompts: { listChanged: true },
    resources: { listChanged: true },
} as const;

/** Tools on a page of `tools/list`; AWS pages, but does not say by how many (inferred). */
export const toolsPerPage = 100;

/** The same of prompts, resources and their templates (inferred). */
export const entriesPerPage = toolsPerPage;

/**
 * The tool that gateways with semantic search have besides their targets', first in the list. Its name and
 * description are AWS's (sure: captured lists; gateway-using-mcp-semantic-search page), as are its schema's keywords;
 * the words about `query` are those of AWS's samples (inferred).
 */
export const toolSearchTool = {
    name: "x_amz_bedrock_agentcore_search",
    description:
        "A special tool that returns a trimmed down list of tools given a context. Use this tool only when there are many tools available and you want to get a subset that matches the provided context.",
    inputSchema: {
        type: "object",
        properties: {
            query: { type: "string", description: "search query to use for finding tools" },
        },
        required: ["query"],
    },
} as const;

/** The most tools that a search finds (sure: AWS's samples; "the initial implementation"). */
export const toolSearchResults = 10;

/** How long clients may keep a 2026-07-28 list, and for whom: not at all, the caller (inferred). */
export const listCaching = { ttlMs: 0, cacheScope: "private" } as const;

/** Largest request: 6 MB (sure: bedrock-agentcore-limits page). */
export const maxRequestBytes = 6 * 1024 * 1024;

/** Levels of a request's JSON; AWS does not say how many it takes, and has to stop somewhere (inferred). */
export const maxRequestLevels = 1000;

/**
 * Whether a gateway takes a body that is not signed, `UNSIGNED-PAYLOAD`. AWS's JavaScript signer makes that of a
 * body that streams, whatever the service; no operation of AgentCore's service models asks for it (inferred).
 */
export const gatewayUnsignedPayload: "accepted" | "refused" = "accepted";

/** Keys of `_meta` in revision 2026-07-28 (sure: the MCP specification). */
export const metaKeys = {
    protocolVersion: "io.modelcontextprotocol/protocolVersion",
    serverInfo: "io.modelcontextprotocol/serverInfo",
} as const;

/** How well a line of the table is known. */
export type Certainty = "sure" | "inferred";

/** A refusal: a JSON-RPC error and its HTTP status. `<…>` in the text is filled in. */
export interface GatewayError {
    readonly code: number;
    readonly httpStatus: number;
    readonly text: string;
    readonly known: Certainty;
    readonly source: string;
}

/** A call that reached the target and failed there: HTTP 200, `isError: true`, and this text. */
export interface ToolFailure {
    readonly text: string;
    readonly known: Certainty;
    readonly source: string;
}

const contract = "runtime-mcp-protocol-contract page, for runtimes";
const jsonRpc = "JSON-RPC 2.0";
const debugPage = "gateway-debug-messages page";

/** Every refusal and failure text of the gateway, in one place. */
export const gatewayErrors = {
    authentication: {
        code: -32001,
        httpStatus: 401,
        text: "Authentication error - Invalid credentials",
        known: "inferred",
        source: contract,
    },
    authorization: {
        code: -32002,
        httpStatus: 403,
        text: "Authorization error - Insufficient permissions",
        known: "inferred",
        source: `${contract}; the status: a live test in a source article`,
    },
    notJson: {
        code: -32700,
        httpStatus: 400,
        text: "Parse error: the body is not JSON",
        known: "inferred",
        source: jsonRpc,
    },
    tooLarge: {
        code: -32600,
        httpStatus: 413,
        text: "Request too large: got <bytes> bytes, at most 6291456",
        known: "inferred",
        source: "the size: bedrock-agentcore-limits page",
    },
    notJsonRpc: {
        code: -32600,
        httpStatus: 400,
        text: "Invalid request: <reason>",
        known: "inferred",
        source: jsonRpc,
    },
    batch: {
        code: -32600,
        httpStatus: 400,
        text: "Invalid request: batches are not supported, send one message per request",
        known: "inferred",
        source: "MCP 2025-06-18 removed batches; 2025-03-26 has them, gateways are not seen to",
    },
    unsupportedVersion: {
        code: -32600,
        httpStatus: 400,
        text: "Unsupported protocol version: <requested>",
        known: "sure",
        source: "captured answers, data {requested, supported}; the status: the MCP specification",
    },
    headerMismatch: {
        code: -32020,
        httpStatus: 400,
        text: "Header mismatch: <reason>",
        known: "inferred",
        source: "MCP 2026-07-28; gateway-using page for the headers themselves",
    },
    missingEnvelope: {
        code: -32602,
        httpStatus: 400,
        text: "Invalid params: _meta must have io.modelcontextprotocol/protocolVersion",
        known: "inferred",
        source: "MCP 2026-07-28 as its TypeScript SDK reads it",
    },
    unknownMethod: {
        code: -32601,
        httpStatus: 200,
        text: "Method not found: <method>",
        known: "inferred",
        source: jsonRpc,
    },
    invalidParams: {
        code: -32602,
        httpStatus: 200,
        text: "Invalid params: <reason>",
        known: "inferred",
        source: jsonRpc,
    },
    unknownTool: {
        code: -32602,
        httpStatus: 200,
        text: "Unknown tool: <name>",
        known: "inferred",
        source: "emulators; gateway-using-mcp-call page has 404, one report has -32002",
    },
    unknownPrompt: {
        code: -32602,
        httpStatus: 200,
        text: "Unknown prompt: <name>",
        known: "inferred",
        source: "as for tools; gateway-using-mcp-prompts-get page has 404",
    },
    unknownResource: {
        code: -32002,
        httpStatus: 200,
        text: "Resource not found: <uri>",
        known: "inferred",
        source: "the MCP specification, resources; gateway-using-mcp-resources-read page has 404",
    },
    targetFailed: {
        text: "An internal error occurred. Please retry later.",
        known: "sure",
        source: debugPage,
    },
    lambdaAccessDenied: {
        text: "Access denied while invoking Lambda function <arn>. Check the permissions on the Lambda function and Gateway execution role, and retry the request.",
        known: "sure",
        source: debugPage,
    },
    cannotAssumeRole: {
        text: "Gateway service is not authorized to assume the execution role",
        known: "inferred",
        source: "status reason of a failed target, in issues",
    },
} as const satisfies Record<string, GatewayError | ToolFailure>;

/**
 * What a Lambda target is told beside its arguments, in `context.clientContext.custom`.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-add-target-lambda.html (sure).
 */
export interface LambdaTargetContext {
    gatewayId: string;
    targetId: string;
    /** As the client called it, with the target's name before it. */
    qualifiedToolName: string;
    requestId: string;
    messageId: string | number;
}

/** {@link LambdaTargetContext} in AWS's keys; the version and the keys are sure. */
export function lambdaTargetClientContext(context: LambdaTargetContext): {
    custom: Record<string, string>;
} {
    return {
        custom: {
            bedrockAgentCoreMessageVersion: "1.0",
            bedrockAgentCoreAwsRequestId: context.requestId,
            bedrockAgentCoreMcpMessageId: String(context.messageId),
            bedrockAgentCoreGatewayId: context.gatewayId,
            bedrockAgentCoreTargetId: context.targetId,
            bedrockAgentCoreToolName: context.qualifiedToolName,
        },
    };
}
