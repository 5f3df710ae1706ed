import { InvalidArguments } from "./errors.js";

/** A tool, called with arguments that were checked against its input schema. */
export type Tool = (args: never) => number | string;

interface Operands {
    a: number;
    b: number;
}

/** The tools that tools.json declares. */
export const tools: Readonly<Record<string, Tool>> = {
    add_numbers: ({ a, b }: Operands) => exact("add_numbers", a + b),
    multiply_numbers: ({ a, b }: Operands) => exact("multiply_numbers", a * b),
    greet_user: ({ name }: { name: string }) => `Hello, ${name}! Welcome to AgentCore Runtime.`,
};

/** Beyond 2^53 a number of JavaScript is no longer every integer: a wrong sum would look like a right one. */
function exact(tool: string, result: number): number {
    // Never -0, which JSON does not have.
    if (Number.isSafeInteger(result)) return result + 0;
    throw new InvalidArguments(tool, [
        `the result must lie between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`,
    ]);
}
