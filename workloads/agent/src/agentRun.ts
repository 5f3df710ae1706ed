import {
    Agent,
    DefaultModelRetryStrategy,
    MaxTokensError,
    SlidingWindowConversationManager,
    type AgentResult,
    type AgentStreamEvent,
    type Message,
    type Model,
} from "@strands-agents/sdk";
import { AgentError } from "./errors.js";
import type { ToolInvocation } from "./gatewayTool.js";
import { modelError } from "./modelErrors.js";
import type { SessionTools } from "./sessionTools.js";

/** What the agent tells while it works. */
export type AgentEvent =
    | { type: "text"; text: string }
    | { type: "toolStart"; id: string; name: string; input: unknown }
    | ({ type: "toolEnd"; id: string } & ToolCall);

/** One call of a tool. */
export interface ToolCall {
    name: string;
    milliseconds: number;
    isError: boolean;
}

/** What the agent answers. */
export interface Answer {
    response: string;
    status: "success";
    toolCalls: ToolCall[];
    usage: { inputTokens: number; outputTokens: number; totalTokens: number };
    stopReason: string;
    /** The whole, and how much of it was the model's: from its being asked to its last word. */
    milliseconds: { total: number; model: number };
}

/** What is kept of a conversation. */
export interface Conversation {
    messages: Message[];
    tools: SessionTools;
}

/** What {@link runAgent} needs. */
export interface RunArgs {
    model: Model;
    modelId: string;
    conversation: Conversation;
    prompt: string;
    systemPrompt: string | undefined;
    maxTurns: number;
    signal: AbortSignal;
    traceHeaders: () => Record<string, string>;
    traceAttributes: Record<string, string>;
    emit: (event: AgentEvent) => void;
    /** Milliseconds on any clock. */
    now: () => number;
}

/** Of a conversation, the model sees as much. */
const windowSize = 40;

/**
 * Answers one prompt, and then extends the conversation by it; after a failure the conversation is as before.
 *
 * @throws AgentError for all that can go wrong, or the signal's reason.
 */
export async function runAgent(args: RunArgs): Promise<Answer> {
    const { conversation, signal, now } = args;
    const started = now();
    // A failed gateway ends the work at once, model and all other tools with it.
    const work = new AbortController();
    let failure: Error | undefined;
    const invocation: ToolInvocation = {
        signal: AbortSignal.any([signal, work.signal]),
        traceHeaders: args.traceHeaders,
        fail: (error) => {
            failure ??= error instanceof Error ? error : new Error(String(error));
            work.abort(error);
        },
    };
    const tools = await conversation.tools.load(invocation);
    const agent = new Agent({
        name: "agent",
        model: args.model,
        messages: [...conversation.messages],
        tools,
        ...(args.systemPrompt !== undefined && { systemPrompt: args.systemPrompt }),
        conversationManager: new SlidingWindowConversationManager({ windowSize }),
        // The default tries for four minutes: a caller waits for the answer.
        retryStrategy: new DefaultModelRetryStrategy({ maxAttempts: 3 }),
        traceAttributes: args.traceAttributes,
        printer: false,
    });
    const progress = new Progress(args);
    let result: AgentResult;
    try {
        result = await progress.follow(
            agent.stream(args.prompt, {
                cancelSignal: invocation.signal,
                limits: { turns: args.maxTurns },
                invocationState: invocation as unknown as Record<string, unknown>,
            }),
        );
    } catch (error) {
        signal.throwIfAborted();
        throw failure ?? strandsError(error, args);
    }
    signal.throwIfAborted();
    if (failure !== undefined) throw failure;
    if (result.stopReason === "limitTurns") throw turnLimit(args.maxTurns, progress.toolCalls);
    conversation.messages = agent.messages;
    const usage = result.metrics?.accumulatedUsage;
    return {
        response: textOf(result.lastMessage),
        status: "success",
        toolCalls: progress.toolCalls,
        usage: {
            inputTokens: usage?.inputTokens ?? 0,
            outputTokens: usage?.outputTokens ?? 0,
            totalTokens: usage?.totalTokens ?? 0,
        },
        stopReason: result.stopReason,
        milliseconds: { total: rounded(now() - started), model: rounded(progress.modelMs) },
    };
}

/** Tells of the agent's events, and measures them. */
class Progress {
    readonly toolCalls: ToolCall[] = [];
    modelMs = 0;
    readonly #begun = new Map<string, number>();
    #asked = 0;

    constructor(private readonly args: Pick<RunArgs, "emit" | "now">) {}

    async follow(events: AsyncGenerator<AgentStreamEvent, AgentResult>): Promise<AgentResult> {
        for (;;) {
            const next = await events.next();
            if (next.done === true) return next.value;
            this.#see(next.value);
        }
    }

    #see(event: AgentStreamEvent): void {
        const { emit, now } = this.args;
        switch (event.type) {
            case "beforeModelCallEvent":
                this.#asked = now();
                break;
            case "modelStreamUpdateEvent": {
                const { event: update } = event;
                if (
                    update.type === "modelContentBlockDeltaEvent" &&
                    update.delta.type === "textDelta"
                ) {
                    emit({ type: "text", text: update.delta.text });
                }
                break;
            }
            case "afterModelCallEvent":
                this.modelMs += now() - this.#asked;
                break;
            case "beforeToolCallEvent": {
                const { toolUseId: id, name, input } = event.toolUse;
                this.#begun.set(id, now());
                emit({ type: "toolStart", id, name, input });
                break;
            }
            case "afterToolCallEvent": {
                const { toolUseId: id, name } = event.toolUse;
                const call = {
                    name,
                    milliseconds: rounded(now() - (this.#begun.get(id) ?? now())),
                    isError: event.result.status === "error",
                };
                this.toolCalls.push(call);
                emit({ type: "toolEnd", id, ...call });
                break;
            }
        }
    }
}

function strandsError(error: unknown, { modelId }: RunArgs): AgentError {
    if (error instanceof AgentError) return error;
    if (error instanceof MaxTokensError) {
        const message = `The model ${modelId} reached its limit of output tokens before the answer was complete`;
        return new AgentError("ModelOutputLimit", message, { modelId }, { cause: error });
    }
    return modelError(error, modelId);
}

function turnLimit(maxTurns: number, toolCalls: readonly ToolCall[]): AgentError {
    return new AgentError(
        "TurnLimit",
        `The model had no answer after ${maxTurns} turns (MAX_TURNS), with ${toolCalls.length} tool calls`,
        { maxTurns, toolCalls },
    );
}

function textOf(message: Message): string {
    return message.content
        .flatMap((block) => (block.type === "textBlock" ? [block.text] : []))
        .join("\n");
}

function rounded(milliseconds: number): number {
    return Math.round(milliseconds * 100) / 100;
}
