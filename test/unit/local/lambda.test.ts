import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    LambdaFunctionRunner,
    type InvocationOutcome,
    type LambdaFunctionOptions,
} from "../../../local/lambda/environment";

const functionArn = "arn:aws:lambda:us-west-2:111122223333:function:echo";
const lines: string[] = [];
const folders: string[] = [];
const runners: LambdaFunctionRunner[] = [];

function functionWith(
    code: string,
    options: Partial<LambdaFunctionOptions> = {},
    file = "index.mjs",
): LambdaFunctionRunner {
    const codeFolder = mkdtempSync(join(tmpdir(), "hub-lambda-"));
    folders.push(codeFolder);
    writeFileSync(join(codeFolder, file), code);
    const runner = new LambdaFunctionRunner({
        codeFolder,
        handler: "index.handler",
        timeoutSeconds: 10,
        memoryMb: 128,
        environment: {},
        functionArn,
        functionName: "echo",
        onLog: (line) => lines.push(line),
        ...options,
    });
    runners.push(runner);
    return runner;
}

function call(
    runner: LambdaFunctionRunner,
    event: unknown = {},
    clientContext?: unknown,
): Promise<InvocationOutcome> {
    return runner.invoke(event, { requestId: "r1", clientContext });
}

async function payloadOf(outcome: Promise<InvocationOutcome>): Promise<unknown> {
    const settled = await outcome;
    assert.equal(settled.result, "ok", JSON.stringify(settled));
    return settled.payload;
}

async function errorOf(
    outcome: Promise<InvocationOutcome>,
): Promise<{ errorType: string; errorMessage: string; trace?: readonly string[] }> {
    const settled = await outcome;
    assert.ok(settled.result === "error", JSON.stringify(settled));
    const { result: _result, ...error } = settled;
    return error;
}

describe("Lambda functions", () => {
    afterEach(async () => {
        await Promise.all(runners.splice(0).map((runner) => runner.stop()));
        for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
        lines.length = 0;
    });

    it("give the handler the event, and its JSON to the caller", async () => {
        const runner = functionWith(
            `export const handler = async (event) => ({ got: event, dropped: undefined });`,
        );
        assert.deepEqual(await payloadOf(call(runner, { a: [1, "ä"] })), { got: { a: [1, "ä"] } });
    });

    it("answer null for a handler that returns nothing", async () => {
        assert.equal(await payloadOf(call(functionWith(`export const handler = () => {};`))), null);
    });

    it("run CommonJS, nested folders and nested exports", async () => {
        const code = `exports.tools = { echo: async (event) => event };`;
        const runner = functionWith(code, { handler: "index.tools.echo" }, "index.cjs");
        assert.equal(await payloadOf(call(runner, "hello")), "hello");
    });

    it("give the handler Lambda's context", async () => {
        const runner = functionWith(
            `export const handler = async (_event, context) => ({
                ...context, left: context.getRemainingTimeInMillis() });`,
        );
        const custom = { bedrockAgentCoreToolName: "echo-tools___echo_message" };
        const { left, ...context } = (await payloadOf(call(runner, {}, { custom }))) as {
            left: number;
        };
        assert.ok(left > 0 && left <= 10_000, `left: ${left}`);
        assert.deepEqual(context, {
            callbackWaitsForEmptyEventLoop: true,
            functionName: "echo",
            functionVersion: "$LATEST",
            invokedFunctionArn: functionArn,
            memoryLimitInMB: "128",
            awsRequestId: "r1",
            logGroupName: "/aws/lambda/echo",
            logStreamName: "local",
            clientContext: { custom },
        });
    });

    it("show the handler only its own environment and Lambda's", async () => {
        process.env["HUB_TEST_SECRET"] = "of the parent";
        try {
            const runner = functionWith(`export const handler = async () => process.env;`, {
                environment: { TABLE: "t", AWS_REGION: "is reserved" },
            });
            const environment = (await payloadOf(call(runner))) as Record<string, string>;
            assert.deepEqual(Object.keys(environment).sort(), [
                "AWS_EXECUTION_ENV",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                "AWS_LAMBDA_FUNCTION_NAME",
                "AWS_LAMBDA_FUNCTION_VERSION",
                "AWS_LAMBDA_LOG_GROUP_NAME",
                "AWS_LAMBDA_LOG_STREAM_NAME",
                "AWS_REGION",
                "LAMBDA_TASK_ROOT",
                "PATH",
                "TABLE",
                "TZ",
                "_HANDLER",
            ]);
            assert.equal(environment["AWS_REGION"], "us-west-2");
            assert.equal(environment["TABLE"], "t");
        } finally {
            delete process.env["HUB_TEST_SECRET"];
        }
    });

    it("use a warm environment again", async () => {
        const runner = functionWith(
            `let calls = 0; export const handler = async () => [process.pid, ++calls];`,
        );
        const [cold, first] = (await payloadOf(call(runner))) as number[];
        assert.deepEqual([first, await payloadOf(call(runner))], [1, [cold, 2]]);
    });

    it("run each call of several at once in an environment of its own", async () => {
        const runner = functionWith(`export const handler = async () => process.pid;`);
        const calls = [1, 2, 3].map(() => payloadOf(call(runner)));
        assert.equal(new Set(await Promise.all(calls)).size, 3);
    });

    it("queue calls over the limit", async () => {
        const runner = functionWith(`export const handler = async () => process.pid;`, {
            maxConcurrency: 2,
        });
        const calls = [1, 2, 3, 4, 5].map(() => payloadOf(call(runner)));
        assert.equal(new Set(await Promise.all(calls)).size, 2);
    });

    it("give a queued call a new environment when the one before it dies", async () => {
        const code = `export const handler = async (event) => event.exit ? process.exit(7) : "ok";`;
        const runner = functionWith(code, { maxConcurrency: 1 });
        const first = errorOf(call(runner, { exit: true }));
        const second = payloadOf(call(runner));
        assert.equal((await first).errorType, "Runtime.ExitError");
        assert.equal(await second, "ok");
    });

    it("have every line that the handler wrote before the call settles", async () => {
        const runner = functionWith(
            `export const handler = async () => {
                for (let i = 0; i < 1000; i++) console.log("line " + i);
                process.stderr.write("an error, ");
                process.stderr.write("then\\n\\nno end of line");
            };`,
        );
        await payloadOf(call(runner));
        const stdout = lines.filter((line) => line.startsWith("line "));
        assert.deepEqual(
            stdout,
            Array.from({ length: 1000 }, (_, index) => `line ${index}`),
        );
        const stderr = lines.filter((line) => !line.startsWith("line "));
        assert.deepEqual(stderr, ["an error, then", "", "no end of line"]);
    });
});

describe("A Lambda function that fails", () => {
    afterEach(async () => {
        await Promise.all(runners.splice(0).map((runner) => runner.stop()));
        for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
        lines.length = 0;
    });

    it("answers what the handler threw, logs it, and stays warm", async () => {
        const runner = functionWith(
            `export const handler = async (event) => {
                if (event.fail) throw new RangeError("no such order");
                return process.pid;
            };`,
        );
        const pid = await payloadOf(call(runner));
        const error = await errorOf(call(runner, { fail: true }));
        assert.equal(error.errorType, "RangeError");
        assert.equal(error.errorMessage, "no such order");
        assert.equal(error.trace?.[0], "RangeError: no such order");
        assert.equal(lines.length, 1);
        assert.match(lines[0] ?? "", /^ERROR Invoke Error \{"errorType":"RangeError"/);
        assert.equal(await payloadOf(call(runner)), pid);
    });

    it("answers a thrown text as its type and text", async () => {
        const runner = functionWith(`export const handler = async () => { throw "no"; };`);
        assert.deepEqual(await errorOf(call(runner)), {
            errorType: "string",
            errorMessage: "no",
            trace: [],
        });
    });

    for (const [how, body] of [
        ["waits for ever", "return new Promise(() => {});"],
        ["loops for ever", "for (;;);"],
    ] as const) {
        it(`is killed at its timeout when it ${how}, and starts anew`, async () => {
            const runner = functionWith(
                `export const handler = async (event) => { if (event.go) return "ok"; ${body} };`,
                { timeoutSeconds: 0.2 },
            );
            assert.deepEqual(await errorOf(call(runner)), {
                errorType: "Sandbox.Timedout",
                errorMessage: "RequestId: r1 Error: Task timed out after 0.20 seconds",
            });
            assert.deepEqual(lines, ["RequestId: r1 Error: Task timed out after 0.20 seconds"]);
            assert.equal(await payloadOf(call(runner, { go: true })), "ok");
        });
    }

    it("is killed when its module never loads", async () => {
        const code = `await new Promise(() => setInterval(() => {}, 1000)); export const handler = 1;`;
        const runner = functionWith(code, { initTimeoutSeconds: 0.3 });
        assert.equal((await errorOf(call(runner))).errorType, "Sandbox.Timedout");
    });

    for (const [code, text] of [
        ["process.exit(7)", "Runtime exited with error: exit status 7"],
        ["process.exit(0)", "Runtime exited without providing a reason"],
        ["process.kill(process.pid, 'SIGKILL')", "Runtime exited with error: signal: killed"],
    ] as const) {
        it(`answers Runtime.ExitError for ${code}, and starts anew`, async () => {
            const runner = functionWith(
                `export const handler = async (event) => {
                    if (event.go) return "ok";
                    console.log("last words"); ${code}; await new Promise(() => {});
                };`,
            );
            assert.deepEqual(await errorOf(call(runner)), {
                errorType: "Runtime.ExitError",
                errorMessage: `RequestId: r1 Error: ${text}`,
            });
            assert.deepEqual(lines, ["last words", `RequestId: r1 Error: ${text}`]);
            assert.equal(await payloadOf(call(runner, { go: true })), "ok");
        });
    }

    it("answers an exception outside the handler's promise, and starts anew", async () => {
        const runner = functionWith(
            `export const handler = async (event) => {
                if (event.go) return process.pid;
                setTimeout(() => { throw new TypeError("late"); }, 1);
                await new Promise(() => {});
            };`,
        );
        const pid = await payloadOf(call(runner, { go: true }));
        assert.equal((await errorOf(call(runner))).errorType, "TypeError");
        assert.notEqual(await payloadOf(call(runner, { go: true })), pid);
    });

    it("answers a rejection that nobody handled", async () => {
        const runner = functionWith(
            `export const handler = async () => {
                Promise.reject(new Error("forgotten")); await new Promise(() => {});
            };`,
        );
        const { errorType, errorMessage } = await errorOf(call(runner));
        assert.equal(errorType, "Runtime.UnhandledPromiseRejection");
        assert.equal(errorMessage, "Error: forgotten");
    });

    it("is ended when it needs more memory than it has", async () => {
        const runner = functionWith(
            `export const handler = async () => {
                const all = []; for (;;) all.push(new Array(1e4).fill(all.length));
            };`,
            { memoryMb: 32 },
        );
        const { errorType, errorMessage } = await errorOf(call(runner));
        assert.equal(errorType, "Runtime.ExitError");
        assert.match(errorMessage, /signal: aborted$/);
    });

    it("answers Function.ResponseSizeTooLarge just over 6 MB, but not at it", async () => {
        const runner = functionWith(`export const handler = async (n) => "x".repeat(n);`);
        const max = 6_291_556;
        assert.equal(((await payloadOf(call(runner, max - 2))) as string).length, max - 2);
        const error = await errorOf(call(runner, max - 1));
        assert.equal(error.errorType, "Function.ResponseSizeTooLarge");
        assert.equal(
            error.errorMessage,
            `Response payload size (${max + 1} bytes) exceeded maximum allowed payload size (${max} bytes).`,
        );
    });

    for (const [what, value] of [
        ["a circle", "(() => { const a = {}; a.a = a; return a; })()"],
        ["a BigInt", "1n"],
    ] as const) {
        it(`answers Runtime.MarshalError for ${what}`, async () => {
            const error = await errorOf(
                call(functionWith(`export const handler = async () => ${value};`)),
            );
            assert.equal(error.errorType, "Runtime.MarshalError");
            assert.equal(error.errorMessage, "Unable to stringify response body");
        });
    }

    for (const [handler, code, errorType, errorMessage] of [
        ["index.other", "", "Runtime.HandlerNotFound", "index.other is undefined or not exported"],
        [
            "index.handler",
            "export const handler = 1;",
            "Runtime.HandlerNotFound",
            "index.handler is not a function",
        ],
        ["other.handler", "", "Runtime.ImportModuleError", "Error: Cannot find module 'other'"],
        ["handler", "", "Runtime.MalformedHandlerName", "Bad handler handler"],
        [
            "index.handler",
            "export const handler = (event, context, callback) => callback(null, 1);",
            "Runtime.CallbackHandlerDeprecated",
            "index.handler takes a callback, which Lambda dropped with Node.js 24: use an async function",
        ],
        ["index.handler", "throw new URIError('at load');", "URIError", "at load"],
    ] as const) {
        it(`answers ${errorType} for ${handler} of ${JSON.stringify(code)}`, async () => {
            const error = await errorOf(call(functionWith(code, { handler })));
            assert.equal(error.errorType, errorType);
            assert.equal(error.errorMessage, errorMessage);
        });
    }

    it("answers Runtime.ImportModuleError when a module that it imports is missing", async () => {
        const error = await errorOf(
            call(functionWith(`import "left-out"; export const handler = 1;`)),
        );
        assert.equal(error.errorType, "Runtime.ImportModuleError");
        assert.match(error.errorMessage, /^Error: Cannot find package 'left-out'/);
    });

    it("answers Runtime.UserCodeSyntaxError for code that does not parse", async () => {
        const { errorType } = await errorOf(call(functionWith(`export const handler = (`)));
        assert.equal(errorType, "Runtime.UserCodeSyntaxError");
    });

    it("answers an error when its folder is missing", async () => {
        const runner = functionWith("", { codeFolder: "/nowhere/at/all" });
        const { errorType, errorMessage } = await errorOf(call(runner));
        assert.equal(errorType, "Runtime.ExitError");
        assert.match(errorMessage, /Runtime did not start: .*ENOENT/);
    });
});
