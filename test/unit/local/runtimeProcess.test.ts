import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RuntimeHost, type RuntimeHostOptions } from "../../../local/runtime/runtimeHost";
import { isRunning } from "./agentRuntimeFixture";
import { workload, type Echo } from "./runtimeWorkload";

describe("the process of a runtime", () => {
    const folder = mkdtempSync(join(tmpdir(), "hub-process-"));
    const hosts: RuntimeHost[] = [];
    const lines: string[] = [];
    let gone = (): void => undefined;

    before(() => {
        mkdirSync(join(folder, "app"));
        writeFileSync(join(folder, "app", "server.mjs"), workload);
    });
    afterEach(async () => {
        await Promise.all(hosts.splice(0).map((host) => host.stop()));
        lines.length = 0;
    });
    after(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    const options: RuntimeHostOptions = {
        folder,
        workingDirectory: "/app",
        command: ["node", "server.mjs"],
        environment: { NAME: "value" },
        path: "/mcp",
        initializationSeconds: 20,
        mustBeHealthy: false,
        invocationSeconds: 20,
        streamSeconds: 20,
        idleSeconds: 900,
        lifetimeSeconds: 900,
        onLog: (line) => lines.push(line),
        onGone: () => {
            gone();
        },
    };
    const start = (change: Partial<RuntimeHostOptions> = {}): RuntimeHost => {
        const host = new RuntimeHost({ ...options, ...change });
        hosts.push(host);
        return host;
    };
    const program = (text: string): Partial<RuntimeHostOptions> => {
        const name = `program-${Math.random().toString(36).slice(2)}.mjs`;
        writeFileSync(join(folder, "app", name), text);
        return { command: ["node", name] };
    };
    const call = (host: RuntimeHost, message: object, session = "one") =>
        host.call(session, { headers: {}, body: Buffer.from(JSON.stringify(message)) });
    const echo = async (host: RuntimeHost, message: object = {}): Promise<Echo> => {
        const outcome = await call(host, { method: "echo", ...message });
        assert.ok(
            typeof outcome === "object" && outcome.result === "answered",
            JSON.stringify(outcome),
        );
        return JSON.parse((outcome.body as Buffer).toString()) as Echo;
    };
    const nextGone = () =>
        new Promise<void>((resolve) => {
            gone = resolve;
        });

    it("starts in the image's folder, with its arguments, its environment and no other", async () => {
        const seen = await echo(
            start({
                command: [
                    "/usr/local/bin/node",
                    "--max-old-space-size=64",
                    "/app/server.mjs",
                    "--file=/app/server.mjs",
                    "/nowhere",
                ],
            }),
        );
        const { HOST, PORT, ...rest } = seen.env;
        assert.equal(HOST, "127.0.0.1");
        assert.match(PORT ?? "", /^\d+$/);
        assert.deepEqual(rest, { NAME: "value" });
        assert.equal(seen.cwd, join(folder, "app"));
        assert.deepEqual(seen.argv, [`--file=${join(folder, "app/server.mjs")}`, "/nowhere"]);
        assert.equal(seen.execArgv.at(-1), "--max-old-space-size=64");
        assert.equal(seen.url, "/mcp");
    });

    it("takes calls at the same time in one process, and keeps its connections", async () => {
        const host = start();
        const never = call(host, { method: "never" });
        const seen = await Promise.all([echo(host), echo(host), echo(host)]);
        assert.equal(new Set(seen.map(({ pid }) => pid)).size, 1);
        await host.stop();
        assert.deepEqual(await never, {
            result: "stopped",
            reason: "the runtime's process was stopped",
        });
    });

    it("answers whatever the size", async () => {
        const outcome = await call(start(), { method: "large", bytes: 7 * 1024 * 1024 });
        assert.ok(typeof outcome === "object" && outcome.result === "answered");
        assert.equal((outcome.body as Buffer).length, 7 * 1024 * 1024);
    });

    it("is started again by the call after a crash, which its own call hears of", async () => {
        const host = start();
        const { pid } = await echo(host);
        const ended = nextGone();
        const outcome = await call(host, { method: "crash" });
        assert.ok(typeof outcome === "object" && outcome.result === "broken");
        await ended;
        assert.equal(isRunning(pid), false);
        assert.notEqual((await echo(host)).pid, pid);
        assert.ok(lines.includes("The runtime's process is gone: it ended with exit code 3"));
    });

    it("is started again by a call that finds it ending", async () => {
        const host = start();
        const { pid } = await echo(host);
        const outcome = await call(host, { method: "close", exit: true });
        assert.ok(typeof outcome === "object" && outcome.result === "answered");
        assert.notEqual((await echo(host)).pid, pid);
    });

    it("says that a program does not listen any more", async () => {
        const host = start();
        const { pid } = await echo(host);
        const closed = await call(host, { method: "close" });
        assert.ok(typeof closed === "object" && closed.result === "answered");
        const outcome = await call(host, { method: "echo" });
        assert.ok(
            typeof outcome === "object" && outcome.result === "unreached",
            JSON.stringify(outcome),
        );
        assert.equal(isRunning(pid), true);
    });

    it("says that an answer broke off, and goes on", async () => {
        const host = start();
        const { pid } = await echo(host);
        const outcome = await call(host, { method: "half" });
        assert.ok(typeof outcome === "object" && outcome.result === "broken");
        assert.match(outcome.reason, /^the container broke off its answer: /);
        assert.equal((await echo(host)).pid, pid);
    });

    it("bounds a call, and goes on with the others", async () => {
        const host = start({ invocationSeconds: 0.3 });
        const { pid } = await echo(host);
        assert.deepEqual(await call(host, { method: "never" }), {
            result: "timedOut",
            reason: "the container did not answer within 0.3 s",
        });
        assert.equal((await echo(host)).pid, pid);
    });

    it("names why a program is not ready: it ends, does not listen, or is not there", async () => {
        const reasons = [
            [program("process.exit(7)"), /^it ended with exit code 7$/],
            [program("throw new Error('at start')"), /^it ended with exit code 1$/],
            [{ command: ["node", "missing.mjs"] }, /^it ended with exit code 1$/],
            [{ workingDirectory: "/missing" }, /^it was not started: .*ENOENT/],
            [
                { ...program("setInterval(() => {}, 1000)"), initializationSeconds: 0.3 },
                /^it did not answer at HOST and PORT \(127\.0\.0\.1:\d+\) within 0\.3 s$/,
            ],
        ] as const;
        for (const [change, expected] of reasons) {
            const host = start(change);
            const outcome = await call(host, { method: "echo" });
            assert.ok(typeof outcome === "object" && outcome.result === "notReady");
            assert.match(outcome.reason, expected);
            await host.stop();
        }
        assert.ok(lines.some((line) => line.includes("Error: at start")));
    });

    it("ends a program that neither listens nor heeds SIGTERM", async () => {
        const stubborn = `process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000);`;
        const host = start({ ...program(stubborn), initializationSeconds: 0.5 });
        const ended = nextGone();
        const outcome = await call(host, { method: "echo" });
        assert.ok(typeof outcome === "object" && outcome.result === "notReady");
        await ended;
        assert.equal(isRunning(Number(lines[0])), false);
    });

    it("ends when idle, and not while a call is at work", async () => {
        const host = start({ idleSeconds: 0.2, invocationSeconds: 0.6 });
        const { pid } = await echo(host);
        const never = call(host, { method: "never" });
        // The end of another call does not make it idle.
        assert.equal((await echo(host)).pid, pid);
        const ended = nextGone();
        const outcome = await never;
        assert.ok(typeof outcome === "object" && outcome.result === "timedOut");
        assert.equal((await echo(host)).pid, pid);
        await ended;
        assert.equal(isRunning(pid), false);
        assert.equal(await host.endSession("one"), "unknown");
        assert.notEqual((await echo(host)).pid, pid);
    });

    it("gives way to another process after its lifetime, and ends with its last call", async () => {
        const host = start({ lifetimeSeconds: 0.6, invocationSeconds: 1.5 });
        const first = await echo(host);
        const never = call(host, { method: "never" });
        let last = first;
        while (last.pid === first.pid) last = await echo(host);
        assert.equal(isRunning(first.pid), true);
        let ended = nextGone();
        const outcome = await never;
        assert.ok(typeof outcome === "object" && outcome.result === "timedOut");
        // The others' lifetimes end too.
        while (isRunning(first.pid)) {
            await ended;
            ended = nextGone();
        }
    });

    it("refuses calls of a session that is being ended", async () => {
        const slow = 'process.on("SIGTERM", () => setTimeout(() => process.exit(0), 200));\n';
        const host = start(program(slow + workload));
        const { pid } = await echo(host);
        const ending = host.endSession("one");
        assert.equal(await call(host, { method: "echo" }), "conflict");
        assert.equal(await host.endSession("one"), "conflict");
        assert.equal(await ending, "ended");
        assert.equal(isRunning(pid), false);
        assert.notEqual((await echo(host)).pid, pid);
    });

    it("keeps its process for the other sessions when one is ended", async () => {
        const host = start();
        const { pid } = await echo(host);
        await call(host, { method: "echo" }, "two");
        assert.equal(await host.endSession("two"), "ended");
        assert.equal(await host.endSession("two"), "unknown");
        assert.equal((await echo(host)).pid, pid);
    });

    it("leaves no process when it is stopped, even while one starts", async () => {
        const host = start();
        const { pid } = await echo(host);
        await host.stop();
        assert.equal(isRunning(pid), false);
        assert.equal(host.isEmpty, true);
        const other = start();
        const early = call(other, { method: "echo" });
        await other.stop();
        assert.deepEqual(await early, {
            result: "stopped",
            reason: "the runtime's process was stopped",
        });
        assert.equal(other.isEmpty, true);
    });

    it("finishes the calls at work when it is retired", async () => {
        const host = start({ invocationSeconds: 0.5 });
        const { pid } = await echo(host);
        const never = call(host, { method: "never" });
        const ended = nextGone();
        host.retire();
        const refused = await call(host, { method: "echo" });
        assert.ok(typeof refused === "object" && refused.result === "stopped");
        assert.equal(isRunning(pid), true);
        const outcome = await never;
        assert.ok(typeof outcome === "object" && outcome.result === "timedOut");
        await ended;
        assert.equal(isRunning(pid), false);
    });

    it("does not outlive the process that started it, however that ends", async () => {
        const script = join(folder, "parent.ts");
        const host = JSON.stringify(join(__dirname, "../../../local/runtime/runtimeHost"));
        writeFileSync(
            script,
            `import { RuntimeHost } from ${host};
            const options = ${JSON.stringify(options)};
            const host = new RuntimeHost({ ...options, onLog: () => undefined });
            void host.call("one", { headers: {}, body: Buffer.from('{"method":"echo"}') }).then((outcome) => {
                if (outcome === "conflict" || outcome.result !== "answered") throw new Error(JSON.stringify(outcome));
                console.log(JSON.parse(outcome.body.toString()).env.PORT);
                setInterval(() => undefined, 1000);
            });`,
        );
        const parent = spawn(process.execPath, ["--import", "tsx", script], {
            stdio: ["ignore", "pipe", "inherit"],
        });
        const [port] = (await once(parent.stdout, "data")) as [Buffer];
        const socket = connect(Number(port.toString()), "127.0.0.1");
        await once(socket, "connect");
        const closed = once(socket, "close");
        parent.kill("SIGKILL");
        await closed;
    });
});
