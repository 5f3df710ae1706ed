import type { StateResource } from "../policy/sources";
import { readOptionFile } from "./optionFiles";

/** What is no export of a stack, and why. */
export class InvalidExport extends Error {
    constructor(file: string, problem: string, of = "") {
        super(`${file}: ${problem}; must be what \`pulumi stack export\` writes${of}`);
        this.name = "InvalidExport";
    }
}

/** What a file of `--stack-export` has; `-` is stdin. @throws InvalidOptions */
export function readExport(file: string): string {
    return readOptionFile("--stack-export", file, file === "-" ? 0 : file);
}

/** The stack and the project of a URN, `urn:pulumi:<stack>::<project>::…`. */
export function stackOfUrn(urn: string): { stack?: string; project?: string } {
    const [, , stack, , project] = urn.split(":", 5);
    return { ...(stack !== undefined && { stack }), ...(project !== undefined && { project }) };
}

/**
 * The resources of what `pulumi stack export` wrote.
 *
 * @param name the file's, for errors.
 * @throws InvalidExport
 */
export function resourcesOfExport(name: string, text: string): StateResource[] {
    const exported = parsed(name, text);
    const { deployment } = (exported ?? {}) as { deployment?: { resources?: unknown } | null };
    if (typeof deployment !== "object" || deployment === null) {
        throw new InvalidExport(name, "deployment: got nothing");
    }
    const { resources } = deployment;
    // A stack that was never deployed has none: who asks about it means another one.
    if (!Array.isArray(resources) || resources.length === 0) {
        throw new InvalidExport(name, "deployment.resources: got none", " of a deployed stack");
    }
    for (const [index, resource] of (resources as unknown[]).entries()) {
        const { urn, type } = (resource ?? {}) as Record<string, unknown>;
        if (typeof urn === "string" && typeof type === "string") continue;
        throw new InvalidExport(
            name,
            `deployment.resources[${index}]: got a resource without ${typeof urn === "string" ? "type" : "urn"}`,
        );
    }
    return resources as StateResource[];
}

function parsed(name: string, text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        const shown = text.trim() === "" ? "nothing" : JSON.stringify(text.trim().slice(0, 60));
        throw new InvalidExport(name, `got ${shown}, which is not JSON`);
    }
}
