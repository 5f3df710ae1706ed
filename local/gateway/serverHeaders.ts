import { metaKeys, statelessRevision } from "../../agentcore/mcp";
import { gatewayClientInfo } from "../../agentcore/mcpServerTargets";

/** Runtime answers 406 to a client that does not take both (runtime-mcp-protocol-contract page, sure). */
export const postHeaders = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
} as const;

/** What each request of 2026-07-28 says of its client. */
export const envelope = {
    [metaKeys.protocolVersion]: statelessRevision,
    "io.modelcontextprotocol/clientInfo": gatewayClientInfo,
    "io.modelcontextprotocol/clientCapabilities": {},
};

/** The headers of a message to a server, by what a handshake with it came to. */
export function headersOf(
    { revision, sessionId }: { revision: string; sessionId?: string },
    { method, params }: { method: string; params?: Readonly<Record<string, unknown>> },
): Record<string, string> {
    // Of a resource, its URI is what is named (MCP 2026-07-28).
    const name = params?.["name"] ?? params?.["uri"];
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
