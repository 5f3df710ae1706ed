import { setTimeout as wait } from "node:timers/promises";
import {
    fromJsonSchema,
    type CallToolResult,
    type ElicitRequestFormParams,
    type McpServer,
    type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { png, text, type FixtureOptions } from "./fixture";

/** Registers every tool that a scenario of the suite calls. */
export function registerTools(
    server: McpServer,
    { withReferences = true }: FixtureOptions = {},
): void {
    registerContents(server);
    registerNotifications(server);
    registerQuestions(server);
    if (!withReferences) return;
    server.registerTool(
        "json_schema_2020_12_tool",
        { description: "A schema with the newest keywords", inputSchema: schema202012 },
        () => text("ok"),
    );
}

/** A WAV of no samples. */
const wav = Buffer.from(
    "524946462400000057415645666d74201000000001000100401f0000803e0000020010006461746100000000",
    "hex",
).toString("base64");

function registerContents(server: McpServer): void {
    const image = { type: "image" as const, data: png, mimeType: "image/png" };
    const resource = (uri: string, mimeType: string, content: string) => ({
        type: "resource" as const,
        resource: { uri, mimeType, text: content },
    });
    const contents: Record<string, CallToolResult["content"]> = {
        test_simple_text: text("A simple text.").content,
        test_image_content: [image],
        test_audio_content: [{ type: "audio", data: wav, mimeType: "audio/wav" }],
        test_embedded_resource: [resource("test://embedded-resource", "text/plain", "A text.")],
        test_multiple_content_types: [
            { type: "text", text: "Several types:" },
            image,
            resource("test://mixed-content-resource", "application/json", '{"value":123}'),
        ],
    };
    for (const [name, content] of Object.entries(contents)) {
        server.registerTool(name, { description: `Answers ${name}` }, () => ({ content }));
    }
    server.registerTool("test_error_handling", { description: "Fails" }, () => {
        throw new Error("This tool always fails");
    });
}

function registerNotifications(server: McpServer): void {
    server.registerTool(
        "test_tool_with_logging",
        { description: "Logs three times" },
        async ({ mcpReq }) => {
            for (const step of ["started", "at work", "done"]) {
                // eslint-disable-next-line @typescript-eslint/no-deprecated -- The suite's revisions have it.
                await mcpReq.log("info", step);
                await wait(50);
            }
            return text("Logged");
        },
    );
    server.registerTool(
        "test_tool_with_progress",
        { description: "Tells its progress three times" },
        async ({ mcpReq }) => {
            const progressToken = mcpReq._meta?.progressToken;
            for (const progress of [0, 50, 100]) {
                if (progressToken !== undefined) {
                    const params = { progressToken, progress, total: 100 };
                    await mcpReq.notify({ method: "notifications/progress", params });
                }
                await wait(50);
            }
            return text("Done");
        },
    );
    server.registerTool(
        "test_reconnection",
        { description: "Closes its stream before it answers" },
        async ({ http }) => {
            http?.closeSSE?.();
            await wait(100);
            return text("Answered after the stream was closed");
        },
    );
}

function registerQuestions(server: McpServer): void {
    server.registerTool(
        "test_sampling",
        { description: "Asks the model", inputSchema: z.object({ prompt: z.string() }) },
        async ({ prompt }, { mcpReq }) => {
            // eslint-disable-next-line @typescript-eslint/no-deprecated -- The suite's revisions have it.
            const { content } = await mcpReq.requestSampling({
                messages: [{ role: "user", content: { type: "text", text: prompt } }],
                maxTokens: 100,
            });
            return text(`LLM response: ${JSON.stringify(content)}`);
        },
    );
    server.registerTool(
        "test_elicitation",
        { description: "Asks the user", inputSchema: z.object({ message: z.string() }) },
        ({ message }, context) =>
            ask(context, message, {
                username: { type: "string" },
                email: { type: "string" },
            }),
    );
    server.registerTool(
        "test_elicitation_sep1034_defaults",
        { description: "Asks the user, with defaults" },
        (context) =>
            ask(context, "Defaults", {
                name: { type: "string", default: "John Doe" },
                age: { type: "integer", default: 30 },
                score: { type: "number", default: 95.5 },
                status: {
                    type: "string",
                    enum: ["active", "inactive", "pending"],
                    default: "active",
                },
                verified: { type: "boolean", default: true },
            }),
    );
    server.registerTool(
        "test_elicitation_sep1330_enums",
        { description: "Asks the user to choose" },
        (context) => ask(context, "Choices", choices),
    );
}

type Properties = ElicitRequestFormParams["requestedSchema"]["properties"];

const titled = ["One", "Two", "Three"].map((title, index) => ({
    const: `value${index + 1}`,
    title,
}));
const options = ["option1", "option2", "option3"];
const choices: Properties = {
    untitledSingle: { type: "string", enum: options },
    titledSingle: { type: "string", oneOf: titled },
    legacyEnum: {
        type: "string",
        enum: ["opt1", "opt2", "opt3"],
        enumNames: ["Option One", "Option Two", "Option Three"],
    },
    untitledMulti: { type: "array", items: { type: "string", enum: options } },
    titledMulti: { type: "array", items: { anyOf: titled } },
};

async function ask(
    { mcpReq }: ServerContext,
    message: string,
    properties: Properties,
): Promise<CallToolResult> {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- The suite's revisions have it.
    const { action, content } = await mcpReq.elicitInput({
        mode: "form",
        message,
        requestedSchema: { type: "object", properties, required: Object.keys(properties) },
    });
    return text(`action=${action}, content=${JSON.stringify(content)}`);
}

const schema202012 = fromJsonSchema({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    $defs: {
        address: {
            type: "object",
            properties: { street: { type: "string" }, city: { type: "string" } },
        },
    },
    properties: { name: { type: "string" }, address: { $ref: "#/$defs/address" } },
    additionalProperties: false,
});
