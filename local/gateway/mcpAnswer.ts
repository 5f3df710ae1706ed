import { shown } from "../../agentcore/shown";
import { readReason } from "./localReason";
import { EventReader, isServerRequest } from "./eventReader";
import { hasAtMostLevels, isRecord } from "./message";
import { HttpRefusal, JsonRpcFailure, McpServerFailure } from "./mcpServerFailure";

/** What an MCP server sent back; header names in lower case. */
export interface ServerAnswer {
    httpStatus: number;
    headers: Readonly<Record<string, string | undefined>>;
    body: string;
    /** The data of its events, where they were read as they came: the body is empty then. */
    events?: readonly string[];
}

/** Whether an answer comes as events. */
export function isEventStream(headers: ServerAnswer["headers"]): boolean {
    const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
    return type === "text/event-stream";
}

/**
 * The result in the answer to one request, whether it came as JSON or as a stream of events.
 *
 * @throws McpServerFailure where there is none.
 */
export function resultOf(answer: ServerAnswer, id: number): Record<string, unknown> {
    const isStream = isEventStream(answer.headers);
    const messages = isStream ? eventsOf(answer) : jsonOf(answer.body);
    const response = messages.find((message) => isResponse(message, id));
    if (response === undefined) throw noResponse(answer, messages, isStream, id);
    const { result, error } = response;
    if (isRecord(error)) {
        const { code, message } = error;
        throw jsonRpcFailure(answer, code, message);
    }
    if (!isRecord(result)) {
        throw unreadable(`result: got ${shown(result, 80)}; must be an object`);
    }
    // What is nested deeper, this process could not write again.
    if (mayBeDeep(answer) && !hasAtMostLevels(result, maxLevels)) {
        throw unreadable(`result: has more than ${maxLevels} levels`);
    }
    return result;
}

/** Well below where JSON.stringify comes to the end of the stack. */
const maxLevels = 1000;

/** A level takes two bytes, so that what is short is not looked at. */
function mayBeDeep({ body, events = [] }: ServerAnswer): boolean {
    return [body, ...events].some(({ length }) => length > 2 * maxLevels);
}

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

function eventsOf({ body, events }: ServerAnswer): Message[] {
    if (events !== undefined) return events.flatMap(jsonOf);
    const reader = new EventReader();
    reader.add(Buffer.from(body));
    return reader.end().flatMap(jsonOf);
}

function noResponse(
    answer: ServerAnswer,
    messages: readonly Message[],
    isStream: boolean,
    id: number,
): McpServerFailure {
    const { httpStatus, body } = answer;
    if (httpStatus !== 200) {
        return new HttpRefusal(httpStatus, messageOf(messages), readReason(answer.headers));
    }
    const asked = messages.find(isServerRequest);
    if (asked !== undefined) {
        return unreadable(
            `the server asked for ${shown(asked["method"], 40)}; a gateway without response streaming passes no requests on to its clients`,
        );
    }
    const events = `${messages.length} events`;
    const got = isStream ? events : body === "" ? "nothing" : shown(body, 80);
    return unreadable(`got ${got}; must be a JSON-RPC response with id ${id}`);
}

/** An error of AWS in restJson, or of API Gateway. */
function messageOf([message]: readonly Message[]): string | undefined {
    const text = message?.["message"] ?? message?.["Message"];
    return typeof text === "string" ? text : undefined;
}

function jsonRpcFailure(
    { httpStatus, headers }: ServerAnswer,
    code: unknown,
    message: unknown,
): McpServerFailure {
    const text = typeof message === "string" ? message : shown(message, 80);
    if (httpStatus === 401 || httpStatus === 403) return new HttpRefusal(httpStatus, text);
    const number = typeof code === "number" ? code : NaN;
    return new JsonRpcFailure(number, text, httpStatus, readReason(headers));
}

function unreadable(detail: string): McpServerFailure {
    return new McpServerFailure("answer", detail);
}
