import { isDeepStrictEqual } from "node:util";
import { deployAccount } from "../accounts/account";
import { readSettings } from "../settings";
import type { Analyzer } from "./analyzer";
import type { EngineEvent } from "./deployment";
import { deployStack, destroyStack, type StackResult } from "./inProcess";
import type { ProviderAddress } from "./providerClient";
import { stacksReadBy, type Project, type Stack } from "./stacks";
import type { Backend, Properties } from "./stackState";

/** Where stacks are deployed to, and who is told. */
export interface Target {
    project: Project;
    backend: Backend;
    /** The providers for the account of a stack. */
    providers: (stack: Stack) => Promise<Readonly<Record<string, ProviderAddress>>>;
    onEvent: (stack: Stack, event: EngineEvent) => void;
    /** The policy pack for a stack, ready to be asked; without one, nothing judges the stacks. */
    analyzer?: (stack: Stack) => Promise<Analyzer>;
}

/** Deploys one stack by the program of this repository. */
export async function deploy(target: Target, stack: Stack): Promise<StackResult> {
    return deployStack({
        project: target.project.name,
        projectFolder: target.project.folder,
        stack: stack.name,
        config: stack.config,
        backend: target.backend,
        providers: await target.providers(stack),
        ...(target.analyzer !== undefined && { analyzer: await target.analyzer(stack) }),
        program: () => deployAccount(readSettings()),
        onEvent: (event) => {
            target.onEvent(stack, event);
        },
    });
}

/** Deletes everything of one stack. */
export async function destroy(target: Target, stack: Stack): Promise<StackResult> {
    return destroyStack({
        project: target.project.name,
        projectFolder: target.project.folder,
        stack: stack.name,
        backend: target.backend,
        providers: await target.providers(stack),
        onEvent: (event) => {
            target.onEvent(stack, event);
        },
    });
}

/**
 * Deploys stacks in the given order, and again those that read a stack whose outputs have changed since,
 * until nothing changes: so any order ends in the same state.
 */
export async function deployUntilSettled(
    target: Target,
    stacks: readonly Stack[],
    onResult: (stack: Stack, result: StackResult) => void,
): Promise<void> {
    // Read once: from then on only this deployment changes them. What is equal stays the same object.
    const now = new Map<string, unknown>();
    const outputsOf = (name: string): unknown => {
        if (!now.has(name)) now.set(name, relevant(target.backend.read(name)?.outputs));
        return now.get(name);
    };
    const seen = new Map<string, Map<string, unknown>>();
    let due = [...stacks];
    // Each pass can only complete what waited on the one before: hub, spoke, hub; one more is a fault.
    for (let pass = 0; due.length > 0; pass++) {
        if (pass > 4) throw new Error("The stacks' outputs change with every deployment");
        for (const stack of due) {
            seen.set(
                stack.name,
                new Map(stacksReadBy(stack).map((name) => [name, outputsOf(name)])),
            );
            const result = await deploy(target, stack);
            const outputs = relevant(result.outputs);
            if (!isDeepStrictEqual(outputsOf(stack.name), outputs)) now.set(stack.name, outputs);
            onResult(stack, result);
        }
        due = stacks.filter((stack) =>
            [...(seen.get(stack.name) ?? [])].some(
                ([name, outputs]) => outputs !== outputsOf(name),
            ),
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
