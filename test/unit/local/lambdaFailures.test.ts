import assert from "node:assert/strict";
import { call, cleanUp, errorOf, functionWith, lines, payloadOf } from "./lambdaFixture";

describe("A Lambda function that fails", () => {
    afterEach(cleanUp);

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
