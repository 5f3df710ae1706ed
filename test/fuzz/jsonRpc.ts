import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import type { FuzzCloud } from "./fuzzCloud";
import type { Answer } from "./httpClient";
import { bodies } from "./jsonRpcBodies";
import { target, withInput, type FuzzTarget } from "./target";

const common = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
};
const headers = fc.oneof(
    fc.constantFrom(common, { ...common, "mcp-protocol-version": "2025-11-25" }),
    fc.constant("of the body"),
    fc.record(
        {
            "content-type": fc.constantFrom("application/json", "text/plain", "application/json;x"),
            accept: fc.constantFrom("application/json", "*/*", "text/html"),
            "mcp-protocol-version": fc.constantFrom("2025-03-26", "2026-07-28", "", "x"),
            "mcp-method": fc.constantFrom("tools/call", "tools/list", "ping", "=?base64?eA==?="),
            "mcp-name": fc.constantFrom("echo-tools___echo_message", "=?base64?ZWNobw==?=", ""),
            "mcp-session-id": fc.constantFrom("", "x"),
        },
        { requiredKeys: [] },
    ),
);

/**
 * Whatever the body, a gateway answers by JSON-RPC and MCP's HTTP transport, and whom the policies deny
 * nothing but the refusal.
 */
export function jsonRpc(cloud: FuzzCloud): FuzzTarget {
    const path = new URL(cloud.hub.gateway().gatewayUrl).pathname;
    const check = async ({ isGranted, headers, body }: Input): Promise<void> => {
        const key = cloud.caller(isGranted ? "granted" : "denied");
        const answer = await cloud.ask(key, {
            path,
            headers: headers === "of the body" ? headersOf(read(body)) : headers,
            body,
        });
        withInput(`${JSON.stringify(headers)} with body`, body, () => {
            cloud.assertNoFault();
            if (isGranted) assertProtocol(answer, body);
            else assertRefused(answer);
        });
    };
    const isGranted = fc.nat(3).map((drawn) => drawn > 0);
    const inputs = fc.record({ isGranted, headers, body: bodies }) as fc.Arbitrary<Input>;
    return target("JSON-RPC", inputs, check);
}

interface Input {
    isGranted: boolean;
    headers: Readonly<Record<string, string>> | "of the body";
    body: string;
}

function assertRefused({ httpStatus, body }: Answer): void {
    assert.equal(httpStatus, 403);
    assert.deepEqual(JSON.parse(body), {
        jsonrpc: "2.0",
        id: 0,
        error: { code: -32002, message: "Authorization error - Insufficient permissions" },
    });
}

/** By a reading of the body that is as plain as can be. */
function assertProtocol(answer: Answer, body: string): void {
    const { httpStatus } = answer;
    const message = read(body);
    if (httpStatus === 202) {
        assert.equal(answer.body, "");
        assert.ok(isRecord(message) && !("id" in message), "202 to what is no notification");
        return;
    }
    assert.ok(httpStatus === 200 || httpStatus === 400, `status ${httpStatus}`);
    assert.equal(answer.headers["content-type"], "application/json");
    const { jsonrpc, id, result, error, ...more } = JSON.parse(answer.body) as Reply;
    assert.deepEqual([jsonrpc, more], ["2.0", {}]);
    assert.equal(result === undefined, error !== undefined, "one of result and error");
    if (!isRequest(message)) {
        assert.equal(httpStatus, 400);
        assert.equal(error?.code, message === undefined ? -32700 : error?.code);
    }
    if (httpStatus === 400) {
        assert.notEqual(error, undefined);
        if (id === null) return;
    }
    assert.ok(isRecord(message) && message["id"] === id, "another id");
    if (error !== undefined) {
        assert.ok(Number.isInteger(error.code));
        assert.ok(error.message.length > 0);
    } else assertResult(result, message);
}

interface Reply {
    jsonrpc: unknown;
    id: unknown;
    result?: Record<string, unknown>;
    error?: { code: number; message: string };
}

/** Only a call of the tool that there is comes to the tool. */
function assertResult(result: Reply["result"], { method, params }: Record<string, unknown>): void {
    const content = result?.["content"];
    assert.equal(content !== undefined, method === "tools/call", "content of a tool");
    if (content === undefined) return;
    const { name } = params as { name?: unknown };
    assert.equal(name, "echo-tools___echo_message");
}

/** What a message that says all of itself has in its headers too (MCP 2026-07-28). */
function headersOf(message: unknown): Record<string, string> {
    const { method, params } = isRecord(message) ? message : {};
    const { name, _meta: meta } = isRecord(params) ? params : {};
    const claimed = isRecord(meta) ? meta["io.modelcontextprotocol/protocolVersion"] : undefined;
    if (typeof claimed !== "string" || !/^[!-~]*$/.test(`${claimed}${String(method)}`))
        return common;
    const encoded = Buffer.from(typeof name === "string" ? name : "").toString("base64");
    return {
        ...common,
        "mcp-protocol-version": claimed,
        "mcp-method": String(method),
        "mcp-name": `=?base64?${encoded}?=`,
    };
}

/** The body's JSON, or undefined where it is none. */
function read(body: string): unknown {
    const bytes = Buffer.from(body, "latin1");
    if (!isUtf8(bytes)) return undefined;
    try {
        return JSON.parse(bytes.toString("utf8").replace(/^\ufeff/, ""));
    } catch {
        return undefined;
    }
}

function isRequest(message: unknown): boolean {
    return (
        isRecord(message) && message["jsonrpc"] === "2.0" && typeof message["method"] === "string"
    );
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
