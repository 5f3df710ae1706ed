import {
    CommandError,
    LocalWorkspace,
    StackNotFoundError,
    type EngineEvent as PulumiEvent,
    type InlineProgramArgs,
    type LocalWorkspaceOptions,
    type OutputMap,
    type PulumiFn,
    type Stack as PulumiStack,
} from "@pulumi/pulumi/automation";
import { deployAccount } from "../accounts/account";
import { readSettings } from "../settings";
import { violationText } from "./analyzer";
import type { EngineEvent, Operation } from "./deployment";
import type { Engine } from "./engine";
import { DeployFailed, type StackResult } from "./inProcess";
import type { Project, Stack } from "./stacks";
import type { Properties } from "./stackState";

/** A policy pack for a stack, as the Pulumi CLI takes it. */
export interface PackFolder {
    folder: string;
    configFile?: string;
}

/** Where the Pulumi CLI runs the stacks of a project, and who is told. */
export interface PulumiEngineOptions {
    project: Project;
    /** The folder with `Pulumi.yaml` and the stacks' files. */
    workFolder: string;
    /** What the CLI gets beside this process's own environment. */
    environment: (stack: Stack) => Promise<Readonly<Record<string, string>>>;
    pack?: (stack: Stack) => PackFolder;
    onEvent: (stack: Stack, event: EngineEvent) => void;
}

/** Runs the stacks by the Pulumi CLI, whose Automation API runs the program in this process. */
export class PulumiEngine implements Engine {
    /** By stack, because to ask the CLI takes half a second. */
    readonly #outputs = new Map<string, Properties>();

    constructor(private readonly options: PulumiEngineOptions) {}

    /** @throws DeployFailed */
    async deploy(stack: Stack): Promise<StackResult> {
        const result = await this.#run(stack, async (opened, onEvent) => {
            const { outputs } = await opened.up({ onEvent, ...this.#packs(stack) });
            return plain(outputs);
        });
        this.#outputs.set(stack.name, result.outputs);
        return result;
    }

    /** @throws DeployFailed */
    async preview(stack: Stack): Promise<StackResult> {
        return this.#run(stack, async (opened, onEvent) => {
            await opened.preview({ onEvent, ...this.#packs(stack) });
            return {};
        });
    }

    /** @throws DeployFailed */
    async destroy(stack: Stack): Promise<StackResult> {
        this.#outputs.delete(stack.name);
        return this.#run(stack, async (opened, onEvent) => {
            await opened.destroy({ onEvent });
            return {};
        });
    }

    /** @throws DeployFailed */
    async previewDestroy(stack: Stack): Promise<StackResult> {
        return this.#run(stack, async (opened, onEvent) => {
            await opened.previewDestroy({ onEvent });
            return {};
        });
    }

    /** @throws DeployFailed */
    async outputs(stack: Stack): Promise<Properties | undefined> {
        const outputs = this.#outputs.get(stack.name) ?? (await this.#readOutputs(stack));
        this.#outputs.set(stack.name, outputs);
        return Object.keys(outputs).length === 0 ? undefined : outputs;
    }

    /** Reading makes no stack: the backend and the stack's file are the user's. */
    async #readOutputs(stack: Stack): Promise<Properties> {
        try {
            const opened = await LocalWorkspace.selectStack(...(await this.#place(stack)));
            return plain(await opened.outputs());
        } catch (error) {
            if (error instanceof StackNotFoundError) return {};
            const seen = new SeenEvents(stack, this.options.onEvent);
            throw new DeployFailed(stack.name, seen.failure(error), error);
        }
    }

    #packs(stack: Stack): { policyPacks?: string[]; policyPackConfigs?: string[] } {
        const pack = this.options.pack?.(stack);
        if (pack === undefined) return {};
        return {
            policyPacks: [pack.folder],
            ...(pack.configFile !== undefined && { policyPackConfigs: [pack.configFile] }),
        };
    }

    async #run(
        stack: Stack,
        run: (opened: PulumiStack, onEvent: (event: PulumiEvent) => void) => Promise<Properties>,
    ): Promise<StackResult> {
        const seen = new SeenEvents(stack, this.options.onEvent);
        try {
            const outputs = await run(await this.#open(stack), seen.see);
            return { outputs, changes: seen.changes };
        } catch (error) {
            throw new DeployFailed(stack.name, seen.failure(error), error);
        }
    }

    async #open(stack: Stack): Promise<PulumiStack> {
        return LocalWorkspace.createOrSelectStack(...(await this.#place(stack)));
    }

    async #place(stack: Stack): Promise<[InlineProgramArgs, LocalWorkspaceOptions]> {
        const { project, workFolder, environment } = this.options;
        const program = (() => deployAccount(readSettings())) as PulumiFn;
        return [
            { stackName: stack.name, projectName: project.name, program },
            { workDir: workFolder, envVars: await environment(stack) },
        ];
    }
}

const operations: readonly Operation[] = ["create", "update", "replace", "delete", "same"];

/** What the events of one run of the CLI come to. */
class SeenEvents {
    readonly changes: Record<Operation, number> = {
        ...{ create: 0, update: 0, replace: 0, delete: 0, same: 0 },
    };
    readonly #errors: string[] = [];

    constructor(
        private readonly stack: Stack,
        private readonly onEvent: (stack: Stack, event: EngineEvent) => void,
    ) {}

    readonly see = (event: PulumiEvent): void => {
        const { diagnosticEvent, policyEvent, resourcePreEvent } = event;
        if (diagnosticEvent !== undefined && diagnosticEvent.ephemeral !== true) {
            const { severity, message } = diagnosticEvent;
            const text = withoutColor(message).trim();
            // That it failed is said by what failed.
            if (severity === "error" && !/^(update|preview|destroy) failed$/.test(text)) {
                this.#errors.push(text);
            }
            // Where it was found says nothing of the stack.
            if (severity === "warning" && !/^using pulumi-\S+ from \$PATH/.test(text)) {
                this.onEvent(this.stack, { kind: "diagnostic", severity, message: text });
            }
        }
        if (policyEvent !== undefined) {
            const { policyName, policyPackName, enforcementLevel, resourceUrn = "" } = policyEvent;
            const violation = {
                ...{ pack: policyPackName, policy: policyName, urn: resourceUrn },
                level: enforcementLevel === "mandatory" ? enforcementLevel : ("advisory" as const),
                severity: undefined,
                // The policy's description stands before what it found.
                message: withoutColor(policyEvent.message).trim().split("\n").at(-1) ?? "",
            };
            if (violation.level === "mandatory") this.#errors.push(violationText(violation));
            this.onEvent(this.stack, { kind: "policy", violation });
        }
        if (resourcePreEvent !== undefined) {
            const { op, type, urn, provider } = resourcePreEvent.metadata;
            const operation = operations.find((known) => known === op);
            // Components and providers are the program's own: nothing in the account changes by them.
            if (operation !== undefined && provider !== "" && !type.startsWith("pulumi:")) {
                this.changes[operation] += 1;
                const name = urn.split("::").at(-1) ?? "";
                this.onEvent(this.stack, { kind: "resource", operation, type, name });
            }
        }
    };

    /** Why a run failed: what the engine said of it, or else all that the CLI wrote. */
    failure(error: unknown): string {
        if (this.#errors.length > 0) return withoutRepetition(this.#errors).join("\n");
        if (error instanceof CommandError) return saidBy(error);
        return error instanceof Error ? error.message : String(error);
    }
}

/** The CLI's own errors; all that it wrote, where it names none. */
function saidBy({ message }: CommandError): string {
    const text = withoutColor(message);
    const errors = [...text.matchAll(/^error: (.+)$/gm)].map(([, said = ""]) => said);
    return errors.length === 0 ? text : [...new Set(errors)].join("\n");
}

/** What the engine says of a failed call, the program's own error says again. */
function withoutRepetition(errors: readonly string[]): string[] {
    const lines = [...new Set(errors.map((error) => error.replace(/\n +at .*/g, "")))];
    return lines.filter((line) => !lines.some((other) => other !== line && line.includes(other)));
}

/** Pulumi's color commands, `<{%reset%}>`. */
function withoutColor(text: string): string {
    return text.replace(/<\{%[^%]*%\}>/g, "");
}

function plain(outputs: OutputMap): Properties {
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}
