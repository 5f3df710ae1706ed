import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
    LambdaFunctionRunner,
    type InvocationOutcome,
    type LambdaFunctionOptions,
} from "../../../local/lambda/environment";

/** The ARN of all functions here. */
export const functionArn = "arn:aws:lambda:us-west-2:111122223333:function:echo";
/** What the functions of one test logged. */
export const lines: string[] = [];
const folders: string[] = [];
const runners: LambdaFunctionRunner[] = [];

/** A function with this code in one file. */
export function functionWith(
    code: string,
    options: Partial<LambdaFunctionOptions> = {},
    file = "index.mjs",
): LambdaFunctionRunner {
    const codeFolder = mkdtempSync(join(tmpdir(), "hub-lambda-"));
    folders.push(codeFolder);
    mkdirSync(dirname(join(codeFolder, file)), { recursive: true });
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

/** One call, with request id `r1`. */
export function call(
    runner: LambdaFunctionRunner,
    event: unknown = {},
    clientContext?: unknown,
): Promise<InvocationOutcome> {
    return runner.invoke(event, { requestId: "r1", clientContext });
}

/** What the handler returned; fails if it did not. */
export async function payloadOf(outcome: Promise<InvocationOutcome>): Promise<unknown> {
    const settled = await outcome;
    assert.equal(settled.result, "ok", JSON.stringify(settled));
    return settled.payload;
}

/** The function error; fails if there is none. */
export async function errorOf(
    outcome: Promise<InvocationOutcome>,
): Promise<{ errorType: string; errorMessage: string; trace?: readonly string[] }> {
    const settled = await outcome;
    assert.ok(settled.result === "error", JSON.stringify(settled));
    const { result: _result, ...error } = settled;
    return error;
}

/** After each test: ends the processes, removes the code, forgets the lines. */
export async function cleanUp(): Promise<void> {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
    lines.length = 0;
}
