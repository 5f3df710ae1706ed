import { join, resolve } from "node:path";
import { Backend } from "../../engine/stackState";
import type { Project } from "../../engine/stacks";
import { hasUnknown } from "../../policy/resource";
import { fromState } from "../../policy/sources";
import { StackView } from "../../policy/stackView";
import { openAws } from "../aws";
import { requirePulumi } from "../chooseEngine";
import { requireConnection } from "../localGateway";
import { LocalTarget } from "../localTarget";
import { InvalidExport, readExport, resourcesOfExport, stackOfUrn } from "../stackExport";
import { stackProfilesOf, type VerifyOptions } from "./verifyOptions";

/** The outputs of stacks by their names. */
export type StackOutputs = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/**
 * The outputs of what is deployed: of the running local cloud or of AWS, or as exports of the stacks have them.
 *
 * @throws InvalidOptions, InvalidExport
 */
export function outputsOf(project: Project, options: VerifyOptions): Promise<StackOutputs> {
    const { stackExport = [], local = false } = options;
    if (stackExport.length > 0) return Promise.resolve(exportedOutputs(stackExport, project));
    return local ? localOutputs(project, options) : awsOutputs(project, options);
}

async function localOutputs(
    project: Project,
    { stateFolder = ".hub/local" }: VerifyOptions,
): Promise<StackOutputs> {
    const connection = requireConnection({ stateFolder });
    const folder = resolve(stateFolder);
    if (connection.engine === "in-process") {
        const backend = new Backend(join(folder, "backend"));
        return outputsBy(project, ({ name }) => Promise.resolve(backend.read(name)?.outputs));
    }
    await requirePulumi("the running local cloud is deployed to by the Pulumi CLI");
    const { remoteAccount } = await import("../deploy.js");
    const target = new LocalTarget(
        project,
        { ...connection, account: (id) => remoteAccount(connection, id) },
        folder,
        () => undefined,
        { engine: "pulumi" },
    );
    await target.prepare();
    return outputsBy(project, (stack) => target.engine.outputs(stack));
}

/** By the Pulumi CLI and the user's own backend. */
async function awsOutputs(project: Project, options: VerifyOptions): Promise<StackOutputs> {
    const profiles = stackProfilesOf(options, project);
    const engine = await openAws(project, () => undefined, profiles);
    return outputsBy(project, (stack) => engine.outputs(stack));
}

async function outputsBy(
    { stacks }: Project,
    read: (stack: Project["stacks"][number]) => Promise<Record<string, unknown> | undefined>,
): Promise<StackOutputs> {
    const outputs = new Map<string, Record<string, unknown>>();
    for (const stack of stacks) outputs.set(stack.name, (await read(stack)) ?? {});
    return outputs;
}

function exportedOutputs(files: readonly string[], project: Project): StackOutputs {
    const outputs = new Map<string, Readonly<Record<string, unknown>>>();
    for (const file of files) {
        const name = file === "-" ? "stdin" : file;
        const resources = resourcesOfExport(name, readExport(file));
        const { stack = "", project: of = "" } = stackOfUrn(resources[0]?.urn ?? "");
        if (of !== project.name || !project.stacks.some((one) => one.name === stack)) {
            const known = project.stacks.map((one) => one.name).join(", ");
            throw new InvalidExport(
                name,
                `got stack ${stack} of project ${of}`,
                ` of a stack of project ${project.name}: ${known}`,
            );
        }
        if (outputs.has(stack)) {
            throw new InvalidExport(name, `got stack ${stack} again`, " of another stack");
        }
        const view = new StackView(fromState(resources));
        const encrypted = Object.entries(view.outputs).find(([, value]) => hasUnknown(value));
        if (encrypted !== undefined) {
            const problem = `output ${encrypted[0]} is encrypted`;
            throw new InvalidExport(name, problem, ` with --show-secrets`);
        }
        outputs.set(stack, view.outputs);
    }
    return outputs;
}
