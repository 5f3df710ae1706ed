import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { notEmulated } from "../awsError";
import { BuildContext } from "./buildContext";
import { copyInto } from "./buildCopy";
import { BuildFailed, readDockerfile, type Stage } from "./dockerfile";

export { BuildFailed } from "./dockerfile";

/** What an image is built from. */
export interface BuildInput {
    /** Absolute. */
    contextFolder: string;
    /** @default `Dockerfile` of the context */
    dockerfile?: { path: string } | { text: string };
}

/** An image as far as a process needs it: its files over those of its base, and how it is started. */
export interface BuiltImage {
    /** Folder that stands for `/` of the image, with what its Dockerfile copied. */
    folder: string;
    /** The base image as the Dockerfile names it; it is not pulled. */
    base: string;
    /** Program and arguments, in the image's own paths. */
    command: string[];
    environment: Record<string, string>;
    workingDirectory: string;
    user?: string;
    ports: string[];
    labels: string[];
    /** Changes with the Dockerfile and the context. */
    contextHash: string;
}

/** What a build reads; another hash is another image. */
export function contextHash(input: BuildInput): string {
    const { context, text } = sources(input);
    return context.hash(text);
}

/**
 * Lays out an image's files in a folder of `into`, without running anything of it.
 *
 * @throws BuildFailed, AwsError NotEmulated naming the lines of the Dockerfile that cannot be laid out.
 */
export function buildImage(input: BuildInput, into: string): BuiltImage {
    const { context, text } = sources(input);
    const stages = readDockerfile(text);
    const hash = context.hash(text);
    const stage = [...stages.values()].at(-1);
    if (stage === undefined) throw new BuildFailed("file with no instructions");
    const base = baseOf(stages, stage);
    const command = commandOf(stage, base);
    const folder = join(into, hash);
    // What another build of the same sources has laid out is the same, and may be running.
    if (!existsSync(folder)) layOut(stages, context, folder);
    return {
        folder,
        base,
        command,
        environment: stage.environment,
        workingDirectory: stage.workingDirectory,
        ...(stage.user !== undefined && { user: stage.user }),
        ports: stage.ports,
        labels: stage.labels,
        contextHash: hash,
    };
}

function sources({ contextFolder, dockerfile }: BuildInput): {
    context: BuildContext;
    text: string;
} {
    const own = join(contextFolder, ".dockerignore");
    if (dockerfile !== undefined && "text" in dockerfile) {
        return { context: new BuildContext(contextFolder, [own]), text: dockerfile.text };
    }
    const path = dockerfile?.path ?? join(contextFolder, "Dockerfile");
    if (!existsSync(path)) {
        throw new BuildFailed(`failed to read dockerfile: open ${path}: no such file or directory`);
    }
    const context = new BuildContext(contextFolder, [`${path}.dockerignore`, own]);
    return { context, text: readFileSync(path, "utf8") };
}

function baseOf(stages: ReadonlyMap<number, Stage>, { base }: Stage): string {
    if (typeof base === "string") return base;
    const parent = stages.get(base);
    if (parent === undefined) throw new BuildFailed(`no stage ${base}`);
    return baseOf(stages, parent);
}

/** Node's distroless images start `node` by themselves (https://github.com/GoogleContainerTools/distroless). */
const distrolessNode = /(?:^|\/)distroless\/nodejs\d*(?:-[^/@:]*)?(?:[@:]|$)/;

/** What the image runs; the base's own entrypoint is not known, so it must be a Node.js program's by itself. */
function commandOf(stage: Stage, base: string): string[] {
    const ownEntrypoint = distrolessNode.test(base) ? ["node"] : [];
    const command = [...(stage.entrypoint ?? ownEntrypoint), ...(stage.command ?? [])];
    const [program = ""] = command;
    if (basename(program) !== "node" || command.length < 2) {
        throw notEmulated(
            `Dockerfile: a container that runs ${JSON.stringify(command)}; it must run node, with CMD or ENTRYPOINT as JSON`,
        );
    }
    return command;
}

function layOut(stages: ReadonlyMap<number, Stage>, context: BuildContext, folder: string): void {
    mkdirSync(join(folder, ".."), { recursive: true });
    // Made beside its place and moved there whole, so that half an image is never found.
    const work = mkdtempSync(`${folder}-`);
    try {
        const roots = new Map<number, string>();
        for (const [index, stage] of stages) {
            const root = join(work, String(index));
            mkdirSync(root);
            roots.set(index, root);
            if (typeof stage.base === "number") {
                copyInto(root, new BuildContext(roots.get(stage.base) ?? ""), {
                    line: 0,
                    sources: ["/"],
                    destination: "/",
                });
            }
            for (const copy of stage.copies) {
                const { fromStage } = copy;
                const from =
                    fromStage === undefined
                        ? context
                        : new BuildContext(roots.get(fromStage) ?? "");
                copyInto(root, from, copy);
            }
            mkdirSync(join(root, stage.workingDirectory), { recursive: true });
        }
        renameSync([...roots.values()].at(-1) ?? "", folder);
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
}
