import { createParser, type EventSourceMessage } from "eventsource-parser";
import { AwsError } from "../awsError";
import type { ConverseEvent, StopReason, TokenUsage } from "./converse";

/** A part of an answer of OpenAI's chat completions, as far as it is read. */
interface Chunk {
    choices?: {
        delta?: {
            content?: string | null;
            tool_calls?: {
                index?: number;
                id?: string;
                function?: { name?: string; arguments?: string };
            }[];
        };
        finish_reason?: string | null;
    }[];
    usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
    error?: { message?: string } | string;
}

const stopReasons: Readonly<Record<string, StopReason>> = {
    stop: "end_turn",
    length: "max_tokens",
    tool_calls: "tool_use",
    function_call: "tool_use",
    content_filter: "content_filtered",
};

/**
 * The events of Converse, from a stream of OpenAI's.
 *
 * @throws AwsError ModelErrorException where the stream is broken off, or is none.
 */
export async function* openAiEvents(
    body: AsyncIterable<Uint8Array>,
    startedAt: number,
): AsyncGenerator<ConverseEvent> {
    const blocks = new Blocks();
    let finish: string | undefined;
    let usage: TokenUsage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
    yield { messageStart: { role: "assistant" } };
    for await (const { choices: [choice] = [], usage: counted, error } of chunksOf(body)) {
        if (error !== undefined) {
            throw modelError(typeof error === "string" ? error : (error.message ?? "an error"));
        }
        if (counted != null) usage = usageOf(counted);
        const { content, tool_calls: calls = [] } = choice?.delta ?? {};
        if (content != null && content !== "") yield* blocks.text(content);
        for (const call of calls) yield* blocks.toolUse(call);
        finish = choice?.finish_reason ?? finish;
    }
    if (finish === undefined) throw modelError("it broke off in the middle of its answer");
    yield* blocks.stop();
    const stopReason = blocks.hasToolUse ? "tool_use" : (stopReasons[finish] ?? "end_turn");
    yield { messageStop: { stopReason: finish === "length" ? "max_tokens" : stopReason } };
    const latencyMs = Math.round(performance.now() - startedAt);
    yield { metadata: { usage, metrics: { latencyMs } } };
}

/** Not retried by SDKs: the same request would fail again (botocore model, ModelErrorException). */
export function modelError(text: string): AwsError {
    return new AwsError("ModelErrorException", `The model server of --models: ${text}`, 424);
}

/** Content blocks, of which one is open at a time. */
class Blocks {
    hasToolUse = false;
    #index = -1;
    /** What is open: text, or the tool call with this number. */
    #open: "text" | number | undefined;

    *text(text: string): Generator<ConverseEvent> {
        if (this.#open !== "text") {
            yield* this.stop();
            this.#begin("text");
        }
        yield { contentBlockDelta: { contentBlockIndex: this.#index, delta: { text } } };
    }

    *toolUse(call: {
        index?: number;
        id?: string;
        function?: { name?: string; arguments?: string };
    }): Generator<ConverseEvent> {
        const { index = 0, id, function: { name, arguments: input = "" } = {} } = call;
        // Some servers number all calls 0, and give each a name.
        if (this.#open !== index || (name !== undefined && name !== "")) {
            yield* this.stop();
            this.#begin(index);
            this.hasToolUse = true;
            const toolUseId = (id ?? `tooluse_${this.#index}`)
                .replace(/[^\w.:-]/g, "_")
                .slice(0, 64);
            const start = { toolUse: { toolUseId, name: name ?? "" } };
            yield { contentBlockStart: { contentBlockIndex: this.#index, start } };
        }
        if (input === "") return;
        const delta = { toolUse: { input } };
        yield { contentBlockDelta: { contentBlockIndex: this.#index, delta } };
    }

    *stop(): Generator<ConverseEvent> {
        if (this.#open === undefined) return;
        this.#open = undefined;
        yield { contentBlockStop: { contentBlockIndex: this.#index } };
    }

    #begin(what: "text" | number): void {
        this.#open = what;
        this.#index++;
    }
}

async function* chunksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk> {
    const ready: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (event) => ready.push(event) });
    const decoder = new TextDecoder();
    for await (const bytes of body) {
        parser.feed(decoder.decode(bytes, { stream: true }));
        for (const { data } of ready.splice(0)) {
            if (data === "[DONE]") return;
            yield chunkOf(data);
        }
    }
}

function chunkOf(data: string): Chunk {
    try {
        return JSON.parse(data) as Chunk;
    } catch {
        throw modelError(`${data.slice(0, 200)} is not JSON`);
    }
}

function usageOf({
    prompt_tokens: inputTokens = 0,
    completion_tokens: outputTokens = 0,
}): TokenUsage {
    return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
