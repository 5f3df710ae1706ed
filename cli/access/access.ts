import { writeOptionFile } from "../optionFiles";
import { accessOutput, checkOptions, type OutputOptions } from "./accessOutput";
import { grantPlaces } from "../explain/configPlaces";
import { readInventory, type SourceInventory, type SourceOptions } from "../inventory/source";

/** Options of `hub access`. */
export interface AccessOptions extends SourceOptions, OutputOptions {}

/**
 * `hub access`: who may call which tools of which gateways, in one of several formats; or whether that is what the
 * project's lock says.
 */
export async function hubAccess(options: AccessOptions): Promise<number> {
    checkOptions(options);
    const { inventory, source, project, failures } = await readInventory(options);
    const placesOf = project && placeFinder(project);
    const isRead = source === "local" || source === "aws";
    const { text, file, diagnostics, code } = accessOutput(
        {
            ...{ inventory, source: sourceWords[source], failures: failures.length },
            scope: isRead ? "accounts" : "stacks",
            // What the program itself has is its config's.
            ...(isRead && project !== undefined && { stacks: project.stacks }),
            ...(placesOf !== undefined && { placesOf }),
        },
        options,
        process.stdout.columns,
    );
    if (file === undefined) {
        process.stdout.write(text);
        return code;
    }
    writeOptionFile("--output", file, text);
    // What is on stdout says it itself.
    for (const line of diagnostics) process.stderr.write(`${line}\n`);
    return code;
}

const sourceWords: Readonly<Record<SourceInventory["source"], string>> = {
    program: "the program",
    export: "exported stacks",
    local: "the local cloud",
    aws: "AWS",
};

/** `Pulumi.provider.yaml:14`, of both sides. */
function placeFinder(project: NonNullable<SourceInventory["project"]>) {
    return (pair: Parameters<typeof grantPlaces>[1]): string[] => {
        const { grant, caller } = grantPlaces(project, pair);
        return [caller, grant].flatMap((place) =>
            place === undefined ? [] : [`${place.file}:${place.line}`],
        );
    };
}
