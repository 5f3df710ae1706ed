import { InvalidArguments } from "./errors.js";

/** A tool, called with arguments that were checked against its input schema. */
export type Tool = (args: unknown) => unknown;

/** The tools that tools.json declares. */
export const tools: Readonly<Record<string, Tool>> = {
    echo_message: checked(({ message }: { message: string }) => ({ message })),
    add_numbers: checked(({ a, b }: Operands) => ({ result: finite("add_numbers", a + b) })),
    multiply_numbers: checked(({ a, b }: Operands) => ({
        result: finite("multiply_numbers", a * b),
    })),
    greet_user: checked(({ name }: { name: string }) => ({
        message: `Hello, ${name}! Welcome to AgentCore.`,
    })),
};

interface Operands {
    a: number;
    b: number;
}

/** The arguments' type is what the check against the input schema has shown. */
function checked(run: (args: never) => unknown): Tool {
    return run as Tool;
}

/** JSON has no Infinity: it would arrive as null. */
function finite(name: string, result: number): number {
    if (Number.isFinite(result)) return result;
    throw new InvalidArguments(name, ["the result is too large for a number"]);
}
