import {
    BedrockRuntimeClient,
    ConverseStreamCommand,
    type ConverseStreamCommandInput,
    type ConverseStreamOutput,
    type Message,
} from "@aws-sdk/client-bedrock-runtime";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
    ContentBlock,
    ConverseInput,
    OutputBlock,
    Schema,
    ToolSpec,
} from "../../../local/bedrock/converse";
import { standInAnswer } from "../../../local/bedrock/standIn";
import { LocalCloud, type LocalCloudOptions } from "../../../local/cloud";
import type { SessionKey } from "../../../local/services/sessionKey";

export const accountId = "444455556666";
export const modelId = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
export const foundationModelId = "anthropic.claude-haiku-4-5-20251001-v1:0";
export const profileArn = `arn:aws:bedrock:us-east-1:${accountId}:inference-profile/${modelId}`;

/** Two tools with numbers, and one with a name. */
export const tools: ToolSpec[] = [
    tool("add_numbers", "Add two numbers", { a: { type: "number" }, b: { type: "number" } }),
    tool("multiply_numbers", "Multiply two numbers", {
        a: { type: "number" },
        b: { type: "number" },
    }),
    tool("greet_user", "Greet a user by name", {
        name: { type: "string", description: "The name of the user to greet" },
    }),
    tool("echo_message", "Echo back a message for testing", { message: { type: "string" } }),
];

/** A tool; all of its properties are required unless it says which. */
export function tool(
    name: string,
    description: string,
    properties: Readonly<Record<string, Schema>>,
    required: readonly string[] = Object.keys(properties),
): ToolSpec {
    return { name, description, schema: { type: "object", properties, required } };
}

/** What {@link tools} do. */
export function run(name: string, input: unknown): unknown {
    const { a = 0, b = 0, name: who, message } = input as Record<string, number>;
    if (name.endsWith("add_numbers")) return { result: a + b };
    if (name.endsWith("multiply_numbers")) return { result: a * b };
    return { message: name.endsWith("greet_user") ? `Hello, ${String(who)}!` : message };
}

/** A request of the stand-in for one prompt. */
export function request(prompt: string, change: Partial<ConverseInput> = {}): ConverseInput {
    return {
        modelId,
        system: [],
        messages: [{ role: "user", content: [{ text: prompt }] }],
        tools,
        toolChoice: { kind: "auto" },
        stopSequences: [],
        ...change,
    };
}

/** Every tool call that a prompt leads to, with its answer, until there is a text. */
export function converse(
    input: ConverseInput,
    answer: (name: string, input: unknown) => ContentBlock | undefined = () => undefined,
): { calls: [name: string, input: unknown][]; text: string; messages: ConverseInput["messages"] } {
    const calls: [string, unknown][] = [];
    const messages = [...input.messages];
    for (let turn = 0; turn < 20; turn++) {
        const block: OutputBlock = standInAnswer({ ...input, messages });
        messages.push({ role: "assistant", content: [block] });
        if ("text" in block) return { calls, text: block.text, messages };
        const { toolUseId, name, input: args } = block.toolUse;
        calls.push([name, args]);
        const result: ContentBlock = answer(name, args) ?? {
            toolResult: { toolUseId, status: "success", content: [{ json: run(name, args) }] },
        };
        messages.push({
            role: "user",
            content: [
                "toolResult" in result
                    ? { toolResult: { ...result.toolResult, toolUseId } }
                    : result,
            ],
        });
    }
    throw new Error("The stand-in asks for tools without end");
}

/** A local cloud with one account, and the SDK's client of its Bedrock Runtime. */
export class BedrockCloud {
    readonly #folder = mkdtempSync(join(tmpdir(), "bedrock-"));
    readonly errors: unknown[] = [];
    cloud!: LocalCloud;

    async start(options: Partial<LocalCloudOptions> = {}): Promise<this> {
        this.cloud = await LocalCloud.start({
            port: 0,
            stateFolder: this.#folder,
            onError: (error) => this.errors.push(error),
            ...options,
        });
        await this.cloud.account(accountId);
        return this;
    }

    async stop(): Promise<void> {
        await this.cloud.stop();
        rmSync(this.#folder, { recursive: true });
    }

    /** A session of a role with these statements, or of the administrators. */
    session(statements?: readonly unknown[]): SessionKey {
        const account = this.cloud.accounts.get(accountId);
        if (account === undefined) throw new Error("not started");
        if (statements === undefined) {
            return this.cloud.sts.session(account, account.iam.role("AdminRole"), "test");
        }
        const roleName = `agent-${account.iam.roles().length}`;
        account.iam.createRole({ roleName, assumeRolePolicyDocument: trust });
        account.iam.putRolePolicy(
            roleName,
            "models",
            JSON.stringify({ Version: "2012-10-17", Statement: statements }),
        );
        return this.cloud.sts.session(account, account.iam.role(roleName), "test");
    }

    client(
        key: SessionKey = this.session(),
        config: ConstructorParameters<typeof BedrockRuntimeClient>[0] = {},
    ): BedrockRuntimeClient {
        return new BedrockRuntimeClient({
            region: "us-east-1",
            endpoint: this.cloud.endpoints.bedrockRuntime,
            credentials: {
                accessKeyId: key.accessKeyId,
                secretAccessKey: key.secretAccessKey,
                sessionToken: key.sessionToken ?? "",
            },
            maxAttempts: 1,
            ...config,
        });
    }
}

const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
        {
            Effect: "Allow",
            Principal: { Service: "bedrock-agentcore.amazonaws.com" },
            Action: "sts:AssumeRole",
        },
    ],
});

/** A prompt as the SDK takes it. */
export function user(text: string): Message {
    return { role: "user", content: [{ text }] };
}

/** {@link tools} as the SDK takes them. */
export const toolConfig = {
    tools: tools.map(({ name, description, schema }) => ({
        toolSpec: {
            name,
            description,
            inputSchema: { json: JSON.parse(JSON.stringify(schema)) as never },
        },
    })),
};

/** Every event of a stream. */
export async function events(
    client: BedrockRuntimeClient,
    input: ConverseStreamCommandInput,
): Promise<ConverseStreamOutput[]> {
    const { stream } = await client.send(new ConverseStreamCommand(input));
    const all: ConverseStreamOutput[] = [];
    for await (const event of stream ?? []) all.push(event);
    return all;
}
