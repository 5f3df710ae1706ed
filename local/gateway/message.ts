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
    if (!hasAtMostLevels(json, maxRequestLevels)) {
        throw notJsonRpc(`more than ${maxRequestLevels} levels`);
    }
    if (Array.isArray(json)) throw new McpRefusal(gatewayErrors.batch);
    if (!isRecord(json)) throw notJsonRpc("not an object");
    const { jsonrpc, id, method, params } = json;
    if (jsonrpc !== "2.0") throw notJsonRpc('jsonrpc must be "2.0"');
    if (typeof method !== "string") throw notJsonRpc("method must be a text");
    if (id !== undefined && typeof id !== "string" && typeof id !== "number") {
        throw notJsonRpc("id must be a text or a number");
    }
    if (params !== undefined && !isRecord(params)) throw notJsonRpc("params must be an object");
    return { id, method, params: params ?? {} };
}

/** Whether a JSON value is an object, and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Level by level, because what calls itself for each level would end where the stack does. */
function hasAtMostLevels(json: unknown, most: number): boolean {
    let level: unknown[] = [json];
    for (let count = 0; level.length > 0; count++) {
        if (count > most) return false;
        level = level.flatMap((value) =>
            typeof value === "object" && value !== null ? (Object.values(value) as unknown[]) : [],
        );
    }
    return true;
}

function parseJson(body: Uint8Array): unknown {
    try {
        return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    } catch {
        throw new McpRefusal(gatewayErrors.notJson);
    }
}

function notJsonRpc(reason: string): McpRefusal {
    return new McpRefusal(gatewayErrors.notJsonRpc, reason);
}
