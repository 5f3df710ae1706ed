import { validation } from "../awsError";
import type { Message, ToolSpec } from "./converse";

/**
 * Whether the messages are a conversation that can go on: who speaks when, and that each tool that was asked for has
 * answered. The texts are AWS's, sure: issues of Strands, LangChain, dify and Genkit show them.
 *
 * @throws AwsError ValidationException
 */
export function checkConversation(
    messages: readonly Message[],
    tools: readonly ToolSpec[] | undefined,
): void {
    checkTurns(messages);
    const blocks = messages.flatMap(({ content }) => content);
    if (tools === undefined && blocks.some((block) => !("text" in block))) {
        throw validation(
            "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
        );
    }
    messages.forEach((message, at) => {
        checkResults(messages[at - 1], message, at);
    });
}

function checkTurns(messages: readonly Message[]): void {
    if (messages.at(0)?.role !== "user") {
        throw validation(
            "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
        );
    }
    if (messages.some(({ role }, at) => role === messages[at - 1]?.role)) {
        throw validation(
            "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
        );
    }
    if (messages.at(-1)?.role !== "user") {
        throw validation(
            "A conversation must end with a user message. Try again with a conversation that ends with a user message.",
        );
    }
}

function checkResults(previous: Message | undefined, message: Message, at: number): void {
    if (message.role !== "user") return;
    const asked = (previous?.content ?? []).flatMap((block) =>
        "toolUse" in block ? [block.toolUse.toolUseId] : [],
    );
    const answered = message.content.flatMap((block) =>
        "toolResult" in block ? [block.toolResult.toolUseId] : [],
    );
    const missing = asked.filter((id) => !answered.includes(id));
    if (missing.length > 0) {
        throw validation(
            `Expected toolResult blocks at messages.${at}.content for the following Ids: ${missing.join(", ")}`,
        );
    }
    if (answered.length > asked.length) {
        throw validation(
            `The number of toolResult blocks at messages.${at}.content exceeds the number of toolUse blocks of previous turn.`,
        );
    }
}
