import { parsePackConfig, parsePackFile } from "../policy/packConfig";
import type { Pack } from "../policy/rules/rule";
import type { PlacedVerdict, StackReport } from "./policyReport";
import { judgedStack } from "./policyRun";
import { resourcesOfExport, stackOfUrn } from "./stackExport";

/** A file, or stdin, as it was read. */
interface Source {
    file: string;
    text: string;
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
    const resources = resourcesOfExport(name, text);
    const lines = text.split("\n");
    const { stack = name } = stackOfUrn(resources[0]?.urn ?? "");
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
