import { createParser } from "eventsource-parser";
import { shown } from "../../agentcore/shown";
import { hasAtMostLevels, isRecord } from "./message";
import { HttpRefusal, JsonRpcFailure, McpServerFailure } from "./mcpServerFailure";

/** What an MCP server sent back, read whole; header names in lower case. */
export interface ServerAnswer {
    httpStatus: number;
    headers: Readonly<Record<string, string | undefined>>;
    body: string;
}

/**
 * The result in the answer to one request, whether it came as JSON or as a stream of events.
 *
 * @throws McpServerFailure where there is none.
 */
export function resultOf(answer: ServerAnswer, id: number): Record<string, unknown> {
    const type = answer.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
    const isStream = type === "text/event-stream";
    const messages = isStream ? eventsOf(answer.body) : jsonOf(answer.body);
    const response = messages.find((message) => isResponse(message, id));
    if (response === undefined) throw noResponse(answer, messages, isStream, id);
    const { result, error } = response;
    if (isRecord(error)) {
        const { code, message } = error;
        throw jsonRpcFailure(answer.httpStatus, code, message);
    }
    if (!isRecord(result)) {
        throw unreadable(`result: got ${shown(result, 80)}; must be an object`);
    }
    // What is nested deeper, this process could not write again.
    if (answer.body.length > 2 * maxLevels && !hasAtMostLevels(result, maxLevels)) {
        throw unreadable(`result: has more than ${maxLevels} levels`);
    }
    return result;
}

/** Well below where JSON.stringify comes to the end of the stack. */
const maxLevels = 1000;

type Message = Record<string, unknown>;

function isResponse(message: Message, id: number): boolean {
    if (message["jsonrpc"] !== "2.0") return false;
    if (message["id"] === id) return "result" in message || "error" in message;
    // What could not be read has no id to repeat (JSON-RPC 2.0, section 5; `0` in AWS's samples).
    return isRecord(message["error"]) && (message["id"] === null || message["id"] === 0);
}

function jsonOf(body: string): Message[] {
    try {
        const json: unknown = JSON.parse(body);
        // A revision of 2025-03-26 may answer in a batch.
        return [json].flat().filter(isRecord);
    } catch {
        return [];
    }
}

function eventsOf(body: string): Message[] {
    const messages: Message[] = [];
    const parser = createParser({
        onEvent: ({ data }) => {
            messages.push(...jsonOf(data));
        },
    });
    parser.feed(body);
    // The last event may lack the empty line that ends it.
    parser.feed("\n\n");
    return messages;
}

function noResponse(
    answer: ServerAnswer,
    messages: readonly Message[],
    isStream: boolean,
    id: number,
): McpServerFailure {
    const { httpStatus, body } = answer;
    if (httpStatus !== 200) return new HttpRefusal(httpStatus, messageOf(messages));
    const asked = messages.find(
        (message) => typeof message["method"] === "string" && "id" in message,
    );
    if (asked !== undefined) {
        return unreadable(
            `the server asked for ${shown(asked["method"], 40)}; a gateway without response streaming passes no requests on to its clients`,
        );
    }
    const events = `${messages.length} events`;
    const got = body === "" ? "nothing" : isStream ? events : shown(body, 80);
    return unreadable(`got ${got}; must be a JSON-RPC response with id ${id}`);
}

/** An error of AWS in restJson, or of API Gateway. */
function messageOf([message]: readonly Message[]): string | undefined {
    const text = message?.["message"] ?? message?.["Message"];
    return typeof text === "string" ? text : undefined;
}

function jsonRpcFailure(httpStatus: number, code: unknown, message: unknown): McpServerFailure {
    const text = typeof message === "string" ? message : shown(message, 80);
    if (httpStatus === 401 || httpStatus === 403) return new HttpRefusal(httpStatus, text);
    return new JsonRpcFailure(typeof code === "number" ? code : NaN, text, httpStatus);
}

function unreadable(detail: string): McpServerFailure {
    return new McpServerFailure("answer", detail);
}
