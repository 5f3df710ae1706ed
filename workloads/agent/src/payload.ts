import type { IncomingMessage } from "node:http";
import { AgentError } from "./errors.js";

/**
 * Limits of a payload: Runtime itself takes up to 100 MB, which no model does.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html.
 */
export const payloadLimits = { promptBytes: 100 * 1024, bodyBytes: 1024 * 1024 };

/**
 * The prompt of an invocation, `{"prompt": …}` or `{"message": …}`; empty when the payload has neither.
 *
 * @throws AgentError for what is not such a payload, or when the client leaves.
 */
export async function readPrompt(request: IncomingMessage): Promise<string> {
    const body = await readBody(request);
    let payload: unknown;
    try {
        payload = JSON.parse(body);
    } catch {
        throw invalid(`got ${body === "" ? "nothing" : "no JSON"}`);
    }
    return promptOf(payload);
}

/**
 * The prompt of a payload that was read.
 *
 * @throws AgentError for what is not a payload.
 */
export function promptOf(payload: unknown): string {
    if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
        throw invalid(`got ${kind(payload)}`);
    }
    const { prompt, message } = payload as Record<string, unknown>;
    for (const [name, value] of Object.entries({ prompt, message })) {
        if (value !== undefined && value !== null && typeof value !== "string") {
            throw invalid(`${name}: got ${kind(value)}`);
        }
    }
    // As the article's `payload.get("prompt") or payload.get("message", "")` takes them.
    const text = [prompt, message].find((value) => typeof value === "string" && value !== "");
    if (typeof text !== "string" || text.trim() === "") return "";
    const bytes = Buffer.byteLength(text);
    if (bytes > payloadLimits.promptBytes)
        throw tooLarge("prompt", bytes, payloadLimits.promptBytes);
    return text;
}

async function readBody(request: IncomingMessage): Promise<string> {
    const { bodyBytes } = payloadLimits;
    const announced = Number(request.headers["content-length"]);
    if (announced > bodyBytes) throw tooLarge("payload", announced, bodyBytes);
    const chunks: Buffer[] = [];
    let bytes = 0;
    // The rest of a body that is too large is left unread, and the answer still goes out.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        chunks.push(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        if (bytes > bodyBytes) throw tooLarge("payload", bytes, bodyBytes);
    }
    return Buffer.concat(chunks).toString("utf8");
}

function invalid(what: string): AgentError {
    const must = 'a JSON object with a string "prompt" (or "message")';
    return new AgentError("InvalidPayload", `Invalid payload: ${what}; must be ${must}`);
}

function tooLarge(what: string, bytes: number, limit: number): AgentError {
    return new AgentError(
        "PromptTooLarge",
        `The ${what} is too large: got ${bytes} bytes; must be at most ${limit}`,
        { bytes, limit },
    );
}

function kind(value: unknown): string {
    if (value === null) return "null";
    return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
