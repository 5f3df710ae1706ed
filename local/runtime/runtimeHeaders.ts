import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { runtimeHeaders, sessionIdCharacters, type RuntimeProtocol } from "../../agentcore/runtime";
import { RuntimeRefusal } from "./refusal";
import { runtimeErrors } from "../../agentcore/runtime";

/** Header names in small letters, as Node.js has them. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** Of InvokeAgentRuntime's request and answer, passed on both ways (sure: botocore model). */
const passed = ["mcp-protocol-version", "x-amzn-trace-id", "traceparent", "tracestate", "baggage"];
/** Passed on to the container only (sure: botocore model). */
const passedIn = ["content-type", "accept", "mcp-method", "mcp-name"];

/** A propagated header's value (sure: gateway- and runtime-headers pages). */
const maxHeaderBytes = 4096;

/**
 * The session of a call, which its client names, or which gets a name here. A client of MCP may name it by its
 * protocol's own header, with an id of any form.
 *
 * @throws RuntimeRefusal
 */
export function sessionOf(
    headers: Headers,
    protocol: RuntimeProtocol,
): { sessionId: string; named?: string } {
    const given = headers[runtimeHeaders.sessionId];
    if (given === undefined) {
        const ofMcp = protocol === "MCP" ? headers["mcp-session-id"] : undefined;
        return { sessionId: ofMcp ?? randomUUID() };
    }
    const { min, max } = sessionIdCharacters;
    if (given.length >= min && given.length <= max) return { sessionId: given, named: given };
    const must =
        given.length < min ? `greater than or equal to ${min}` : `less than or equal to ${max}`;
    throw new RuntimeRefusal(runtimeErrors.validation, {
        reason: `1 validation error detected: Value '${given}' at 'runtimeSessionId' failed to satisfy constraint: Member must have length ${must}`,
    });
}

/**
 * What the container gets: the session, the request's id, what the operation passes on, custom headers, and those
 * that the runtime allows. Never what the request was signed with.
 *
 * @throws RuntimeRefusal
 */
export function containerHeaders(
    headers: Headers,
    call: {
        protocol: RuntimeProtocol;
        sessionId: string;
        requestId: string;
        allowlist: readonly string[];
    },
): Record<string, string> {
    const allowed = new Set(call.allowlist.map((name) => name.toLowerCase()));
    const result: Record<string, string> = { "content-type": "application/json" };
    for (const [name, value] of Object.entries(headers)) {
        if (value === undefined || name === "authorization") continue;
        const isOwn = passed.includes(name) || passedIn.includes(name);
        if (!isOwn && !allowed.has(name) && !name.startsWith(runtimeHeaders.customPrefix)) continue;
        if (!isOwn && Buffer.byteLength(value) > maxHeaderBytes) {
            throw new RuntimeRefusal(runtimeErrors.validation, {
                reason: `Header ${name} is ${Buffer.byteLength(value)} bytes; must be at most ${maxHeaderBytes}`,
            });
        }
        result[name] = value;
    }
    result[runtimeHeaders.sessionId] = call.sessionId;
    result[runtimeHeaders.requestId] = call.requestId;
    if (call.protocol === "MCP") {
        result["mcp-session-id"] = headers["mcp-session-id"] ?? call.sessionId;
    }
    return result;
}

/** What the client gets of the container's headers, and the session. */
export function answerHeaders(
    headers: IncomingHttpHeaders,
    call: { protocol: RuntimeProtocol; sessionId: string; mcpSessionId: string | undefined },
): Record<string, string> {
    const result: Record<string, string> = {};
    for (const name of ["content-type", ...passed]) {
        const value = headers[name];
        if (typeof value === "string") result[name] = value;
    }
    result[runtimeHeaders.sessionId] = call.sessionId;
    if (call.protocol === "MCP") {
        const own = headers["mcp-session-id"];
        // A server with sessions of its own names them by itself.
        result["mcp-session-id"] =
            typeof own === "string" ? own : (call.mcpSessionId ?? call.sessionId);
    }
    return result;
}
