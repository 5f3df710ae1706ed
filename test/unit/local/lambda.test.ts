import assert from "node:assert/strict";
import {
    call,
    cleanUp,
    errorOf,
    functionArn,
    functionWith,
    lines,
    payloadOf,
} from "./lambdaFixture";

describe("Lambda functions", () => {
    afterEach(cleanUp);

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
        const runner = functionWith(code, { handler: "dist/index.tools.echo" }, "dist/index.cjs");
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

    it("show the handler no parent process and no arguments", async () => {
        const runner = functionWith(
            `export const handler = async () => [typeof process.send, process.argv.length];`,
        );
        assert.deepEqual(await payloadOf(call(runner)), ["undefined", 2]);
    });

    it("use a warm environment again", async () => {
        const runner = functionWith(
            `let calls = 0; export const handler = async () => [process.pid, ++calls];`,
        );
        const [cold, first] = (await payloadOf(call(runner))) as number[];
        assert.deepEqual([first, await payloadOf(call(runner))], [1, [cold, 2]]);
    });

    it("run calls that take their time at once, each in an environment of its own", async () => {
        // Each call ends only when all three have begun.
        const runner = functionWith(
            `import { existsSync, writeFileSync } from "node:fs";
            export const handler = async ({ all, own }) => {
                writeFileSync(own, "");
                while (!all.every((file) => existsSync(file))) await new Promise(setImmediate);
                return process.pid;
            };`,
            { startAfterMs: 1 },
        );
        const all = ["1", "2", "3"];
        const calls = all.map((own) => payloadOf(call(runner, { all, own })));
        assert.equal(new Set(await Promise.all(calls)).size, 3);
    });

    it("queue calls over the limit", async () => {
        const runner = functionWith(`export const handler = async () => process.pid;`, {
            maxConcurrency: 2,
            startAfterMs: 0,
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
