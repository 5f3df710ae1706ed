import {
    gatewayErrors,
    metaKeys,
    revisionWithoutHeader,
    statelessRevision,
} from "../../agentcore/mcp";
import { isRecord, type McpMessage } from "./message";
import { McpRefusal } from "./refusal";

/** How a message is meant: after a handshake, or by itself as since 2026-07-28. */
export type Era = "handshake" | "stateless";

/**
 * The era of a message, once its headers and its body agree on a revision that the gateway has.
 *
 * `_meta` alone does not make a message stateless: mcp-proxy-for-aws puts `AWS_REGION` there.
 *
 * @throws McpRefusal when they do not.
 */
export function eraOf(
    message: McpMessage,
    headers: Readonly<Record<string, string | undefined>>,
    supportedVersions: readonly string[],
): Era {
    const header = headers["mcp-protocol-version"];
    const claimed = claimedRevision(message);
    if (claimed !== undefined && claimed !== header) {
        throw mismatch("MCP-Protocol-Version", header, claimed);
    }
    if (header !== undefined || message.method !== "initialize") {
        assertSupported(header ?? revisionWithoutHeader, supportedVersions);
    }
    if (header !== statelessRevision) return "handshake";
    if (message.id !== undefined) assertStatelessRequest(message, headers, claimed);
    return "stateless";
}

/**
 * The revision that `initialize` answers: the requested one or, as MCP has it, the newest that the
 * gateway can shake hands on. That AWS does so is inferred: clients that asked a gateway of only 2025-03-26
 * for a newer one were answered 2025-03-26 (microsoft/vscode#308766).
 *
 * @throws McpRefusal when the gateway speaks only revisions without a handshake.
 */
export function handshakeRevision(requested: string, supportedVersions: readonly string[]): string {
    const possible = supportedVersions.filter((version) => version !== statelessRevision);
    if (possible.includes(requested)) return requested;
    const newest = [...possible].sort().at(-1);
    if (newest === undefined) throw unsupported(requested, supportedVersions);
    return newest;
}

function claimedRevision({ params }: McpMessage): string | undefined {
    const meta = params["_meta"];
    const revision = isRecord(meta) ? meta[metaKeys.protocolVersion] : undefined;
    return typeof revision === "string" ? revision : undefined;
}

function assertSupported(requested: string, supported: readonly string[]): void {
    if (!supported.includes(requested)) throw unsupported(requested, supported);
}

function unsupported(requested: string, supported: readonly string[]): McpRefusal {
    const data = { requested, supported: [...supported] };
    return new McpRefusal(gatewayErrors.unsupportedVersion, requested, data);
}

function assertStatelessRequest(
    { method, params }: McpMessage,
    headers: Readonly<Record<string, string | undefined>>,
    claimed: string | undefined,
): void {
    if (claimed === undefined) throw new McpRefusal(gatewayErrors.missingEnvelope);
    if (headers["mcp-method"] !== method) {
        throw mismatch("Mcp-Method", headers["mcp-method"], method);
    }
    const name = params[named[method] ?? ""];
    if (typeof name !== "string") return;
    const header = headers["mcp-name"];
    if (header === undefined || decodedHeader(header) !== name) {
        throw mismatch("Mcp-Name", header, name);
    }
}

/** What `Mcp-Name` repeats (sure: gateway-using-mcp-call, -prompts-get and -resources-read pages). */
const named: Readonly<Record<string, string>> = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
};

/** What a plain header cannot carry comes as `=?base64?…?=` (MCP 2026-07-28). */
function decodedHeader(value: string): string {
    const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
    return encoded === undefined ? value : Buffer.from(encoded, "base64").toString("utf8");
}

function mismatch(header: string, got: string | undefined, body: string): McpRefusal {
    const found = got === undefined ? `no ${header}` : `${header} ${got}`;
    return new McpRefusal(gatewayErrors.headerMismatch, `${found}, but the body has ${body}`);
}
