import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Backend } from "../../engine/stackState";
import type { Project } from "../../engine/stacks";
import type { Connection } from "../../local/connection";
import { openAws } from "../aws";
import { requirePulumi } from "../chooseEngine";
import { InvalidOptions } from "../invalidOptions";
import { LocalTarget } from "../localTarget";

/** The outputs of stacks by their names. */
export type StackOutputs = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** The outputs of what is deployed to the running local cloud. */
export async function localOutputs(
    project: Project,
    connection: Connection,
    stateFolder: string,
): Promise<StackOutputs> {
    if (connection.engine === "in-process") {
        const backend = new Backend(join(stateFolder, "backend"));
        return outputsBy(project, ({ name }) => Promise.resolve(backend.read(name)?.outputs));
    }
    await requirePulumi("the running local cloud is deployed to by the Pulumi CLI");
    const { remoteAccount } = await import("../deploy.js");
    const target = new LocalTarget(
        project,
        { ...connection, account: (id) => remoteAccount(connection, id) },
        stateFolder,
        () => undefined,
        { engine: "pulumi" },
    );
    await target.prepare();
    return outputsBy(project, (stack) => target.engine.outputs(stack));
}

/** The outputs of what is deployed to AWS, by the Pulumi CLI and the user's own backend. */
export async function awsOutputs(
    project: Project,
    profiles: readonly string[],
): Promise<StackOutputs> {
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

/**
 * The outputs in what `pulumi stack export` wrote.
 *
 * @throws InvalidOptions for a file that is no export of a stack.
 */
export function exportedOutputs(files: readonly string[]): StackOutputs {
    return new Map(files.map(exportedStack));
}

function exportedStack(file: string): [string, Record<string, unknown>] {
    let resources: unknown;
    try {
        const exported = JSON.parse(readFileSync(file === "-" ? 0 : file, "utf8")) as {
            deployment?: { resources?: unknown };
        };
        resources = exported.deployment?.resources;
    } catch (error) {
        throw new InvalidOptions(
            `--stack-export: got ${file}; must be a file that pulumi stack export wrote: ${String(error)}`,
        );
    }
    const found = (Array.isArray(resources) ? resources : []).find(
        (one: { type?: unknown }) => one.type === "pulumi:pulumi:Stack",
    ) as { urn?: string; outputs?: Record<string, unknown> } | undefined;
    const [, stack] = /^urn:pulumi:([^:]+)::/.exec(found?.urn ?? "") ?? [];
    if (stack === undefined) {
        throw new InvalidOptions(
            `--stack-export: got ${file}, which has no stack; must be what pulumi stack export wrote`,
        );
    }
    return [stack, found?.outputs ?? {}];
}
