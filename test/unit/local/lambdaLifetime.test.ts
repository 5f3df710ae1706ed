import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LambdaFunctionRunner } from "../../../local/lambda/environment";

const handlerCode = `import { writeSync } from "node:fs";
setInterval(() => {}, 1000);
export const handler = async (event) => {
    if (event !== "hang") return process.pid;
    writeSync(1, process.pid + "\\n");
    for (;;);
};`;

describe("A Lambda function's processes", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "hub-lambda-"));
        writeFileSync(join(folder, "index.mjs"), handlerCode);
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    function runnerWith(onLog: (line: string) => void, maxConcurrency = 10): LambdaFunctionRunner {
        return new LambdaFunctionRunner({
            codeFolder: folder,
            handler: "index.handler",
            timeoutSeconds: 60,
            memoryMb: 128,
            environment: {},
            functionArn: "arn:aws:lambda:us-west-2:111122223333:function:f",
            functionName: "f",
            onLog,
            maxConcurrency,
        });
    }

    it("are gone once the function is stopped, and its calls have come to an error", async () => {
        let started = (_pid: number): void => undefined;
        const pid = new Promise<number>((resolve) => (started = resolve));
        const runner = runnerWith((line) => {
            started(Number(line));
        }, 1);
        const atWork = runner.invoke("hang", { requestId: "r1" });
        const waiting = runner.invoke("hang", { requestId: "r2" });
        const process = await pid;

        await runner.stop();

        assert.throws(() => globalThis.process.kill(process, 0), { code: "ESRCH" });
        for (const [requestId, call] of [
            ["r1", atWork],
            ["r2", waiting],
            ["r3", runner.invoke("", { requestId: "r3" })],
        ] as const) {
            assert.deepEqual(await call, {
                result: "error",
                errorType: "Sandbox.Stopped",
                errorMessage: `RequestId: ${requestId} Error: The local function was stopped`,
            });
        }
    });

    // Each child is a process like the local cloud, which prints its handler's pid.
    for (const [how, then, event] of [
        ["that has nothing else to do", "", ""],
        ["that exits while a handler loops", "process.exit(0)", "hang"],
        ["that is killed while a handler is idle", "process.kill(process.pid, 'SIGKILL')", ""],
    ] as const) {
        it(`do not outlive a process ${how}, nor keep it running`, async () => {
            const pid = await handlerPid(`
                const { LambdaFunctionRunner } = require(${JSON.stringify(join(__dirname, "../../../local/lambda/environment"))});
                const said = (line) => { console.log(line); ${then} };
                const runner = new LambdaFunctionRunner({ codeFolder: ${JSON.stringify(folder)},
                    handler: "index.handler", timeoutSeconds: 60, memoryMb: 128, environment: {},
                    functionArn: "arn:aws:lambda:us-west-2:1:function:f", functionName: "f", onLog: said });
                runner.invoke(${JSON.stringify(event)}, { requestId: "r" }).then((o) => said(o.payload));`);
            await gone(pid);
        });
    }
});

/** Runs a program to its end, and returns what it printed first. */
async function handlerPid(program: string): Promise<number> {
    const child = spawn(
        process.execPath,
        ["--import", "tsx", "--input-type=commonjs", "-e", program],
        {
            cwd: join(__dirname, "../../.."),
            stdio: ["ignore", "pipe", "inherit"],
        },
    );
    let output = "";
    child.stdout.on("data", (text: Buffer) => (output += text.toString()));
    await once(child, "exit");
    const pid = Number.parseInt(output, 10);
    assert.ok(pid > 0, `printed: ${output}`);
    return pid;
}

/** Resolves once the process is gone, or a zombie that nobody reaps; mocha's timeout is the limit. */
async function gone(pid: number): Promise<void> {
    while (isRunning(pid)) await new Promise((resolve) => setImmediate(resolve));
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
    } catch {
        return false;
    }
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !readFileSync(stat, "utf8").includes(") Z ");
}
