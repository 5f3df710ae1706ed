import assert from "node:assert/strict";
import { checkRequest } from "../../../local/bedrock/checkRequest";
import { AwsError } from "../../../local/awsError";
import { modelId } from "./bedrockFixture";

const hello = { role: "user", content: [{ text: "hello" }] };
const use = (toolUseId: string) => ({ toolUse: { toolUseId, name: "add", input: {} } });
const result = (toolUseId: string, change: object = {}) => ({
    toolResult: { toolUseId, content: [{ text: "1" }], ...change },
});
const spec = (name: unknown, json: unknown = { type: "object" }) => ({
    toolSpec: { name, description: "Adds", inputSchema: { json } },
});
const toolConfig = { tools: [spec("add")] };

/** `code: message` of a body that is refused. */
function refusal(body: unknown): string {
    try {
        const text = typeof body === "string" ? body : JSON.stringify(body);
        checkRequest(modelId, Buffer.from(text));
    } catch (error) {
        assert.ok(error instanceof AwsError, String(error));
        return `${error.code}: ${error.message}`;
    }
    return "accepted";
}

describe("A request of Converse", () => {
    it("is accepted with all that the stand-in reads, and what bears on no answer", () => {
        const input = checkRequest(
            modelId,
            Buffer.from(
                JSON.stringify({
                    messages: [
                        {
                            role: "user",
                            content: [{ text: "go" }, { cachePoint: { type: "default" } }],
                        },
                        {
                            role: "assistant",
                            content: [
                                {
                                    reasoningContent: {
                                        reasoningText: { text: "hm", signature: "x" },
                                    },
                                },
                                { text: "well" },
                                use("t1"),
                            ],
                        },
                        { role: "user", content: [result("t1", { status: "error" })] },
                    ],
                    system: [{ text: "be good" }, { cachePoint: { type: "default" } }],
                    toolConfig: { tools: [spec("add"), { cachePoint: { type: "default" } }] },
                    inferenceConfig: {
                        maxTokens: 9,
                        temperature: 0.5,
                        topP: 1,
                        stopSequences: ["x"],
                    },
                    additionalModelRequestFields: { top_k: 5 },
                    requestMetadata: { a: "b" },
                }),
            ),
        );
        assert.deepEqual(input.system, ["be good"]);
        assert.deepEqual(input.tools, [
            { name: "add", description: "Adds", schema: { type: "object" } },
        ]);
        assert.deepEqual(
            [input.maxTokens, input.temperature, input.topP, input.stopSequences],
            [9, 0.5, 1, ["x"]],
        );
        assert.equal(input.messages[1]?.content.length, 2);
    });

    const cases: [name: string, body: unknown, refused: RegExp | string][] = [
        ["that is no JSON", "{", "SerializationException: The body is not JSON."],
        ["that is a list", [], /^ValidationException: 1 validation error .* must be an object/],
        [
            "without messages",
            {},
            "ValidationException: A conversation must start with a user message. Try again with a conversation that starts with a user message.",
        ],
        [
            "that starts with the assistant",
            { messages: [{ role: "assistant", content: [{ text: "x" }] }] },
            /must start with a user message/,
        ],
        [
            "whose roles do not alternate",
            { messages: [hello, hello] },
            "ValidationException: A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
        ],
        [
            "that ends with the assistant",
            { messages: [hello, { role: "assistant", content: [{ text: "x" }] }] },
            /must end with a user message/,
        ],
        [
            "with a role that there is not",
            { messages: [{ ...hello, role: "robot" }] },
            "ValidationException: 1 validation error detected: Value 'robot' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
        ],
        [
            "with an empty message",
            { messages: [{ role: "user", content: [] }] },
            "ValidationException: The content field in the Message object at messages.0 is empty. Add a ContentBlock object to the content field and try again.",
        ],
        [
            "with a blank text",
            { messages: [{ role: "user", content: [{ text: "  " }] }] },
            "ValidationException: The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.",
        ],
        [
            "with two kinds in one block",
            { messages: [{ role: "user", content: [{ text: "x", toolUse: {} }] }] },
            /exactly one member set/,
        ],
        [
            "with tool results and no tools",
            {
                messages: [
                    hello,
                    { role: "assistant", content: [use("t1")] },
                    { role: "user", content: [result("t1")] },
                ],
            },
            "ValidationException: The toolConfig field must be defined when using toolUse and toolResult content blocks.",
        ],
        [
            "without a result that was asked for",
            { messages: [hello, { role: "assistant", content: [use("t1")] }, hello], toolConfig },
            "ValidationException: Expected toolResult blocks at messages.2.content for the following Ids: t1",
        ],
        [
            "with more results than were asked for",
            {
                messages: [
                    hello,
                    { role: "assistant", content: [use("t1")] },
                    { role: "user", content: [result("t1"), result("t2")] },
                ],
                toolConfig,
            },
            "ValidationException: The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.",
        ],
        [
            "with an error that says nothing",
            {
                messages: [
                    hello,
                    { role: "assistant", content: [use("t1")] },
                    { role: "user", content: [result("t1", { content: [], status: "error" })] },
                ],
                toolConfig,
            },
            "ValidationException: The content field at messages.2.content.0.toolResult cannot be empty when status value is error.",
        ],
        [
            "with no tools in its toolConfig",
            { messages: [hello], toolConfig: { tools: [] } },
            /length greater than/,
        ],
        [
            "with a tool's name that has a dot",
            { messages: [hello], toolConfig: { tools: [spec("a.b")] } },
            /'toolConfig\.tools\.1\.member\.toolSpec\.name' failed to satisfy constraint: .* pattern/,
        ],
        [
            "with two tools of one name",
            { messages: [hello], toolConfig: { tools: [spec("add"), spec("add")] } },
            /The tool add is already defined at toolConfig\.tools\.0/,
        ],
        [
            "with a tool that takes no object",
            { messages: [hello], toolConfig: { tools: [spec("add", { type: "string" })] } },
            /inputSchema\.json\.type must be one of the following: object/,
        ],
        [
            "that must use a tool that is not there",
            {
                messages: [hello],
                toolConfig: { ...toolConfig, toolChoice: { tool: { name: "sub" } } },
            },
            /toolChoice\.tool\.name: got sub/,
        ],
        [
            "with a maxTokens of 0",
            { messages: [hello], inferenceConfig: { maxTokens: 0 } },
            /greater than or equal to 1/,
        ],
        [
            "with a temperature of 2",
            { messages: [hello], inferenceConfig: { temperature: 2 } },
            /less than or equal to 1/,
        ],
        [
            "with an image",
            { messages: [{ role: "user", content: [{ image: {} }] }] },
            /^NotEmulated: .* content of kind image/,
        ],
        [
            "with a guardrail",
            { messages: [hello], guardrailConfig: {} },
            /^NotEmulated: .*guardrailConfig/,
        ],
    ];
    for (const [name, body, refused] of cases) {
        it(`${name} is refused`, () => {
            if (typeof refused === "string") assert.equal(refusal(body), refused);
            else assert.match(refusal(body), refused);
        });
    }
});
