import type { IncomingMessage, ServerResponse } from "node:http";
import type { AgentEvent, Answer } from "./agentRun.js";
import type { EngineRequest } from "./engine.js";
import { AgentError, messageOf } from "./errors.js";
import type { Log } from "./log.js";
import { readPrompt } from "./payload.js";

/** What {@link invocationHandler} needs. */
export interface InvocationDeps {
    invoke: (request: EngineRequest) => Promise<Answer>;
    /** Aborted when the process is to end. */
    stopping: AbortSignal;
    log: Log;
    logPrompts: boolean;
    /** Milliseconds on any clock. */
    now: () => number;
}

/** What is said of a failure; `error` and `status` are the article's. */
export interface Failure {
    error: string;
    status: "error";
    errorType?: string;
    [detail: string]: unknown;
}

/**
 * `POST /invocations`: one JSON answer, or Server-Sent Events for who accepts `text/event-stream`.
 *
 * A failure is HTTP 200 with `status: "error"`, as in the article, because Runtime replaces any other answer by a 424
 * that does not say why.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-http-protocol-contract.html.
 */
export function invocationHandler(
    deps: InvocationDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
    return async (request, response) => {
        const started = deps.now();
        const reply = acceptsEvents(request.headers.accept)
            ? new EventReply(response)
            : new JsonReply(response);
        const ending = new AbortController();
        const stop = () => {
            ending.abort(deps.stopping.reason);
        };
        deps.stopping.addEventListener("abort", stop, { once: true });
        response.once("close", () => {
            deps.stopping.removeEventListener("abort", stop);
            if (!response.writableFinished) ending.abort(new ClientLeft());
        });
        const line: Record<string, unknown> = {
            event: "invocation",
            requestId: header(request, "x-amzn-bedrock-agentcore-runtime-request-id"),
            sessionId: sessionIdOf(request),
        };
        try {
            const answer = await answerTo(request, reply, ending.signal, deps, line);
            reply.end(answer);
            Object.assign(line, outcome(answer));
        } catch (error) {
            if (error instanceof ClientLeft) line["outcome"] = "ClientLeft";
            else {
                const failure = failureOf(error);
                if (!(error instanceof AgentError)) line["stack"] = (error as Error).stack;
                Object.assign(line, { outcome: failure.errorType, error: failure.error });
                reply.end(failure);
            }
        }
        deps.log({ ...line, milliseconds: Math.round((deps.now() - started) * 100) / 100 });
    };
}

async function answerTo(
    request: IncomingMessage,
    reply: JsonReply | EventReply,
    signal: AbortSignal,
    deps: InvocationDeps,
    line: Record<string, unknown>,
): Promise<Answer | Failure> {
    const prompt = await readPrompt(request).catch((error: unknown) => {
        throw request.destroyed && !(error instanceof AgentError) ? new ClientLeft() : error;
    });
    if (prompt === "") return { error: "No message", status: "error" };
    if (deps.logPrompts) line["prompt"] = prompt;
    const answer = await deps.invoke({
        prompt,
        sessionId: sessionIdOf(request),
        headers: request.headers,
        signal,
        emit: (event) => {
            if (event.type === "toolEnd") logTool(event, deps.log, line);
            reply.tell(event);
        },
    });
    if (deps.logPrompts) line["response"] = answer.response;
    return answer;
}

function logTool(
    { name, milliseconds, isError }: AgentEvent & { type: "toolEnd" },
    log: Log,
    { requestId, sessionId }: Record<string, unknown>,
): void {
    log({ event: "toolCall", requestId, sessionId, tool: name, milliseconds, isError });
}

function outcome(answer: Answer | Failure): Record<string, unknown> {
    if (answer.status === "error") return { outcome: "NoMessage" };
    const { toolCalls, usage, stopReason, milliseconds } = answer;
    return {
        outcome: "ok",
        toolCalls: toolCalls.length,
        usage,
        stopReason,
        modelMilliseconds: milliseconds.model,
    };
}

/** The client is gone: nobody is to be told. */
class ClientLeft extends Error {
    override readonly name = "ClientLeft";
}

function failureOf(error: unknown): Failure {
    if (error instanceof AgentError) {
        const { message, errorType, details } = error;
        return { error: message, status: "error", errorType, ...details };
    }
    return { error: messageOf(error), status: "error", errorType: "InternalError" };
}

/** The whole answer at once. */
class JsonReply {
    constructor(private readonly response: ServerResponse) {}

    tell(_event: AgentEvent): void {
        // Only the answer is sent.
    }

    end(answer: object): void {
        this.response
            .writeHead(200, { "content-type": "application/json" })
            .end(JSON.stringify(answer));
    }
}

/** `data:` lines of JSON, as the AgentCore SDK streams them; the last one is the answer or the failure. */
class EventReply {
    constructor(private readonly response: ServerResponse) {}

    tell(event: object): void {
        if (!this.response.headersSent) {
            this.response.writeHead(200, {
                "content-type": "text/event-stream",
                "cache-control": "no-cache",
            });
        }
        this.response.write(`data: ${JSON.stringify(event)}\n\n`);
    }

    end(answer: Answer | Failure): void {
        this.tell({ type: answer.status === "success" ? "result" : "error", ...answer });
        this.response.end();
    }
}

/** Who accepts both gets what is named first. */
function acceptsEvents(accept = ""): boolean {
    const types = accept.split(",").map((type) => type.split(";", 1)[0]?.trim().toLowerCase());
    const wanted = types.find(
        (type) => type === "text/event-stream" || type === "application/json",
    );
    return wanted === "text/event-stream";
}

function sessionIdOf(request: IncomingMessage): string | undefined {
    return header(request, "x-amzn-bedrock-agentcore-runtime-session-id");
}

function header(request: IncomingMessage, name: string): string | undefined {
    const value = request.headers[name];
    return typeof value === "string" && value !== "" ? value : undefined;
}
