import type { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate, setTimeout } from "node:timers/promises";
import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import { disconnect, resetOptions } from "@pulumi/pulumi/runtime/settings";
import { runInPulumiStack } from "@pulumi/pulumi/runtime/stack";
import * as runtimeState from "@pulumi/pulumi/runtime/state";
import type { Analyzer } from "./analyzer";
import { Deployment, type EngineEvent, type Operation } from "./deployment";
import { Failure } from "./failure";
import { engine, messageOf, monitor } from "./monitor";
import { sparePromiseStacks } from "./promiseStacks";
import type { ProviderAddress } from "./providerClient";
import { sameProcessClient } from "./sameProcess";
import type { Backend, Properties } from "./stackState";

/** The runtime's own state for each run, as the Automation API gives inline programs; not in its types. */
const { withLocalStorage, getStore } = runtimeState as unknown as {
    withLocalStorage: <T>(run: () => Promise<T>) => Promise<T>;
    getStore: () => { settings: { monitor: unknown; engine: unknown } };
};

/** The organization of stacks in a file backend. */
export const organization = "organization";

/** One run of the engine over one stack. */
export interface StackRun {
    project: string;
    projectFolder: string;
    stack: string;
    /** Full keys (`agentcore-hub:account`), structured values as JSON text. */
    config: Readonly<Record<string, string>>;
    backend: Backend;
    providers: Readonly<Record<string, ProviderAddress>>;
    /** The policy pack that judges the stack. */
    analyzer?: Analyzer;
    program: () => Promise<unknown>;
    onEvent: (event: EngineEvent) => void;
}

/** What a run came to. */
export interface StackResult {
    outputs: Properties;
    changes: Record<Operation, number>;
}

/** A deployment that stopped; what it had done by then is in the backend, and the next one goes on. */
export class DeployFailed extends Error {
    constructor(
        readonly stackName: string,
        message: string,
        cause: unknown,
    ) {
        super(`Stack ${stackName}: ${message}`, { cause });
        this.name = "DeployFailed";
    }
}

/**
 * Runs a program as the Pulumi engine would, in this process: the Node SDK talks to a `ResourceMonitor` and
 * an `Engine` in its own messages, with a state of the runtime for each run.
 *
 * @throws DeployFailed
 */
export async function deployStack(run: StackRun): Promise<StackResult> {
    const deployment = new Deployment(run);
    const failure = new Failure();
    prepareProcess();
    running = failure;
    const program = withLocalStorage(async () => {
        const here = "this process";
        resetOptions(run.project, run.stack, 16, here, here, false, organization);
        Object.assign(getStore().settings, {
            monitor: sameProcessClient(
                monitor(deployment, (name) => readStackOutputs(run, name), failure),
            ),
            engine: sameProcessClient(engine(run.onEvent)),
        });
        setAllConfig({ ...run.config }, []);
        await runInPulumiStack(run.program);
        await disconnect();
    });
    try {
        await Promise.race([program, failure.promise]);
        // What the SDK rejects and nobody awaits is told once nothing else is to be done, which may be after the program.
        await setImmediate();
        failure.check();
        await deployment.analyzeStack();
        await deployment.deleteLeftovers();
        deployment.save();
        return { outputs: deployment.outputs ?? {}, changes: deployment.changes };
    } catch (error) {
        await deployment.fail();
        // What the program still waits for fails too; those errors belong to this run, not to the next one.
        await Promise.race([program.catch(() => undefined), setTimeout(500)]);
        await setTimeout(20);
        throw new DeployFailed(run.stack, messageOf(error), error);
    } finally {
        running = undefined;
        deployment.close();
        // Up to Node.js 22 a store that was ever used slows every promise of the process, which has calls to serve.
        (
            globalThis as unknown as { asyncLocalStorage: AsyncLocalStorage<unknown> }
        ).asyncLocalStorage.disable();
    }
}

/**
 * Deletes everything of a stack, in reverse order, and leaves it with empty outputs.
 *
 * @throws DeployFailed
 */
export async function destroyStack(
    run: Omit<StackRun, "program" | "config" | "analyzer">,
): Promise<StackResult> {
    const deployment = new Deployment(run);
    try {
        deployment.outputs = {};
        await deployment.deleteLeftovers();
        deployment.save();
        return { outputs: {}, changes: deployment.changes };
    } catch (error) {
        throw new DeployFailed(run.stack, messageOf(error), error);
    } finally {
        deployment.close();
    }
}

let running: Failure | undefined;
let isPrepared = false;

/** What is done once in a process, before its first deployment. */
function prepareProcess(): void {
    if (isPrepared) return;
    isPrepared = true;
    watchRejections();
    sparePromiseStacks();
}

/**
 * The SDK leaves rejected promises behind. A program's own error among them fails the run; calls that a
 * failed run could not finish say nothing new, even when they end during the next one.
 */
function watchRejections(): void {
    process.on("unhandledRejection", (reason) => {
        const isCall =
            reason instanceof Error && "code" in reason && typeof reason.code === "number";
        if (isCall || /Resource monitor is terminating/.test(String(reason))) return;
        if (running === undefined) throw reason;
        running.set(reason);
    });
}

function readStackOutputs(run: StackRun, name: string): Properties {
    const [, project, stack = ""] = /^organization\/([^/]+)\/([^/]+)$/.exec(name) ?? [];
    const state = project === run.project ? run.backend.read(stack) : undefined;
    if (state === undefined) throw new Error(`unknown stack "${name}"`);
    return { name, outputs: state.outputs, secretOutputNames: [] };
}
