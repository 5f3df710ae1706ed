import { getOrganization, getProject } from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import { invoke } from "@pulumi/pulumi/runtime";
import { parseArn } from "../agentcore/arn";
import type { OtherStack } from "../settings";

/**
 * The outputs of another stack, or `undefined` where it is not there yet or has none (a destroyed one).
 *
 * A `StackReference` to a missing stack fails the whole update and cannot be caught, so this calls the
 * engine's own function, which can. It is awaited, because the outputs decide which resources exist.
 *
 * @param other the stack by its name in this project, or as `organization/project/stack`.
 * @throws RunError when the stack cannot be read for any other reason than that it is not there.
 */
export async function readOtherStack(
    other: OtherStack,
): Promise<Readonly<Record<string, unknown>> | undefined> {
    const name = other.stack.includes("/")
        ? other.stack
        : `${getOrganization()}/${getProject()}/${other.stack}`;
    let result: { outputs?: Record<string, unknown> };
    try {
        result = (await invoke(
            "pulumi:pulumi:readStackOutputs",
            { name },
            { async: true },
        )) as typeof result;
    } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (/unknown stack|not found|no stack named/i.test(message)) return undefined;
        throw new RunError(`Stack ${name} cannot be read: ${message}`);
    }
    const outputs = result.outputs ?? {};
    return Object.keys(outputs).length === 0 ? undefined : outputs;
}

/**
 * Refuses an ARN of any other account than the one that config pins the other stack to.
 *
 * @throws RunError naming the stack, both accounts and the config key.
 */
export function requireAccount(arn: string, other: OtherStack, key: string): void {
    const account = parseArn(arn)?.accountId;
    if (account !== other.account) {
        throw new RunError(
            `${key}: stack ${other.stack} gives ${arn}, of account ${account ?? "none"}; config pins it to account ${other.account}. Correct ${key}.account, or the stack that it names.`,
        );
    }
}

/** The member `name` of an output, when it is an object that has it. */
export function member(value: unknown, name: string): unknown {
    return typeof value === "object" && value !== null
        ? (value as Record<string, unknown>)[name]
        : undefined;
}
