import type { ConverseEvent, ConverseInput, OutputBlock, StopReason } from "./converse";

/**
 * The events of an answer that is there whole, held to the request's maxTokens and stopSequences. A token is a word's
 * piece of up to six characters or a sign: near a tokenizer's count, and not one.
 */
export function answerEvents(
    input: ConverseInput,
    answer: OutputBlock,
    latencyMs: number,
): ConverseEvent[] {
    const { pieces, stopReason } =
        "text" in answer
            ? limitedText(input, answer.text)
            : limitedInput(input, answer.toolUse.input);
    const usage = { inputTokens: inputTokens(input), outputTokens: Math.max(pieces.length, 1) };
    return [
        { messageStart: { role: "assistant" } },
        ...(pieces.length > 0 ? blockEvents(answer, pieces) : []),
        { messageStop: { stopReason } },
        {
            metadata: {
                usage: { ...usage, totalTokens: usage.inputTokens + usage.outputTokens },
                metrics: { latencyMs },
            },
        },
    ];
}

/** A text's tokens, which make it again. */
export function tokenPieces(text: string): string[] {
    return text.match(/\s?[\p{L}\p{N}_]{1,6}|\s?[^\s\p{L}\p{N}_]|\s/gu) ?? [];
}

/** How many tokens a request holds. */
export function inputTokens({ system, messages, tools }: ConverseInput): number {
    const texts = [
        ...system,
        ...messages.flatMap(({ content }) =>
            content.map((block) => ("text" in block ? block.text : JSON.stringify(block))),
        ),
        ...tools.map((tool) => JSON.stringify(tool)),
    ];
    return texts.reduce((sum, text) => sum + tokenPieces(text).length, 0);
}

/** As many tokens as go into one event. */
const tokensPerDelta = 4;

function blockEvents(answer: OutputBlock, pieces: readonly string[]): ConverseEvent[] {
    const contentBlockIndex = 0;
    const deltas: ConverseEvent[] = [];
    for (let at = 0; at < pieces.length; at += tokensPerDelta) {
        const text = pieces.slice(at, at + tokensPerDelta).join("");
        const delta = "text" in answer ? { text } : { toolUse: { input: text } };
        deltas.push({ contentBlockDelta: { contentBlockIndex, delta } });
    }
    const stop: ConverseEvent = { contentBlockStop: { contentBlockIndex } };
    if ("text" in answer) return [...deltas, stop];
    const { toolUseId, name } = answer.toolUse;
    const start = { toolUse: { toolUseId, name } };
    return [{ contentBlockStart: { contentBlockIndex, start } }, ...deltas, stop];
}

function limitedText({ maxTokens, stopSequences }: ConverseInput, text: string) {
    const ends = stopSequences.map((sequence) => text.indexOf(sequence)).filter((at) => at >= 0);
    const stopsAt = ends.length === 0 ? text.length : Math.min(...ends);
    const pieces = tokenPieces(text.slice(0, stopsAt));
    const stopReason: StopReason = ends.length === 0 ? "end_turn" : "stop_sequence";
    return limited(pieces, maxTokens, stopReason);
}

/** A tool's input is not cut: half of it would be no JSON, and a call that no one asked for. */
function limitedInput({ maxTokens = Infinity }: ConverseInput, input: unknown) {
    const pieces = tokenPieces(JSON.stringify(input));
    const stopReason: StopReason = "tool_use";
    return pieces.length > maxTokens
        ? { pieces: [], stopReason: "max_tokens" as const }
        : { pieces, stopReason };
}

function limited(pieces: string[], maxTokens = Infinity, stopReason: StopReason) {
    return pieces.length > maxTokens
        ? { pieces: pieces.slice(0, maxTokens), stopReason: "max_tokens" as const }
        : { pieces, stopReason };
}
