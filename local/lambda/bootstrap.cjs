"use strict";
/*
 * The runtime inside one execution environment: loads the handler that `_HANDLER` names below
 * `LAMBDA_TASK_ROOT` and runs one invocation at a time. Plain JavaScript, so that it needs no loader.
 * Error types and texts are those of AWS's Node.js runtime
 * (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client).
 */
const { existsSync } = require("node:fs");
const { basename, dirname, join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { types } = require("node:util");

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, and some room.
const maxResponseBytes = 6291556;

const send = process.send.bind(process);
const { stdout, stderr } = process;
const writeError = stderr.write.bind(stderr);
let current;
let handler;

// The parent is gone: so is the environment.
process.on("disconnect", () => process.exit(0));
process.on("message", (message) => void invoke(message));
process.on("uncaughtException", (error) => die(129, rapidError(error), "Uncaught Exception"));
process.on("unhandledRejection", (reason) => {
    const error = rapidError(reason);
    const text = `${error.errorType}: ${error.errorMessage}`;
    die(
        128,
        { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: text, trace: error.trace },
        "Unhandled Promise Rejection",
    );
});
// As in Lambda, handlers have no parent to talk to. (Node.js itself needs process.disconnect.)
process.send = undefined;

load().then(
    (loaded) => {
        handler = loaded;
        send({ type: "ready" });
    },
    (error) => die(1, rapidError(error), "Init Error"),
);

async function load() {
    const spec = process.env._HANDLER;
    const match = /^([^.]+)\.(.+)$/.exec(basename(spec));
    if (match === null) throw runtimeError("Runtime.MalformedHandlerName", `Bad handler ${spec}`);
    const [, file, exported] = match;
    const module = await importModule(join(dirname(spec), file));
    let found = exported.split(".").reduce((value, key) => value?.[key], module);
    found ??= exported.split(".").reduce((value, key) => value?.[key], module.default);
    if (found === undefined) {
        const text = `${spec} is undefined or not exported`;
        throw runtimeError("Runtime.HandlerNotFound", text);
    }
    if (typeof found !== "function") {
        throw runtimeError("Runtime.HandlerNotFound", `${spec} is not a function`);
    }
    if (found.length >= 3) {
        throw runtimeError(
            "Runtime.CallbackHandlerDeprecated",
            `${spec} takes a callback, which Lambda dropped with Node.js 24: use an async function`,
        );
    }
    return found;
}

async function importModule(name) {
    const path = [".js", ".mjs", ".cjs"]
        .map((extension) => join(process.env.LAMBDA_TASK_ROOT, name + extension))
        .find((candidate) => existsSync(candidate));
    if (path === undefined) {
        throw runtimeError("Runtime.ImportModuleError", `Error: Cannot find module '${name}'`);
    }
    try {
        return await import(pathToFileURL(path).href);
    } catch (error) {
        if (error?.code === "ERR_MODULE_NOT_FOUND" || error?.code === "MODULE_NOT_FOUND") {
            throw runtimeError("Runtime.ImportModuleError", `Error: ${error.message}`, error);
        }
        if (error instanceof SyntaxError) {
            throw runtimeError(
                "Runtime.UserCodeSyntaxError",
                `SyntaxError: ${error.message}`,
                error,
            );
        }
        throw error;
    }
}

async function invoke({ requestId, event, clientContext, functionArn, deadline }) {
    current = requestId;
    const context = {
        callbackWaitsForEmptyEventLoop: true,
        functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
        functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
        invokedFunctionArn: functionArn,
        memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
        awsRequestId: requestId,
        logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
        logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
        clientContext: clientContext === undefined ? undefined : JSON.parse(clientContext),
        getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
    let outcome;
    try {
        outcome = response(await handler(JSON.parse(event), context));
    } catch (error) {
        outcome = { type: "failed", requestId, error: rapidError(error) };
        log("Invoke Error", outcome.error);
    }
    current = undefined;
    finish({ requestId, ...outcome });
}

function response(result) {
    let payload;
    try {
        payload = JSON.stringify(result) ?? "null";
    } catch (error) {
        throw runtimeError("Runtime.MarshalError", "Unable to stringify response body", error);
    }
    const bytes = Buffer.byteLength(payload);
    if (bytes > maxResponseBytes) {
        throw runtimeError(
            "Function.ResponseSizeTooLarge",
            `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
        );
    }
    return { type: "done", payload };
}

/** Says how much was written by now, so that the parent has every line before it has the outcome. */
function finish(message, sent) {
    send({ ...message, written: [stdout.bytesWritten, stderr.bytesWritten] }, sent);
}

function die(exitCode, error, kind) {
    log(kind, error);
    const exit = () => process.exit(exitCode);
    if (handler === undefined) send({ type: "initFailed", error }, exit);
    else if (current === undefined) exit();
    else finish({ type: "failed", requestId: current, error, fatal: true }, exit);
}

function log(kind, { errorType, errorMessage, trace }) {
    const line = JSON.stringify({ errorType, errorMessage, stack: trace });
    writeError(`ERROR ${kind} ${line}\n`);
}

function runtimeError(name, message, cause) {
    const error = new Error(message, { cause });
    error.name = name;
    if (cause?.stack !== undefined) error.stack += `\ncaused by ${cause.stack}`;
    return error;
}

function rapidError(error) {
    try {
        if (!types.isNativeError(error) && !(error instanceof Error)) {
            return { errorType: typeof error, errorMessage: String(error), trace: [] };
        }
        return {
            errorType: String(error.name),
            errorMessage: String(error.message),
            trace: String(error.stack).split("\n"),
        };
    } catch {
        // An object without a prototype, a getter that throws: there is no text to be had.
        return {
            errorType: typeof error,
            errorMessage: "An error that cannot be shown",
            trace: [],
        };
    }
}
