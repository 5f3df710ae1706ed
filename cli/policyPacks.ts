import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Analyzer } from "../engine/analyzer";
import type { PackFolder } from "../engine/pulumiEngine";
import { PolicyPack } from "../engine/policyPack";
import type { Project, Stack } from "../engine/stacks";
import { undecidedPolicy } from "../policy/config";
import { packConfigFile, readPackConfig } from "../policy/packConfig";
import type { Pack } from "../policy/rules/rule";
import type { PackProcesses } from "./packProcesses";

/** The built pack for a stack, as the Pulumi CLI takes it, and its config where it has one. */
export function packFolder(project: Project, { name, settings }: Stack): PackFolder {
    const configFile = join(project.folder, packConfigFile(name));
    return {
        folder: join(__dirname, "policy", settings.role),
        ...(existsSync(configFile) && { configFile }),
    };
}

/** The packs that judge the stacks of a project: each by the pack of its account's role. */
export class PolicyPacks {
    readonly #packs = new Map<Pack, PolicyPack>();

    constructor(private readonly processes: PackProcesses) {}

    /**
     * The pack for a stack, told what `Policy.<stack>.json` says.
     *
     * @throws InvalidPolicyConfig
     */
    analyzer(project: Project, { name, settings }: Stack): Analyzer {
        const pack =
            this.#packs.get(settings.role) ?? new PolicyPack(this.processes.start(settings.role));
        this.#packs.set(settings.role, pack);
        pack.configure({
            ...readPackConfig(project.folder, name, settings.role),
            // It speaks of previews: where resources are made, nothing waits for the update.
            [undecidedPolicy]: { level: "disabled", properties: {} },
        });
        return pack;
    }

    /** Ends the processes. */
    stop(): void {
        for (const pack of this.#packs.values()) pack.stop();
        this.processes.stop();
    }
}
