import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployUntilSettled } from "../engine/deployAll";
import { InProcessEngine, type InProcessOptions } from "../engine/inProcessEngine";
import { DeployFailed } from "../engine/inProcess";
import type { Project } from "../engine/stacks";
import type { StackState } from "../engine/stackState";
import { LocalCloud } from "../local/cloud";
import { Interrupted } from "./interrupted";
import { accessTo, LocalTarget } from "./localTarget";

/** Who is told of a deployment, and asked about its resources. */
export type InProcessRun = Pick<InProcessOptions, "onEvent" | "analyzer">;

/** What has come to be, while its AWS is still there. */
export interface Deployed {
    /** The state of a stack; `undefined` where nothing of it came to be. */
    stateOf: (stack: string) => StackState | undefined;
    /** Why stacks failed, by name; the others went on without them. */
    failures: ReadonlyMap<string, string>;
    cloud: LocalCloud;
}

/**
 * Deploys all stacks to an AWS of this process until they have settled, and reads what is there then.
 *
 * @throws Interrupted
 */
export async function deployInProcess<Result>(
    project: Project,
    run: InProcessRun,
    read: (deployed: Deployed) => Result,
): Promise<Result> {
    const stateFolder = mkdtempSync(join(tmpdir(), "agentcore-hub-program-"));
    const cloud = await LocalCloud.start({ port: 0, stateFolder });
    const interrupt = new AbortController();
    const onSignal = () => {
        interrupt.abort();
    };
    for (const signal of signals) process.once(signal, onSignal);
    try {
        const local = new LocalTarget(project, accessTo(cloud), stateFolder, run.onEvent);
        await local.prepare();
        const failures = await Promise.race([deployAll(local, run), aborted(interrupt.signal)]);
        return read({ stateOf: (stack) => local.backend.read(stack), failures, cloud });
    } finally {
        for (const signal of signals) process.off(signal, onSignal);
        await cloud.stop();
        rmSync(stateFolder, { recursive: true, force: true });
    }
}

/** Deploys what can be deployed: where a stack fails, the others go on without it. */
async function deployAll(
    { project, backend, providers }: LocalTarget,
    run: InProcessRun,
): Promise<Map<string, string>> {
    const failures = new Map<string, string>();
    const engine = new InProcessEngine({ project, backend, providers, ...run });
    for (;;) {
        const left = project.stacks.filter(({ name }) => !failures.has(name));
        try {
            await deployUntilSettled(engine, left, () => undefined);
            return failures;
        } catch (error) {
            if (!(error instanceof DeployFailed)) throw error;
            failures.set(error.stackName, error.message);
        }
    }
}

const signals = ["SIGINT", "SIGTERM"] as const;

function aborted(signal: AbortSignal): Promise<never> {
    return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
            reject(new Interrupted());
        });
    });
}
