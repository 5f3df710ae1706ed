import { InvalidArguments } from "./errors.js";

/** A tool, called with arguments that were checked against its input schema. */
export type Tool = (args: unknown) => unknown;

/** The tools that tools.json declares. */
export const tools: Readonly<Record<string, Tool>> = {
    echo_message: tool<{ message: string }>(({ message }) => ({ message })),
    add_numbers: tool<Operands>(({ a, b }) => ({ result: finite("add_numbers", a + b) })),
    multiply_numbers: tool<Operands>(({ a, b }) => ({ result: finite("multiply_numbers", a * b) })),
    greet_user: tool<{ name: string }>(({ name }) => ({
        message: `Hello, ${name}! Welcome to AgentCore.`,
    })),
};

interface Operands {
    a: number;
    b: number;
}

// The cast is what the check against the input schema has shown.
function tool<Args>(run: (args: Args) => unknown): Tool {
    return (args) => run(args as Args);
}

/** JSON has no Infinity: it would arrive as null. */
function finite(name: string, result: number): number {
    if (Number.isFinite(result)) return result;
    throw new InvalidArguments(name, ["the result is too large for a number"]);
}
