import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EventStreamCodec } from "@smithy/eventstream-codec";

/** What the model says next. */
export type Say =
    | { text: string; stopReason?: string }
    | { tools: { name: string; input: object }[]; text?: string }
    | { status: number; type: string; message: string }
    /** Says the text, and then nothing more. */
    | { hangAfter: string }
    /** Says the text, and closes the connection. */
    | { breakAfter: string };

/** What the model is asked. */
export interface Asked {
    modelId: string;
    messages: { role: string; content: Content[] }[];
    system?: { text: string }[];
    toolConfig?: {
        tools: { toolSpec: { name: string; description: string; inputSchema: { json: object } } }[];
    };
}

interface Content {
    text?: string;
    toolUse?: { name: string; input: unknown; toolUseId: string };
    toolResult?: {
        toolUseId: string;
        status: string;
        content: { text?: string; json?: unknown }[];
    };
}

const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString("utf8"),
    (text) => Buffer.from(text, "utf8"),
);

/** A model behind Bedrock's `ConverseStream`, with its real framing, that says what a script tells it. */
export class FakeModel {
    readonly asked: Asked[] = [];
    readonly authorizations: string[] = [];
    /** Says what comes next, for a conversation. */
    script: (asked: Asked) => Say | Promise<Say> = () => ({ text: "Hello." });
    /** Resolves when a connection is closed before the model has said all. */
    readonly left: Promise<void>;
    #leave: () => void = () => undefined;

    private constructor(private readonly server: Server) {
        this.left = new Promise((resolve) => {
            this.#leave = resolve;
        });
    }

    static async start(): Promise<FakeModel> {
        const server = createServer((request, response) => {
            void model.#answer(request, response);
        });
        const model = new FakeModel(server);
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        return model;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    stop(): void {
        this.server.close();
        this.server.closeAllConnections();
    }

    async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        let body = "";
        for await (const chunk of request.setEncoding("utf8")) body += chunk as string;
        const modelId = decodeURIComponent(
            /^\/model\/([^/]+)\/converse-stream$/.exec(request.url ?? "")?.[1] ?? "",
        );
        const asked = { ...(JSON.parse(body) as Asked), modelId };
        this.asked.push(asked);
        this.authorizations.push(request.headers.authorization ?? "");
        response.once("close", () => {
            if (!response.writableFinished) this.#leave();
        });
        const say = await this.script(asked);
        if ("status" in say) {
            response.writeHead(say.status, {
                "content-type": "application/json",
                "x-amzn-errortype": say.type,
            });
            response.end(JSON.stringify({ message: say.message }));
            return;
        }
        response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
        const frames = eventsOf(say).map(([type, event]) => frame(type, event));
        response.write(Buffer.concat(frames), () => {
            if ("breakAfter" in say) response.destroy();
        });
        if ("breakAfter" in say) return;
        if (!("hangAfter" in say)) response.end();
    }
}

/** The texts of a conversation's tool results. */
export function toolTexts({ messages }: Asked): string[] {
    return messages.flatMap(({ content }) =>
        content.flatMap(({ toolResult }) =>
            (toolResult?.content ?? []).map(({ text, json }) => text ?? JSON.stringify(json)),
        ),
    );
}

/** The names of the tools that the model may call. */
export function toolNames({ toolConfig }: Asked): string[] {
    return (toolConfig?.tools ?? []).map(({ toolSpec }) => toolSpec.name);
}

function eventsOf(say: Exclude<Say, { status: number }>): [string, object][] {
    const events: [string, object][] = [["messageStart", { role: "assistant" }]];
    const text =
        "hangAfter" in say ? say.hangAfter : "breakAfter" in say ? say.breakAfter : say.text;
    let contentBlockIndex = 0;
    if (text !== undefined) {
        // A word at a time, as models do.
        for (const word of text.split(/(?<= )/)) {
            events.push(["contentBlockDelta", { contentBlockIndex, delta: { text: word } }]);
        }
        if ("hangAfter" in say || "breakAfter" in say) return events;
        events.push(["contentBlockStop", { contentBlockIndex }]);
        contentBlockIndex += 1;
    }
    const tools = "tools" in say ? say.tools : [];
    for (const { name, input } of tools) {
        const toolUseId = `tooluse_${Math.random().toString(36).slice(2)}`;
        const delta = { toolUse: { input: JSON.stringify(input) } };
        events.push(
            ["contentBlockStart", { contentBlockIndex, start: { toolUse: { toolUseId, name } } }],
            ["contentBlockDelta", { contentBlockIndex, delta }],
            ["contentBlockStop", { contentBlockIndex }],
        );
        contentBlockIndex += 1;
    }
    const own = "stopReason" in say ? say.stopReason : undefined;
    const stopReason = tools.length > 0 ? "tool_use" : (own ?? "end_turn");
    const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
    events.push(["messageStop", { stopReason }]);
    events.push(["metadata", { usage, metrics: { latencyMs: 1 } }]);
    return events;
}

function frame(type: string, event: object): Uint8Array {
    return codec.encode({
        headers: {
            ":event-type": { type: "string", value: type },
            ":content-type": { type: "string", value: "application/json" },
            ":message-type": { type: "string", value: "event" },
        },
        body: Buffer.from(JSON.stringify(event)),
    });
}
