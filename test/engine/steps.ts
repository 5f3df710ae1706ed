import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";

/** What the engine does, or would do, by the resource's name: its operation, with the properties that differ. */
export type Steps = Record<string, string>;

/** What a preview shows of a stack; nothing where nothing would change. */
export async function previewOf(stack: Stack, opts: { refresh?: boolean } = {}): Promise<Steps> {
    const steps = new StepLog();
    await stack.preview({ ...opts, onEvent: steps.add });
    return steps.steps;
}

/** The steps of an operation, as its events tell them. */
export class StepLog {
    readonly steps: Steps = {};
    /** Warnings and errors. */
    readonly diagnostics: string[] = [];

    readonly add = ({ resourcePreEvent, diagnosticEvent }: EngineEvent): void => {
        if (["warning", "error"].includes(diagnosticEvent?.severity ?? "")) {
            this.diagnostics.push(`${diagnosticEvent?.severity}: ${diagnosticEvent?.message}`);
        }
        if (resourcePreEvent === undefined) return;
        const { op, urn, type, detailedDiff } = resourcePreEvent.metadata;
        if (op === "same" || op === "refresh" || type === "pulumi:pulumi:Stack") return;
        const changed = Object.keys(detailedDiff ?? {})
            .sort()
            .join(", ");
        const name = urn.split("::").at(-1) ?? "";
        const step = changed === "" ? op : `${op} ${changed}`;
        // A replacement has several steps, of which the first is what is told.
        this.steps[name] ??= step;
    };
}
