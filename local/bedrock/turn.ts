import type { ConverseInput, ToolResult, ToolUse } from "./converse";
import type { Previous } from "./argumentFiller";
import { valueOf } from "./toolResults";

/** A tool that was asked for, and what it answered. */
export interface Call {
    use: ToolUse;
    result: ToolResult;
}

/** What the user asked last, and what was done for it. */
export interface Turn {
    prompt: string;
    calls: readonly Call[];
    /** The last result of the turns before, which a prompt may speak of. */
    previous: Previous | undefined;
}

/** The turn that goes on: from the last message that is not of tools' results alone. */
export function turnOf({ messages }: ConverseInput): Turn {
    const start = messages.findLastIndex(
        ({ role, content }) => role === "user" && content.some((block) => "text" in block),
    );
    const own = messages.slice(Math.max(start, 0));
    const prompt = (own[0]?.content ?? [])
        .flatMap((block) => ("text" in block ? [block.text] : []))
        .join("\n");
    const before = callsOf(messages.slice(0, start)).findLast(
        ({ result }) => result.status === "success",
    );
    return {
        prompt,
        calls: callsOf(own),
        previous: before && { value: valueOf(before.result) },
    };
}

function callsOf(messages: ConverseInput["messages"]): Call[] {
    const blocks = messages.flatMap(({ content }) => content);
    const results = new Map(
        blocks.flatMap((block) =>
            "toolResult" in block ? [[block.toolResult.toolUseId, block.toolResult] as const] : [],
        ),
    );
    return blocks.flatMap((block) => {
        const use = "toolUse" in block ? block.toolUse : undefined;
        const result = results.get(use?.toolUseId ?? "");
        return use === undefined || result === undefined ? [] : [{ use, result }];
    });
}
