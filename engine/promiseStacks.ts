import { createRequire } from "node:module";

/** The SDK's module that marks each of its promises with where it was made; not in its types. */
interface Debuggable {
    debuggablePromise: (promise: unknown, context: unknown) => unknown;
    /** Whether PULUMI_DEBUG_PROMISE_LEAKS is set, which alone shows those places. */
    debugPromiseLeaks: boolean;
}

/**
 * Spares the stack trace of each of the SDK's promises: they took a tenth of the time from start to the first call, and
 * nobody is shown them.
 */
export function sparePromiseStacks(): void {
    const require = createRequire(__filename);
    const debuggable = require("@pulumi/pulumi/runtime/debuggable") as Debuggable;
    const { debuggablePromise, debugPromiseLeaks } = debuggable;
    if (debugPromiseLeaks) return;
    debuggable.debuggablePromise = (promise, context) => {
        const { stackTraceLimit } = Error;
        Error.stackTraceLimit = 0;
        try {
            return debuggablePromise(promise, context);
        } finally {
            Error.stackTraceLimit = stackTraceLimit;
        }
    };
}
