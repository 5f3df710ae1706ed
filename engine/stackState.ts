import {
    appendFileSync,
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** Properties as they travel between program, engine and provider. */
export type Properties = Record<string, unknown>;

/** One resource of a stack, as the engine keeps it. */
export interface ResourceRecord {
    urn: string;
    type: string;
    custom: boolean;
    id: string;
    inputs: Properties;
    outputs: Properties;
    /** URNs that must outlive this resource: its parent, provider and dependencies. */
    needs: string[];
    /** `<urn>::<id>` of the provider that made it. */
    provider: string;
    protect: boolean;
    retainOnDelete: boolean;
}

/** A stack between two deployments. */
export interface StackState {
    outputs: Properties;
    /** In the order in which they came to be. */
    resources: ResourceRecord[];
    /** Replaced or half-deleted resources that are still there. */
    pendingDelete: ResourceRecord[];
}

/** One step of a deployment. */
export interface Step {
    /** What the program has now. */
    made?: ResourceRecord;
    /** What is still there in an older form, to be deleted at the end. */
    replaced?: ResourceRecord;
    /** What is gone. */
    deleted?: ResourceRecord;
    /** The stack's outputs from now on. */
    outputs?: Properties;
}

/**
 * Keeps the state of stacks as files, one per stack. The steps of a running deployment stand in a second file, a
 * line each, because writing the whole state for each resource would cost the square of their number.
 */
export class Backend {
    constructor(private readonly folder: string) {
        mkdirSync(folder, { recursive: true });
    }

    /** The stack's state; `undefined` when it was never deployed. */
    read(stack: string): StackState | undefined {
        const file = this.#file(stack);
        const state = existsSync(file)
            ? (JSON.parse(readFileSync(file, "utf8")) as StackState)
            : undefined;
        const steps = this.#steps(stack);
        return steps.length === 0 ? state : afterSteps(state, steps);
    }

    /** The state that a deployment starts from; the steps of one that did not end become part of it. */
    begin(stack: string): StackState | undefined {
        const state = this.read(stack);
        if (state !== undefined && existsSync(this.#stepsFile(stack))) this.write(stack, state);
        return state;
    }

    /** Adds a step of the deployment that {@link begin} started. */
    append(stack: string, step: Step): void {
        appendFileSync(this.#stepsFile(stack), `${JSON.stringify(step)}\n`, { mode: 0o600 });
    }

    /** Replaces the file in one step, so that an interrupted write loses nothing. */
    write(stack: string, state: StackState): void {
        const file = this.#file(stack);
        const next = `${file}.${process.pid}.tmp`;
        writeFileSync(next, JSON.stringify(state), { mode: 0o600 });
        renameSync(next, file);
        // Where this is not reached any more, the same steps again change nothing.
        rmSync(this.#stepsFile(stack), { force: true });
    }

    /** Removes every stack: a new cloud starts with an empty backend. */
    clear(): void {
        for (const file of readdirSync(this.folder)) rmSync(join(this.folder, file));
    }

    /** What was written of each step; the last line may have been cut off. */
    #steps(stack: string): Step[] {
        const file = this.#stepsFile(stack);
        if (!existsSync(file)) return [];
        const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
        return lines.map((line) => JSON.parse(line) as Step);
    }

    #file(stack: string): string {
        return join(this.folder, `${encodeURIComponent(stack)}.json`);
    }

    #stepsFile(stack: string): string {
        return join(this.folder, `${encodeURIComponent(stack)}.steps`);
    }
}

/** What is made comes before what is left: leftovers are deleted first, and may need what is made. */
function afterSteps(state: StackState | undefined, steps: readonly Step[]): StackState {
    const key = ({ urn, id }: ResourceRecord) => `${urn}::${id}`;
    const made = new Map<string, ResourceRecord>();
    const deleted = new Set<string>();
    const pendingDelete = new Map(state?.pendingDelete.map((record) => [key(record), record]));
    let outputs = state?.outputs ?? {};
    for (const step of steps) {
        if (step.made !== undefined) made.set(step.made.urn, step.made);
        if (step.replaced !== undefined) pendingDelete.set(key(step.replaced), step.replaced);
        if (step.deleted !== undefined) {
            deleted.add(key(step.deleted));
            pendingDelete.delete(key(step.deleted));
        }
        outputs = step.outputs ?? outputs;
    }
    const left = (state?.resources ?? []).filter(
        (record) => !made.has(record.urn) && !deleted.has(key(record)),
    );
    return {
        outputs,
        resources: [...made.values(), ...left],
        pendingDelete: [...pendingDelete.values()],
    };
}
