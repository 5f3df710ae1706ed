import { isUtf8 } from "node:buffer";
import { gatewayErrors, maxRequestBytes, maxRequestLevels } from "../../agentcore/mcp";
import { McpRefusal } from "./refusal";

/** A JSON-RPC request, or a notification where it has no id. */
export interface McpMessage {
    id: string | number | undefined;
    method: string;
    params: Readonly<Record<string, unknown>>;
}

/**
 * The one JSON-RPC message that a body has to be.
 *
 * @throws McpRefusal for anything else.
 */
export function parseMessage(body: Uint8Array): McpMessage {
    if (body.byteLength > maxRequestBytes) {
        throw new McpRefusal(gatewayErrors.tooLarge, String(body.byteLength));
    }
    const json = parseJson(body);
    // A level takes two bytes, so that a short body is not looked at.
    if (body.byteLength > 2 * maxRequestLevels && !hasAtMostLevels(json, maxRequestLevels)) {
        throw notJsonRpc(`more than ${maxRequestLevels} levels`);
    }
    if (Array.isArray(json)) throw new McpRefusal(gatewayErrors.batch);
    if (!isRecord(json)) throw notJsonRpc("not an object");
    const { jsonrpc, id, method, params } = json;
    if (jsonrpc !== "2.0") throw notJsonRpc('jsonrpc must be "2.0"');
    if (typeof method !== "string") throw notJsonRpc("method must be a text");
    // 1e400 is read as Infinity, which an answer could not repeat.
    if (id !== undefined && typeof id !== "string" && !Number.isFinite(id)) {
        throw notJsonRpc("id must be a text or a number");
    }
    if (params !== undefined && !isRecord(params)) throw notJsonRpc("params must be an object");
    return { id: id as McpMessage["id"], method, params: params ?? {} };
}

/** Whether a JSON value is an object, and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a JSON value is nested no deeper. Level by level, because what calls itself for each level would end where the stack does. */
export function hasAtMostLevels(json: unknown, most: number): boolean {
    let level: unknown[] = [json];
    for (let count = 0; level.length > 0; count++) {
        if (count > most) return false;
        level = level.flatMap((value) =>
            typeof value === "object" && value !== null ? (Object.values(value) as unknown[]) : [],
        );
    }
    return true;
}

/**
 * Where an object has a key twice, the last one counts. Nobody reads the text again: what the target is given is
 * made from what is read here.
 */
function parseJson(body: Uint8Array): unknown {
    if (!isUtf8(body)) throw new McpRefusal(gatewayErrors.notJson);
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
    try {
        // A byte order mark may be ignored (RFC 8259, 8.1).
        return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
    } catch {
        throw new McpRefusal(gatewayErrors.notJson);
    }
}

function notJsonRpc(reason: string): McpRefusal {
    return new McpRefusal(gatewayErrors.notJsonRpc, reason);
}
