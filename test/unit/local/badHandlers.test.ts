import assert from "node:assert/strict";
import { call, cleanUp, errorOf, functionWith, lines, payloadOf } from "./lambdaFixture";

describe("A Lambda function with a bad handler", () => {
    afterEach(cleanUp);

    for (const value of ["undefined", "Symbol('s')", "() => 1", "null"]) {
        it(`answers null for ${value}, which JSON does not have or does not tell apart`, async () => {
            const runner = functionWith(`export const handler = async () => (${value});`);
            assert.equal(await payloadOf(call(runner)), null);
        });
    }

    for (const [what, code] of [
        ["levels without end", "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a;"],
        ["a toJSON that throws", "return { toJSON() { throw new Error('no'); } };"],
        ["a getter that throws", "return { get a() { throw new Error('no'); } };"],
        [
            "a revoked proxy",
            "const p = Proxy.revocable({}, {}); p.revoke(); return { p: p.proxy };",
        ],
    ] as const) {
        it(`answers Runtime.MarshalError for ${what}`, async () => {
            const runner = functionWith(`export const handler = async () => { ${code} };`);
            assert.equal((await errorOf(call(runner))).errorType, "Runtime.MarshalError");
        });
    }

    for (const [thrown, errorType, errorMessage] of [
        ["null", "object", "null"],
        ["undefined", "undefined", "undefined"],
        ["Symbol('s')", "symbol", "Symbol(s)"],
        ["42", "number", "42"],
        ["{ message: 'm' }", "object", "[object Object]"],
        ["Object.create(null)", "object", "An error that cannot be shown"],
        ["{ toString() { throw 1; } }", "object", "An error that cannot be shown"],
        [
            "Object.defineProperty(new Error('m'), 'name', { get() { throw 1; } })",
            "object",
            "An error that cannot be shown",
        ],
    ] as const) {
        it(`answers the type and the text of a thrown ${thrown}, and stays warm`, async () => {
            const runner = functionWith(
                `export const handler = async (event) => {
                    if (event.go) return process.pid; throw (${thrown});
                };`,
            );
            const pid = await payloadOf(call(runner, { go: true }));
            const error = await errorOf(call(runner));
            assert.deepEqual([error.errorType, error.errorMessage], [errorType, errorMessage]);
            assert.equal(await payloadOf(call(runner, { go: true })), pid);
        });
    }

    it("writes many megabytes without an end of line, cut where an event ends", async () => {
        const runner = functionWith(
            `export const handler = async () => { process.stdout.write("x".repeat(5 * 1024 * 1024)); };`,
        );
        await payloadOf(call(runner));
        assert.equal(lines.join("").length, 5 * 1024 * 1024);
        assert.ok(Math.max(...lines.map((line) => line.length)) < 2 * 1024 * 1024);
    });

    it("writes a hundred thousand lines, of which none is lost", async () => {
        const runner = functionWith(
            `export const handler = async () => {
                process.stdout.write(Array.from({ length: 1e5 }, (_, n) => n + "\\n").join(""));
            };`,
        );
        await payloadOf(call(runner));
        assert.deepEqual([lines.length, lines[0], lines.at(-1)], [100_000, "0", "99999"]);
    });

    it("writes what is not UTF-8, and a character in two halves", async () => {
        const runner = functionWith(
            `export const handler = async () => {
                process.stdout.write(Buffer.from([0x61, 0xff, 0x0a, 0xe2, 0x82]));
                await new Promise((done) => setTimeout(done, 20));
                process.stdout.write(Buffer.from([0xac, 0x0a]));
            };`,
        );
        await payloadOf(call(runner));
        assert.deepEqual(lines, ["a\ufffd", "\u20ac"]);
    });

    it("prints what ended an invocation once, and is not believed", async () => {
        const runner = functionWith(
            `export const handler = async (event) => {
                console.log(JSON.stringify({ type: "done", requestId: "r1", payload: '"faked"' }));
                return event;
            };`,
        );
        assert.equal(await payloadOf(call(runner, "real")), "real");
        assert.equal(lines.length, 1);
    });

    it("answers though its streams are replaced", async () => {
        const runner = functionWith(
            `process.stdout.write = () => { throw new Error("no"); };
            console.log = () => { throw new Error("no"); };
            export const handler = async () => "ok";`,
        );
        assert.equal(await payloadOf(call(runner)), "ok");
    });

    it("leaves timers behind, and is called again", async () => {
        const runner = functionWith(
            `export const handler = async () => { setInterval(() => {}, 1); return process.pid; };`,
        );
        assert.equal(await payloadOf(call(runner)), await payloadOf(call(runner)));
    });

    it("changes its environment for itself, and for nobody else", async () => {
        const code = `export const handler = async (event) => {
            if (event.set) process.env.CHANGED = event.set; return process.env.CHANGED ?? "unset";
        };`;
        const runner = functionWith(code);
        assert.equal(await payloadOf(call(runner, { set: "here" })), "here");
        assert.equal(await payloadOf(call(runner)), "here");
        assert.equal(await payloadOf(call(functionWith(code))), "unset");
        assert.equal(process.env["CHANGED"], undefined);
    });

    for (const [what, code] of [
        ["a rejection", "Promise.reject(new Error('late'))"],
        ["an exception", "(() => { throw new Error('late'); })()"],
        ["an end of the process", "process.exit(3)"],
        ["a lost parent", "process.disconnect?.()"],
    ] as const) {
        it(`answers, and is called again after ${what} that comes later`, async () => {
            const runner = functionWith(
                `export const handler = async (event) => {
                    if (event.late) setTimeout(() => { ${code}; }, 5);
                    return process.pid;
                };`,
            );
            const pid = await payloadOf(call(runner, { late: true }));
            // The call that is there when the process ends may get its error; the next one a new process.
            for (;;) {
                const next = await call(runner);
                if (next.result === "ok" && next.payload !== pid) break;
            }
        });
    }

    it("waits for a call that is at work, but not for one that never ends", async () => {
        const runner = functionWith(
            `export const handler = async (event) => event === "hang" ? new Promise(() => {}) : event;`,
            { startAfterMs: 1, timeoutSeconds: 5 },
        );
        const hanging = call(runner, "hang");
        assert.equal(await payloadOf(call(runner, "second")), "second");
        await runner.stop();
        assert.equal((await errorOf(hanging)).errorType, "Sandbox.Stopped");
    });

    it("stops listening, and is ended", async () => {
        const runner = functionWith(
            `export const handler = async (event) => {
                if (event.deaf) { process.removeAllListeners(); return "deaf"; } return "ok";
            };`,
            { timeoutSeconds: 0.2 },
        );
        assert.equal(await payloadOf(call(runner, { deaf: true })), "deaf");
        const next = await call(runner);
        assert.ok(next.result === "error");
        assert.match(next.errorType, /^(Sandbox\.Timedout|Runtime\.ExitError)$/);
        assert.equal(await payloadOf(call(runner)), "ok");
    });
});
