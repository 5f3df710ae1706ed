import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { parseToolDefinitions } from "../../../agentcore/toolSchema";
import { LambdaFunctionRunner } from "../../../local/lambda/environment";
import { makeHandler, type HandlerDeps } from "../../../workloads/echo-tool/src/handler";
import { tools } from "../../../workloads/echo-tool/src/tools";

const folder = join(__dirname, "../../../workloads/echo-tool");
const declarations = parseToolDefinitions(
    JSON.parse(readFileSync(join(folder, "tools.json"), "utf8")),
);

function handlerWith(more: Partial<HandlerDeps> = {}): {
    lines: string[];
    call: (tool: unknown, event: unknown, key?: string) => Promise<unknown>;
} {
    const lines: string[] = [];
    let milliseconds = 0;
    const handler = makeHandler({
        declarations,
        tools,
        log: (line) => lines.push(line),
        now: () => (milliseconds += 5),
        ...more,
    });
    return {
        lines,
        call: (tool, event, key = "custom") =>
            handler(event, {
                awsRequestId: "r1",
                clientContext: { [key]: { bedrockAgentCoreToolName: tool } },
            }),
    };
}

describe("The echo tool", () => {
    it("declares what the article's gateway shows", () => {
        assert.deepEqual(
            declarations.map(({ name, description }) => [name, description]),
            [
                ["echo_message", "Echo back a message for testing"],
                ["add_numbers", "Add two numbers"],
                ["multiply_numbers", "Multiply two numbers"],
                ["greet_user", "Greet a user by name"],
            ],
        );
    });

    for (const [tool, event, answer] of [
        ["echo_message", { message: "" }, { message: "" }],
        ["echo_message", { message: "hi", more: 1 }, { message: "hi" }],
        ["add_numbers", { a: 2, b: -3.5 }, { result: -1.5 }],
        ["multiply_numbers", { a: 6, b: 7 }, { result: 42 }],
        ["greet_user", { name: "Ada" }, { message: "Hello, Ada! Welcome to AgentCore." }],
    ] as const) {
        it(`answers ${tool} ${JSON.stringify(event)}`, async () => {
            assert.deepEqual(await handlerWith().call(`echo-tools___${tool}`, event), answer);
        });
    }

    it("finds the tool's name without a target before it, and in Custom", async () => {
        const { call } = handlerWith();
        assert.deepEqual(await call("add_numbers", { a: 1, b: 1 }), { result: 2 });
        assert.deepEqual(await call("t___add_numbers", { a: 1, b: 1 }, "Custom"), { result: 2 });
    });

    it("takes the target off the tool's name at the first three underscores", async () => {
        const { call } = handlerWith({
            declarations: [{ name: "a___b", inputSchema: { type: "object" } }],
            tools: { a___b: () => "ran" },
        });
        assert.equal(await call("t___a___b", {}), "ran");
    });

    for (const [event, problem] of [
        [{}, 'arguments: Instance does not have required property "message"'],
        [{ message: 1 }, 'message: Instance type "number" is invalid. Expected "string"'],
        [null, 'arguments: Instance type "null" is invalid. Expected "object"'],
        ["hi", 'arguments: Instance type "string" is invalid. Expected "object"'],
    ] as const) {
        it(`refuses ${JSON.stringify(event)} for echo_message`, async () => {
            await assert.rejects(handlerWith().call("t___echo_message", event), {
                name: "InvalidArguments",
                message: `echo_message: ${problem}. See the tool's input schema.`,
            });
        });
    }

    it("names every argument that is wrong", async () => {
        await assert.rejects(handlerWith().call("t___add_numbers", { a: "1", b: "2" }), {
            message: `add_numbers: a: Instance type "string" is invalid. Expected "number"; b: Instance type "string" is invalid. Expected "number". See the tool's input schema.`,
        });
    });

    it("refuses a result that JSON does not have", async () => {
        await assert.rejects(handlerWith().call("t___multiply_numbers", { a: 1e308, b: 10 }), {
            name: "InvalidArguments",
        });
    });

    for (const tool of ["t___other", "t___constructor", "t___", ""]) {
        it(`refuses the tool ${JSON.stringify(tool)}, and names those it has`, async () => {
            await assert.rejects(handlerWith().call(tool, {}), {
                name: "UnknownTool",
                message: `No tool ${tool.replace("t___", "")}. This function has: echo_message, add_numbers, multiply_numbers, greet_user.`,
            });
        });
    }

    it("says how to call it to who calls it without a gateway", async () => {
        for (const tool of [undefined, 7]) {
            await assert.rejects(handlerWith().call(tool, {}), {
                name: "UnknownTool",
                message: /^No tool name in the client context/,
            });
        }
    });

    it("logs one line of JSON for each call, and no argument", async () => {
        const { lines, call } = handlerWith();
        await call("t___echo_message", { message: "secret" });
        await assert.rejects(call("t___echo_message", { message: ["secret"] }));
        await assert.rejects(call("t___other", { message: "secret" }));
        assert.deepEqual(
            lines.map((line) => JSON.parse(line) as unknown),
            [
                { requestId: "r1", tool: "echo_message", outcome: "ok", durationMs: 5 },
                {
                    requestId: "r1",
                    tool: "echo_message",
                    outcome: "InvalidArguments",
                    durationMs: 5,
                },
                { requestId: "r1", tool: "other", outcome: "UnknownTool", durationMs: 5 },
            ],
        );
        assert.ok(!lines.join().includes("secret"));
    });

    it("does not start when the declarations and the tools differ", () => {
        const { echo_message: _echo, ...fewer } = tools;
        const more = { ...fewer, shout: () => "HI" };
        assert.throws(() => handlerWith({ tools: more }), /not both: echo_message, shout$/);
    });

    it("runs as one bundled file in Lambda", async () => {
        const codeFolder = mkdtempSync(join(tmpdir(), "hub-echo-"));
        buildSync({
            entryPoints: [join(folder, "src/handler.ts")],
            outfile: join(codeFolder, "index.mjs"),
            bundle: true,
            format: "esm",
            platform: "node",
            target: "node22",
        });
        const lines: string[] = [];
        const runner = new LambdaFunctionRunner({
            codeFolder,
            handler: "index.handler",
            timeoutSeconds: 10,
            memoryMb: 128,
            environment: {},
            functionArn: "arn:aws:lambda:us-west-2:111122223333:function:echo-tool",
            functionName: "echo-tool",
            onLog: (line) => lines.push(line),
        });
        try {
            const clientContext = {
                custom: { bedrockAgentCoreToolName: "echo-tools___echo_message" },
            };
            const options = { requestId: "r1", clientContext };
            assert.deepEqual(await runner.invoke({ message: "hi" }, options), {
                result: "ok",
                payload: { message: "hi" },
            });
            const failed = await runner.invoke({}, options);
            assert.equal(failed.result === "error" && failed.errorType, "InvalidArguments");
            assert.match(
                lines[0] ?? "",
                /^\{"requestId":"r1","tool":"echo_message","outcome":"ok"/,
            );
        } finally {
            await runner.stop();
            rmSync(codeFolder, { recursive: true });
        }
    });
});
