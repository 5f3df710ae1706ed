import { isDeepStrictEqual } from "node:util";
import type { Engine } from "./engine";
import type { StackResult } from "./inProcess";
import { stacksReadBy, type Stack } from "./stacks";
import type { Properties } from "./stackState";

/**
 * Deploys stacks in the given order, and again those that read a stack whose outputs have changed since,
 * until nothing changes: so any order ends in the same state.
 */
export async function deployUntilSettled(
    engine: Engine,
    stacks: readonly Stack[],
    onResult: (stack: Stack, result: StackResult) => void,
): Promise<void> {
    const read = new Set(stacks.flatMap(stacksReadBy));
    // Read once: from then on only this deployment changes them. What is equal stays the same object.
    const now = new Map<string, unknown>();
    for (const stack of stacks.filter(({ name }) => read.has(name))) {
        now.set(stack.name, relevant(await engine.outputs(stack)));
    }
    const seen = new Map<string, Map<string, unknown>>();
    let due = [...stacks];
    // Each pass can only complete what waited on the one before: hub, spoke, hub; one more is a fault.
    for (let pass = 0; due.length > 0; pass++) {
        if (pass > 4) throw new Error("The stacks' outputs change with every deployment");
        for (const stack of due) {
            seen.set(stack.name, new Map(stacksReadBy(stack).map((name) => [name, now.get(name)])));
            const result = await engine.deploy(stack);
            const outputs = relevant(result.outputs);
            if (!isDeepStrictEqual(now.get(stack.name), outputs)) now.set(stack.name, outputs);
            onResult(stack, result);
        }
        due = stacks.filter((stack) =>
            [...(seen.get(stack.name) ?? [])].some(([name, outputs]) => outputs !== now.get(name)),
        );
    }
}

/** What is still pending in a stack's outputs, as the reasons that the program gives. */
export function pendingOf(outputs: Properties): string[] {
    const grants = (outputs["pendingGrants"] ?? []) as { gateway: string; reason: string }[];
    const gateways = (outputs["pendingGateways"] ?? []) as { caller: string; reason: string }[];
    return [
        ...grants.map(({ gateway, reason }) => `grant on gateway ${gateway}: ${reason}`),
        ...gateways.map(({ caller, reason }) => `caller ${caller}: ${reason}`),
    ];
}

/** The outputs that another stack reads: what is pending here changes nothing there. */
function relevant(outputs: Properties | undefined): unknown {
    if (outputs === undefined) return undefined;
    const { roles, roleIds, gateways } = outputs;
    return "roles" in outputs ? { roles, roleIds } : { gateways };
}
