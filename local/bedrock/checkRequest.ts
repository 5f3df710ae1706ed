import { AwsError, notEmulated, validation } from "../awsError";
import { checkConversation } from "./checkConversation";
import type {
    ContentBlock,
    ConverseInput,
    Message,
    ToolChoice,
    ToolResult,
    ToolSpec,
} from "./converse";
import { listOf, memberOf, named, numberOf, objectOf, violation, type Json } from "./requestValues";

/**
 * A request's body as Converse takes it (botocore model bedrock-runtime 2023-09-30, ConverseRequest).
 *
 * @throws AwsError ValidationException in AWS's words where they are known, or NotEmulated.
 */
export function checkRequest(modelId: string, body: Uint8Array): ConverseInput {
    const input = objectOf(parse(body), "");
    refuseUnmodelled(input);
    const messages = listOf(input["messages"] ?? [], "messages").map(messageOf);
    const tools = toolsOf(input["toolConfig"]);
    const toolChoice = toolChoiceOf(input["toolConfig"], tools);
    checkConversation(messages, tools);
    const { maxTokens, temperature, topP, stopSequences } = inferenceOf(input["inferenceConfig"]);
    return {
        modelId,
        system: systemOf(input["system"]),
        messages,
        tools: tools ?? [],
        toolChoice,
        ...(maxTokens !== undefined && { maxTokens }),
        ...(temperature !== undefined && { temperature }),
        ...(topP !== undefined && { topP }),
        stopSequences,
    };
}

/** What changes an answer, and what the stand-in has no notion of. */
const unmodelled = ["guardrailConfig", "promptVariables", "outputConfig"];

function refuseUnmodelled(input: Json): void {
    const given = unmodelled.find((name) => input[name] !== undefined);
    if (given !== undefined) throw notEmulated(`bedrock-runtime Converse ${given}`);
}

function parse(body: Uint8Array): unknown {
    try {
        return JSON.parse(Buffer.from(body).toString("utf8"));
    } catch {
        // Smithy's restJson protocol: what is no JSON does not get as far as a validation.
        throw new AwsError("SerializationException", "The body is not JSON.", 400);
    }
}

function messageOf(value: unknown, at: number): Message {
    const path = `messages.${at + 1}.member`;
    const { role, content } = objectOf(value, path);
    if (role !== "user" && role !== "assistant") {
        throw violation(
            role,
            `${path}.role`,
            "Member must satisfy enum value set: [user, assistant]",
        );
    }
    const blocks = listOf(content, `${path}.content`);
    if (blocks.length === 0) {
        throw validation(
            `The content field in the Message object at messages.${at} is empty. Add a ContentBlock object to the content field and try again.`,
        );
    }
    return { role, content: blocks.flatMap((block, index) => blockOf(block, at, index)) };
}

/** Blocks that carry nothing an answer is made of. */
const ignoredBlocks = ["cachePoint", "reasoningContent"];

function blockOf(value: unknown, message: number, index: number): ContentBlock[] {
    const path = `messages.${message + 1}.member.content.${index + 1}.member`;
    const [kind, part] = memberOf(value, path);
    if (ignoredBlocks.includes(kind)) return [];
    switch (kind) {
        case "text":
            if (typeof part !== "string" || part.trim() === "") {
                throw validation(
                    `The text field in the ContentBlock object at messages.${message}.content.${index} is blank. Add text to the text field, and try again.`,
                );
            }
            return [{ text: part }];
        case "toolUse": {
            const { toolUseId, name, input } = objectOf(part, `${path}.toolUse`);
            return [
                {
                    toolUse: {
                        toolUseId: named(
                            toolUseId,
                            `${path}.toolUse.toolUseId`,
                            /^[a-zA-Z0-9_.:-]{1,64}$/,
                        ),
                        name: named(name, `${path}.toolUse.name`, toolName),
                        input: objectOf(input, `${path}.toolUse.input`),
                    },
                },
            ];
        }
        case "toolResult":
            return [{ toolResult: toolResultOf(part, message, index) }];
        default:
            throw notEmulated(`bedrock-runtime Converse content of kind ${kind}`);
    }
}

function toolResultOf(value: unknown, message: number, index: number): ToolResult {
    const path = `messages.${message + 1}.member.content.${index + 1}.member.toolResult`;
    const { toolUseId, content, status = "success" } = objectOf(value, path);
    if (status !== "success" && status !== "error") {
        throw violation(
            status,
            `${path}.status`,
            "Member must satisfy enum value set: [success, error]",
        );
    }
    const parts = listOf(content, `${path}.content`).flatMap((part, at): ToolResult["content"] => {
        const [kind, data] = memberOf(part, `${path}.content.${at + 1}.member`);
        if (kind === "json") return [{ json: data }];
        if (kind === "text" && typeof data === "string") return [{ text: data }];
        throw notEmulated(`bedrock-runtime Converse toolResult content of kind ${kind}`);
    });
    if (status === "error" && parts.length === 0) {
        throw validation(
            `The content field at messages.${message}.content.${index}.toolResult cannot be empty when status value is error.`,
        );
    }
    return {
        toolUseId: named(toolUseId, `${path}.toolUseId`, /^[a-zA-Z0-9_.:-]{1,64}$/),
        status,
        content: parts,
    };
}

const toolName = /^[a-zA-Z0-9_-]{1,64}$/;

function toolsOf(config: unknown): ToolSpec[] | undefined {
    if (config === undefined || config === null) return undefined;
    const members = listOf(objectOf(config, "toolConfig")["tools"], "toolConfig.tools");
    if (members.length === 0) {
        throw violation(
            [],
            "toolConfig.tools",
            "Member must have length greater than or equal to 1",
        );
    }
    const tools = members.flatMap((member, at) => {
        const path = `toolConfig.tools.${at + 1}.member`;
        const [kind, spec] = memberOf(member, path);
        if (kind === "cachePoint") return [];
        if (kind !== "toolSpec") throw notEmulated(`bedrock-runtime Converse tool of kind ${kind}`);
        return [toolOf(spec, `${path}.toolSpec`)];
    });
    const taken = tools.findIndex(({ name }, at) => tools.findIndex((t) => t.name === name) < at);
    if (taken >= 0) {
        throw validation(
            `The tool ${tools[taken]?.name ?? ""} is already defined at toolConfig.tools.${tools.findIndex(({ name }) => name === tools[taken]?.name)}.`,
        );
    }
    return tools;
}

function toolOf(value: unknown, path: string): ToolSpec {
    const { name, description = "", inputSchema } = objectOf(value, path);
    if (typeof description !== "string")
        throw violation(description, `${path}.description`, "Member must be a string");
    const { json } = objectOf(inputSchema, `${path}.inputSchema`);
    const schema = objectOf(json, `${path}.inputSchema.json`);
    if (schema["type"] !== "object") {
        throw validation(
            `The value at ${path.replace(/\.(\d+)\.member/, (_all, n: string) => `.${Number(n) - 1}`)}.inputSchema.json.type must be one of the following: object.`,
        );
    }
    return { name: named(name, `${path}.name`, toolName), description, schema: schema };
}

function toolChoiceOf(config: unknown, tools: readonly ToolSpec[] | undefined): ToolChoice {
    const choice = tools === undefined ? undefined : objectOf(config, "toolConfig")["toolChoice"];
    if (choice === undefined || choice === null) return { kind: "auto" };
    const [kind, member] = memberOf(choice, "toolConfig.toolChoice");
    if (kind === "auto" || kind === "any") return { kind };
    if (kind !== "tool")
        throw violation(kind, "toolConfig.toolChoice", "must be auto, any or tool");
    const { name } = objectOf(member, "toolConfig.toolChoice.tool");
    const wanted = named(name, "toolConfig.toolChoice.tool.name", toolName);
    if (tools?.some((tool) => tool.name === wanted) !== true) {
        throw validation(
            `toolConfig.toolChoice.tool.name: got ${wanted}; must be one of the tools`,
        );
    }
    return { kind, name: wanted };
}

function systemOf(value: unknown): string[] {
    return listOf(value ?? [], "system").flatMap((block, at) => {
        const [kind, text] = memberOf(block, `system.${at + 1}.member`);
        if (kind === "cachePoint") return [];
        if (kind !== "text") throw notEmulated(`bedrock-runtime Converse system of kind ${kind}`);
        if (typeof text !== "string" || text === "") {
            throw violation(
                text,
                `system.${at + 1}.member.text`,
                "Member must have length greater than or equal to 1",
            );
        }
        return [text];
    });
}

function inferenceOf(value: unknown) {
    const config = objectOf(value ?? {}, "inferenceConfig");
    const number = (name: string, min: number, max: number) =>
        numberOf(config[name], `inferenceConfig.${name}`, min, max);
    const stopSequences = listOf(config["stopSequences"] ?? [], "inferenceConfig.stopSequences");
    for (const [at, text] of stopSequences.entries()) {
        if (typeof text !== "string" || text === "") {
            throw violation(
                text,
                `inferenceConfig.stopSequences.${at + 1}.member`,
                "Member must have length greater than or equal to 1",
            );
        }
    }
    return {
        maxTokens: number("maxTokens", 1, Number.MAX_SAFE_INTEGER),
        temperature: number("temperature", 0, 1),
        topP: number("topP", 0, 1),
        stopSequences: stopSequences as string[],
    };
}
