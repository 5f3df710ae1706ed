import {
    ImageBlock,
    JsonBlock,
    TextBlock,
    Tool,
    ToolResultBlock,
    type JSONValue,
    type ToolContext,
    type ToolResultContent,
    type ToolSpec,
    type ToolStreamGenerator,
} from "@strands-agents/sdk";
import type { CallToolResult, Tool as ToolDeclaration } from "@modelcontextprotocol/sdk/types.js";
import type { GatewayConnection, Invocation } from "./gatewayConnection.js";

/** What an invocation of the agent gives its tools. */
export interface ToolInvocation extends Invocation {
    /** Ends the agent's work: what went wrong is no matter for the model. */
    fail: (error: unknown) => void;
}

/** A gateway's tool, under the name by which the model calls it. */
export class GatewayTool extends Tool {
    readonly name: string;
    readonly description: string;
    readonly toolSpec: ToolSpec;

    constructor(
        name: string,
        readonly declaration: ToolDeclaration,
        readonly connection: GatewayConnection,
    ) {
        super();
        this.name = name;
        // Bedrock refuses a tool without a description.
        this.description = declaration.description ?? `The tool ${declaration.name}`;
        this.toolSpec = {
            name,
            description: this.description,
            inputSchema: declaration.inputSchema,
        };
    }

    override async *stream(context: ToolContext): ToolStreamGenerator {
        const { toolUseId, input } = context.toolUse;
        const invocation = context.invocationState as unknown as ToolInvocation;
        try {
            const result = await this.call(input, invocation, context);
            const content = result.content.map(blockOf);
            if (content.length === 0) content.push(withoutContent(result));
            return new ToolResultBlock({
                toolUseId,
                status: result.isError === true ? "error" : "success",
                content,
            });
        } catch (error) {
            invocation.fail(error);
            throw error;
        }
    }

    protected call(
        input: JSONValue,
        invocation: ToolInvocation,
        _context: ToolContext,
    ): Promise<CallToolResult> {
        if (typeof input !== "object" || input === null || Array.isArray(input)) {
            const text = "The tool's input must be a JSON object.";
            return Promise.resolve({ isError: true, content: [{ type: "text", text }] });
        }
        return this.connection.callTool(this.declaration.name, input, invocation);
    }
}

/** The formats of pictures that Bedrock takes. */
const imageFormats: Readonly<Record<string, "png" | "jpeg" | "gif" | "webp">> = {
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
};

function blockOf(item: CallToolResult["content"][number]): ToolResultContent {
    if (item.type === "text") return new TextBlock(item.text);
    if (item.type === "image") {
        const format = imageFormats[item.mimeType];
        if (format !== undefined) {
            return new ImageBlock({ format, source: { bytes: Buffer.from(item.data, "base64") } });
        }
    }
    if (item.type === "resource" && "text" in item.resource) {
        return new TextBlock(item.resource.text);
    }
    return new JsonBlock({ json: item as unknown as JSONValue });
}

function withoutContent({ structuredContent }: CallToolResult): ToolResultContent {
    return structuredContent === undefined
        ? new TextBlock("The tool gave no output.")
        : new JsonBlock({ json: structuredContent as JSONValue });
}
