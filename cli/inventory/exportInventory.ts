import { basename } from "node:path";
import type { Inventory } from "../../access/inventory";
import type { Project } from "../../engine/stacks";
import { fromState } from "../../policy/sources";
import { StackView } from "../../policy/stackView";
import { InvalidExport, resourcesOfExport, stackOfUrn } from "../stackExport";
import { stacksInventory, type StackState } from "./stacksInventory";

/** A file, or stdin, as it was read. */
export interface ExportFile {
    file: string;
    text: string;
}

/** An export, and which stack of which project it is of. */
interface ExportedStack {
    file: string;
    project: string;
    state: StackState;
}

/**
 * Reads who may use what from what `pulumi stack export` wrote of each stack.
 *
 * @param project the project of the exports, where it is there: it knows tools and other stacks by name.
 * @throws InvalidExport
 */
export function exportInventory(files: readonly ExportFile[], project?: Project): Inventory {
    const exported = files.map((file) => exportedStack(file, project));
    for (const [index, one] of exported.entries()) {
        checkProject(one, project, exported[0]);
        const other = exported.slice(0, index).find(({ state }) => state.name === one.state.name);
        if (other === undefined) continue;
        throw new InvalidExport(
            one.file,
            `got stack ${one.state.name}, as in ${other.file}`,
            " of another stack",
        );
    }
    return stacksInventory(
        exported.map(({ state }) => state),
        { whyUnknown: "is encrypted; write the export with --show-secrets" },
    );
}

function exportedStack({ file, text }: ExportFile, project: Project | undefined): ExportedStack {
    const name = file === "-" ? "stdin" : file;
    const resources = resourcesOfExport(name, text);
    const { stack, project: projectName } = stackOfUrn(resources[0]?.urn ?? "");
    if (stack === undefined || projectName === undefined) {
        throw new InvalidExport(
            name,
            `deployment.resources[0].urn: got ${JSON.stringify(resources[0]?.urn)}`,
        );
    }
    const view = new StackView(fromState(resources));
    const { outputs } = view;
    const settings = project?.stacks.find((one) => one.name === stack)?.settings;
    const role = settings?.role ?? ("roles" in outputs ? "consumer" : "provider");
    return {
        file: name,
        project: projectName,
        state: {
            ...{ name: stack, role, view, outputs },
            ...(settings !== undefined && { settings }),
        },
    };
}

/** A name such as `provider` says nothing across projects. */
function checkProject(
    { file, project: got }: ExportedStack,
    project: Project | undefined,
    first: ExportedStack | undefined,
): void {
    const [wanted, from] =
        project === undefined
            ? [first?.project, first?.file]
            : [project.name, `${basename(project.folder)}/Pulumi.yaml`];
    if (wanted === undefined || got === wanted) return;
    throw new InvalidExport(
        file,
        `got a stack of project ${got}`,
        ` of a stack of project ${wanted}, as ${from ?? ""} has it`,
    );
}
