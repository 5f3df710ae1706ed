import assert from "node:assert/strict";
import fc from "fast-check";

/** One thing that is fuzzed: what it is given, and what must hold of each input. */
export interface FuzzTarget {
    name: string;
    property: fc.IAsyncProperty<[unknown]>;
}

/** How a batch of runs ended. */
export interface BatchResult {
    runs: number;
    /** What failed, with the smallest input that was found. */
    failure: string | undefined;
}

/** What a check throws fails the target, and so does an input that takes too long. */
export function target<T>(
    name: string,
    inputs: fc.Arbitrary<T>,
    check: (input: T) => void | Promise<void>,
): FuzzTarget {
    const property = fc.asyncProperty(inputs, async (input) => {
        const before = process.cpuUsage();
        await check(input);
        const { user, system } = process.cpuUsage(before);
        const milliseconds = (user + system) / 1000;
        assert.ok(milliseconds < maxMilliseconds, `took ${milliseconds} ms of processor time`);
    });
    return { name, property };
}

/** No input is so large that it may take longer; processor time, because machines are shared. */
const maxMilliseconds = 2_000;

/** Runs a target so many times; the same seed gives the same inputs. */
export async function runBatch(
    { property }: FuzzTarget,
    seed: number,
    numRuns: number,
): Promise<BatchResult> {
    // Shrinking asks each time anew: it must come to an end where the failure is a slow one.
    const result = await fc.check(property, { seed, numRuns, interruptAfterTimeLimit: 120_000 });
    if (!result.failed) return { runs: result.numRuns, failure: undefined };
    const { errorInstance, counterexample } = result;
    const problem = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    return {
        runs: result.numRuns,
        failure: `${problem}\nof: ${fc.stringify(counterexample).slice(0, maxShown)}`,
    };
}

/** The seed gives the rest. */
const maxShown = 4_000;

/** Fails with the text that was sent, as it can be pasted. */
export function withInput<T>(what: string, text: string, check: () => T): T {
    try {
        return check();
    } catch (error) {
        const { message } = error as Error;
        const problem =
            error instanceof assert.AssertionError ? message : String((error as Error).stack);
        throw new Error(`${problem}\n${what}: ${JSON.stringify(text)}`, { cause: error });
    }
}
