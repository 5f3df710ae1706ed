import {
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

/** Keeps the state of stacks as files, one per stack. */
export class Backend {
    constructor(private readonly folder: string) {
        mkdirSync(folder, { recursive: true });
    }

    /** The stack's state; `undefined` when it was never deployed. */
    read(stack: string): StackState | undefined {
        const file = this.#file(stack);
        return existsSync(file)
            ? (JSON.parse(readFileSync(file, "utf8")) as StackState)
            : undefined;
    }

    /** Replaces the file in one step, so that an interrupted write loses nothing. */
    write(stack: string, state: StackState): void {
        const file = this.#file(stack);
        const next = `${file}.${process.pid}.tmp`;
        writeFileSync(next, JSON.stringify(state), { mode: 0o600 });
        renameSync(next, file);
    }

    /** Removes every stack: a new cloud starts with an empty backend. */
    clear(): void {
        for (const file of readdirSync(this.folder)) rmSync(join(this.folder, file));
    }

    #file(stack: string): string {
        return join(this.folder, `${encodeURIComponent(stack)}.json`);
    }
}
