/** What Lambda answers to an invocation: the handler's JSON, or a function error. */
export type InvocationOutcome =
    | { result: "ok"; payload: unknown }
    | { result: "error"; errorType: string; errorMessage: string; trace?: readonly string[] };

/** An invocation's error, in the words of {@link InvocationOutcome}. */
export type InvocationError = Extract<InvocationOutcome, { result: "error" }>;

/** The handler took longer than its timeout; AWS's type and text. */
export function timedOut(requestId: string, seconds: number): InvocationError {
    const text = `Task timed out after ${seconds.toFixed(2)} seconds`;
    return runtimeFailure("Sandbox.Timedout", requestId, text);
}

/**
 * The handler's process ended under it; AWS's type and text.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
 */
export function exited(
    requestId: string,
    exitCode: number | null,
    signal: NodeJS.Signals | null,
): InvocationError {
    const how =
        signal === null
            ? `exit status ${exitCode ?? 0}`
            : `signal: ${signalNames[signal] ?? signal}`;
    const text =
        exitCode === 0
            ? "Runtime exited without providing a reason"
            : `Runtime exited with error: ${how}`;
    return runtimeFailure("Runtime.ExitError", requestId, text);
}

/** The environment's process could not be started. */
export function notStarted(requestId: string, error: Error): InvocationError {
    return runtimeFailure(
        "Runtime.ExitError",
        requestId,
        `Runtime did not start: ${error.message}`,
    );
}

/** The function was stopped, which in AWS happens to nobody. */
export function stopped(requestId: string): InvocationError {
    return runtimeFailure("Sandbox.Stopped", requestId, "The local function was stopped");
}

const signalNames: Partial<Record<NodeJS.Signals, string>> = {
    SIGABRT: "aborted",
    SIGKILL: "killed",
    SIGSEGV: "segmentation fault",
    SIGTERM: "terminated",
};

function runtimeFailure(errorType: string, requestId: string, text: string): InvocationError {
    return { result: "error", errorType, errorMessage: `RequestId: ${requestId} Error: ${text}` };
}
