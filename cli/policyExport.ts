import { parsePackConfig, parsePackFile } from "../policy/packConfig";
import type { Pack } from "../policy/rules/rule";
import type { StateResource } from "../policy/sources";
import type { PlacedVerdict, StackReport } from "./policyReport";
import { judgedStack } from "./policyRun";

/** A file, or stdin, as it was read. */
interface Source {
    file: string;
    text: string;
}

/** What is no export of a stack, and why. */
export class InvalidExport extends Error {
    constructor(file: string, problem: string, of = "") {
        super(`${file}: ${problem}; must be what \`pulumi stack export\` writes${of}`);
        this.name = "InvalidExport";
    }
}

/**
 * Judges what `pulumi stack export` wrote.
 *
 * @throws InvalidExport
 * @throws InvalidPolicyConfig
 */
export function judgeExport(
    { file, text }: Source,
    pack: Pack,
    config: Source | undefined,
    today: string,
): StackReport {
    const name = file === "-" ? "stdin" : file;
    const resources = resourcesOf(name, text);
    const lines = text.split("\n");
    const [, , stack = name] = (resources[0]?.urn ?? "").split(":", 3);
    const report = judgedStack(
        {
            ...{ stack, pack, file: name, pending: [] },
            settings:
                config === undefined
                    ? parsePackConfig(pack, {})
                    : parsePackFile(config.file, config.text, pack),
        },
        resources,
        // Where the export has the resource; an export of one line has all of them there.
        ({ urn }) => {
            const at = lines.findIndex((line) => line.includes(`"urn": ${JSON.stringify(urn)}`));
            return { file: name, line: Math.max(at, 0) + 1 };
        },
        today,
    );
    return { ...report, undecided: report.undecided.map(encrypted) };
}

/** In an export only what is encrypted is not known. */
function encrypted(verdict: PlacedVerdict): PlacedVerdict {
    const [path = ""] = verdict.message.split(": not known before the update");
    return {
        ...verdict,
        message: `${path}: got a value that is encrypted; must be plain to be judged; write the export with --show-secrets`,
    };
}

function resourcesOf(name: string, text: string): StateResource[] {
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
