import type { IncomingMessage } from "node:http";
import { isJsonContentType } from "@modelcontextprotocol/server";

/** What the body of a request is, as far as it was read. */
export type Body = { kind: "unread" } | { kind: "json"; value: unknown } | { kind: "no json" };

/**
 * Reads the body of an ordinary request, because the SDK would read it through a web stream and a clone, for a
 * sixth of a call's cost. What is not ordinary is left to the SDK, and to its refusals.
 *
 * @throws Error when the client goes away meanwhile.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
    const { "content-type": type, "content-length": length } = request.headers;
    const isOrdinary = isJsonContentType(type) && Number(length) <= maxBytes;
    if (request.method !== "POST" || !isOrdinary) return { kind: "unread" };
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk as string;
    try {
        return { kind: "json", value: JSON.parse(text) };
    } catch {
        return { kind: "no json" };
    }
}
