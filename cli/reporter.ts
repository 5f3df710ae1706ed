import colors from "picocolors";
import { violationText, type Violation } from "../engine/analyzer";
import type { EngineEvent, Operation } from "../engine/deployment";
import type { Stack } from "../engine/stacks";

/** One step, as `--json` prints it: its status, and milliseconds since it began. */
export type StepEvent = { step: string; status: "ok" | "failed"; ms: number } & Record<
    string,
    unknown
>;

type ResourceEvent = Extract<EngineEvent, { kind: "resource" }>;

/** Tells what happens: as lines for people, or as one JSON event per line. */
export class Reporter {
    /** Whether each resource that changes gets a line. */
    showsResources = false;
    #running: { label: string; resources: number } | undefined;

    constructor(private readonly asJson: boolean) {}

    /** A line for people only. */
    say(text: string): void {
        if (!this.asJson) process.stdout.write(`${text}\n`);
    }

    /** An event for machines only. */
    event(event: Record<string, unknown>): void {
        if (this.asJson) process.stdout.write(`${JSON.stringify(event)}\n`);
    }

    /** Runs a step; its line appears when it ends, and on a terminal its name while it runs. */
    async step<T>(
        name: string,
        label: string,
        run: () => Promise<T>,
        detail: (result: T) => string = () => "",
        facts: (result: T) => Record<string, unknown> = () => ({}),
    ): Promise<T> {
        const start = performance.now();
        this.#running = { label, resources: 0 };
        this.#progress();
        const clear = () => {
            this.#clear();
            this.#running = undefined;
        };
        const elapsed = () => Math.round(performance.now() - start);
        try {
            const result = await run();
            clear();
            const shown = detail(result);
            this.say(
                `  ${colors.green("✓")} ${label}${shown === "" ? "" : colors.dim(` ${shown}`)} ${colors.dim(`${elapsed()} ms`)}`,
            );
            this.event({ step: name, status: "ok", ms: elapsed(), ...facts(result) });
            return result;
        } catch (error) {
            clear();
            this.say(`  ${colors.red("✗")} ${label} ${colors.dim(`${elapsed()} ms`)}`);
            this.event({ step: name, status: "failed", ms: elapsed(), error: String(error) });
            throw error;
        }
    }

    /**
     * Warnings and errors of a program, and advice of a policy pack, on stderr; what is pending is in the step's own
     * line, and what a mandatory policy finds is in the error that stops the deployment.
     */
    readonly diagnostic = (stack: Stack, event: EngineEvent): void => {
        if (event.kind === "policy") {
            this.#policy(stack, event.violation);
            return;
        }
        if (event.kind === "resource") {
            if (this.showsResources) this.#resource(stack, event);
            if (this.#running !== undefined) this.#running.resources += 1;
            this.#progress();
            return;
        }
        if (event.severity === "info") return;
        if (/^Pending (grant|gateway) /.test(event.message)) return;
        this.#clear();
        process.stderr.write(`${event.severity}: ${stack.name}: ${event.message.trim()}\n`);
    };

    /** What runs, and how many resources it has come to, on a terminal. */
    #progress(): void {
        if (this.#running === undefined || this.asJson || !process.stdout.isTTY) return;
        const { label, resources } = this.#running;
        const count = resources === 0 ? "" : ` ${resources} resources`;
        this.#clear();
        process.stdout.write(`  ${colors.dim("…")} ${label}${colors.dim(count)}`);
    }

    #clear(): void {
        if (this.#running === undefined || this.asJson || !process.stdout.isTTY) return;
        process.stdout.write("\r\u001b[2K");
    }

    #resource(stack: Stack, { operation, type, name }: ResourceEvent): void {
        const sign = { create: "+", update: "~", replace: "±", delete: "-", same: "" }[operation];
        if (sign === "" || type === "pulumi:pulumi:Stack") return;
        this.say(`    ${sign} ${operation} ${name} ${colors.dim(type)}`);
        this.event({ step: "resource", stack: stack.name, operation, type, name });
    }

    #policy(stack: Stack, violation: Violation): void {
        const { pack, policy, level, severity, urn, message } = violation;
        this.event({
            step: "policy",
            stack: stack.name,
            pack,
            policy,
            level,
            severity,
            urn,
            message,
        });
        if (level === "mandatory") return;
        process.stderr.write(`advice: ${stack.name}: ${violationText(violation)}\n`);
    }
}

/** `4 created, 1 updated`; what stayed the same is not worth a word unless nothing else happened. */
export function changesText(changes: Record<Operation, number>): string {
    const words: Partial<Record<Operation, string>> = {
        create: "created",
        update: "updated",
        replace: "replaced",
        delete: "deleted",
    };
    const parts = Object.entries(words)
        .filter(([operation]) => changes[operation as Operation] > 0)
        .map(([operation, word]) => `${changes[operation as Operation]} ${word}`);
    return parts.length === 0 ? `${changes.same} unchanged` : parts.join(", ");
}
