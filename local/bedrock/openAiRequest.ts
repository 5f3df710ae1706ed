import type { ConverseInput, Message, ToolResult } from "./converse";
import { textOf, valueOf } from "./toolResults";

/** A request as OpenAI's chat completions take it (https://platform.openai.com/docs/api-reference/chat). */
export function openAiRequest(input: ConverseInput, model: string): Record<string, unknown> {
    const { maxTokens, temperature, topP, stopSequences, tools, toolChoice } = input;
    const system = input.system.map((content) => ({ role: "system", content }));
    return {
        model,
        messages: [...system, ...input.messages.flatMap(messagesOf)],
        stream: true,
        stream_options: { include_usage: true },
        ...(maxTokens !== undefined && { max_tokens: maxTokens }),
        ...(temperature !== undefined && { temperature }),
        ...(topP !== undefined && { top_p: topP }),
        ...(stopSequences.length > 0 && { stop: stopSequences }),
        ...(tools.length > 0 && {
            tools: tools.map(({ name, description, schema }) => ({
                type: "function",
                function: { name, description, parameters: schema },
            })),
            tool_choice: toolChoices[toolChoice.kind] ?? {
                type: "function",
                function: { name: "name" in toolChoice ? toolChoice.name : "" },
            },
        }),
    };
}

const toolChoices: Readonly<Record<string, string>> = { auto: "auto", any: "required" };

/** A tool's result is a message of its own there. */
function messagesOf({ role, content }: Message): Record<string, unknown>[] {
    const text = content.flatMap((block) => ("text" in block ? [block.text] : [])).join("\n");
    if (role === "assistant") {
        const calls = content.flatMap((block) => ("toolUse" in block ? [block.toolUse] : []));
        return [
            {
                role,
                content: text === "" ? null : text,
                ...(calls.length > 0 && {
                    tool_calls: calls.map(({ toolUseId, name, input }) => ({
                        id: toolUseId,
                        type: "function",
                        function: { name, arguments: JSON.stringify(input) },
                    })),
                }),
            },
        ];
    }
    const results = content.flatMap((block) => ("toolResult" in block ? [block.toolResult] : []));
    return [
        ...results.map((result) => ({
            role: "tool",
            tool_call_id: result.toolUseId,
            content: resultText(result),
        })),
        ...(text === "" ? [] : [{ role, content: text }]),
    ];
}

/** OpenAI's tool messages have no status. */
function resultText(result: ToolResult): string {
    const value = valueOf(result);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return result.status === "error" ? `Error: ${textOf(value)}` : text;
}
