/** JSON Schema, as far as the stand-in reads it. */
export interface Schema {
    type?: string | readonly string[];
    description?: string;
    title?: string;
    properties?: Readonly<Record<string, Schema>>;
    required?: readonly string[];
    items?: Schema;
    enum?: readonly unknown[];
    const?: unknown;
    default?: unknown;
    format?: string;
    pattern?: string;
    minItems?: number;
    anyOf?: readonly Schema[];
    oneOf?: readonly Schema[];
    allOf?: readonly Schema[];
    $ref?: string;
    $defs?: Readonly<Record<string, Schema>>;
    definitions?: Readonly<Record<string, Schema>>;
}

/** A tool, as a request offers it. */
export interface ToolSpec {
    name: string;
    description: string;
    schema: Schema;
}

/** The model asks for a tool. */
export interface ToolUse {
    toolUseId: string;
    name: string;
    input: unknown;
}

/** What a tool answered. */
export interface ToolResult {
    toolUseId: string;
    status: "success" | "error";
    content: readonly ({ json: unknown } | { text: string })[];
}

/** The parts of a message that bear on an answer; others are checked, and left out. */
export type ContentBlock = { text: string } | { toolUse: ToolUse } | { toolResult: ToolResult };

/** One message of a conversation. */
export interface Message {
    role: "user" | "assistant";
    content: readonly ContentBlock[];
}

/** Which tool the model must ask for. */
export type ToolChoice = { kind: "auto" } | { kind: "any" } | { kind: "tool"; name: string };

/** A checked request of Converse or ConverseStream. */
export interface ConverseInput {
    modelId: string;
    system: readonly string[];
    messages: readonly Message[];
    tools: readonly ToolSpec[];
    toolChoice: ToolChoice;
    maxTokens?: number;
    temperature?: number;
    topP?: number;
    stopSequences: readonly string[];
}

/** Why an answer ends. */
export type StopReason =
    "end_turn" | "tool_use" | "max_tokens" | "stop_sequence" | "content_filtered";

/** How many tokens were read and written. */
export interface TokenUsage {
    inputTokens: number;
    outputTokens: number;
    totalTokens: number;
}

/** The events of ConverseStream (botocore model bedrock-runtime 2023-09-30, ConverseStreamOutput). */
export type ConverseEvent =
    | { messageStart: { role: "assistant" } }
    | {
          contentBlockStart: {
              contentBlockIndex: number;
              start: { toolUse: { toolUseId: string; name: string } };
          };
      }
    | {
          contentBlockDelta: {
              contentBlockIndex: number;
              delta: { text: string } | { toolUse: { input: string } };
          };
      }
    | { contentBlockStop: { contentBlockIndex: number } }
    | { messageStop: { stopReason: StopReason } }
    | { metadata: { usage: TokenUsage; metrics: { latencyMs: number } } };

/** What answers a conversation: the stand-in, or a model on this machine. */
export interface Model {
    /** @throws AwsError before the first event, or in the middle of the answer. */
    converse(input: ConverseInput, signal: AbortSignal): AsyncIterable<ConverseEvent>;
}

/** An answer that is whole: the message, why it ends, and what it took. */
export interface ConverseOutput {
    output: { message: { role: "assistant"; content: OutputBlock[] } };
    stopReason: StopReason;
    usage: TokenUsage;
    metrics: { latencyMs: number };
}

/** A block of an answer. */
export type OutputBlock = { text: string } | { toolUse: ToolUse };

/** Converse's answer, from the events that ConverseStream gives. */
export async function wholeOutput(events: AsyncIterable<ConverseEvent>): Promise<ConverseOutput> {
    const blocks: { text: string; toolUse?: { toolUseId: string; name: string } }[] = [];
    let stopReason: StopReason = "end_turn";
    let usage: TokenUsage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
    let metrics = { latencyMs: 0 };
    for await (const event of events) {
        if ("contentBlockStart" in event) {
            const { contentBlockIndex, start } = event.contentBlockStart;
            blocks[contentBlockIndex] = { text: "", toolUse: start.toolUse };
        } else if ("contentBlockDelta" in event) {
            const { contentBlockIndex, delta } = event.contentBlockDelta;
            const block = (blocks[contentBlockIndex] ??= { text: "" });
            block.text += "text" in delta ? delta.text : delta.toolUse.input;
        } else if ("messageStop" in event) ({ stopReason } = event.messageStop);
        else if ("metadata" in event) ({ usage, metrics } = event.metadata);
    }
    const content = blocks.map(({ text, toolUse }) =>
        toolUse === undefined ? { text } : { toolUse: { ...toolUse, input: inputOf(text) } },
    );
    return { output: { message: { role: "assistant", content } }, stopReason, usage, metrics };
}

/** A tool's input is JSON; what is cut off or wrong is handed on as it is. */
function inputOf(text: string): unknown {
    try {
        return JSON.parse(text === "" ? "{}" : text);
    } catch {
        return text;
    }
}
