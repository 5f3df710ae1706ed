import { Copy, DockerfileParser, Env, From, type Flag, type Instruction } from "dockerfile-ast";
import { posix } from "node:path";
import { notEmulated } from "../awsError";

/** A build that cannot be done, in the builder's words. */
export class BuildFailed extends Error {
    constructor(message: string) {
        super(message);
        this.name = "BuildFailed";
    }
}

/** One COPY: from the context, or from an earlier stage. */
export interface CopyStep {
    line: number;
    sources: string[];
    /** Absolute in the image; with a slash at its end it is a folder. */
    destination: string;
    fromStage?: number;
}

/** One stage of a Dockerfile, as far as it can be laid out without running anything. */
export interface Stage {
    /** The image that it starts from, or the number of an earlier stage. */
    base: string | number;
    copies: CopyStep[];
    environment: Record<string, string>;
    workingDirectory: string;
    user?: string;
    ports: string[];
    labels: string[];
    entrypoint?: string[];
    command?: string[];
    /** What the local cloud does not do of it, by line. */
    notEmulated: string[];
}

/**
 * The stages that an image needs, in order; the last one is the image. Stages that it does not need are not built,
 * as BuildKit leaves them out.
 *
 * @throws BuildFailed, AwsError NotEmulated with every instruction that would have to be run.
 */
export function readDockerfile(text: string): ReadonlyMap<number, Stage> {
    const stages = parseStages(text);
    const last = stages.length - 1;
    const needed = [...neededBy(stages, last)].sort((one, other) => one - other);
    const found = needed.flatMap((index) => stages[index]?.notEmulated ?? []);
    if (found.length > 0) throw notEmulated(found.join("; "));
    return new Map(needed.flatMap((index) => (stages[index] ? [[index, stages[index]]] : [])));
}

function parseStages(text: string): Stage[] {
    const stages: Stage[] = [];
    const names: string[] = [];
    for (const instruction of DockerfileParser.parse(text).getInstructions()) {
        const keyword = instruction.getKeyword();
        const stage = stages.at(-1);
        if (instruction instanceof From) {
            stages.push(stageOf(instruction, stages, names));
            names.push(instruction.getBuildStage()?.toLowerCase() ?? "");
        } else if (!keywords.has(keyword)) {
            const line = lineOf(instruction);
            throw new BuildFailed(
                `dockerfile parse error on line ${line}: unknown instruction: ${keyword}`,
            );
        } else if (stage !== undefined) {
            add(stage, instruction, names);
        } else if (keyword !== "ARG") {
            throw new BuildFailed(
                `dockerfile parse error on line ${lineOf(instruction)}: no build stage in current context`,
            );
        }
    }
    if (stages.length === 0) throw new BuildFailed("file with no instructions");
    return stages;
}

/** Every instruction of a Dockerfile (https://docs.docker.com/reference/dockerfile/). */
const keywords = new Set([
    ...["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"],
    ...["MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"],
]);

function stageOf(from: From, stages: readonly Stage[], names: readonly string[]): Stage {
    const image = from.getImage();
    const line = lineOf(from);
    if (image === null || image === "") {
        throw new BuildFailed(
            `dockerfile parse error on line ${line}: FROM requires either one or three arguments`,
        );
    }
    const index = names.lastIndexOf(image.toLowerCase());
    const parent = stages[index];
    const stage: Stage = {
        base: parent === undefined ? image : index,
        copies: [],
        environment: { ...parent?.environment },
        workingDirectory: parent?.workingDirectory ?? "/",
        ...(parent?.user !== undefined && { user: parent.user }),
        ports: [...(parent?.ports ?? [])],
        labels: [...(parent?.labels ?? [])],
        ...(parent?.entrypoint !== undefined && { entrypoint: parent.entrypoint }),
        ...(parent?.command !== undefined && { command: parent.command }),
        notEmulated: variablesOf(from),
    };
    return stage;
}

/** Adds an instruction to its stage; one that is not modelled is noted by its line. */
function add(stage: Stage, instruction: Instruction, names: readonly string[]): void {
    const keyword = instruction.getKeyword();
    const content = instruction.getArgumentsContent() ?? "";
    const [first = ""] = instruction.getArguments().map((argument) => argument.getValue());
    const unmodelled = (what: string) => {
        stage.notEmulated.push(`Dockerfile line ${lineOf(instruction)}: ${what}`);
    };
    if (keyword !== "CMD" && keyword !== "ENTRYPOINT") {
        stage.notEmulated.push(...variablesOf(instruction));
    }
    switch (keyword) {
        case "WORKDIR":
            stage.workingDirectory = posix.resolve(stage.workingDirectory, first);
            return;
        case "COPY":
            if (instruction instanceof Copy) addCopy(stage, instruction, names);
            return;
        case "ENV":
            if (!(instruction instanceof Env)) return;
            for (const property of instruction.getProperties()) {
                stage.environment[property.getName()] = property.getValue() ?? "";
            }
            return;
        case "USER":
            stage.user = first;
            return;
        case "EXPOSE":
            stage.ports.push(...content.split(/\s+/));
            return;
        case "LABEL":
            stage.labels.push(content);
            return;
        case "CMD":
        case "ENTRYPOINT": {
            const words = wordsOf(content);
            if (words === undefined) unmodelled(`${keyword} in shell form; write it as JSON`);
            else if (keyword === "CMD") stage.command = words;
            else {
                stage.entrypoint = words;
                // As in Docker, an entrypoint takes the base's command away.
                delete stage.command;
            }
            return;
        }
        default:
            unmodelled(keyword);
    }
}

/** Ownership and modes are the container's own matter: the local cloud's processes run as who started it. */
const harmlessFlags = ["chown", "chmod", "link"];

function addCopy(stage: Stage, copy: Copy, names: readonly string[]): void {
    const line = lineOf(copy);
    const content = copy.getArgumentsContent() ?? "";
    const paths = wordsOf(content) ?? copy.getArguments().map((argument) => argument.getValue());
    const destination = paths.at(-1);
    if (paths.length < 2 || destination === undefined) {
        throw new BuildFailed(
            `dockerfile parse error on line ${line}: COPY requires at least two arguments`,
        );
    }
    const flags = copy.getFlags();
    const unknown = flags
        .map((flag: Flag) => flag.getName())
        .filter((name) => name !== "from" && !harmlessFlags.includes(name));
    const from = flags.find((flag: Flag) => flag.getName() === "from")?.getValue();
    const fromStage = from === undefined ? undefined : stageNumber(from ?? "", names);
    stage.notEmulated.push(
        ...unknown.map((name) => `Dockerfile line ${line}: COPY --${name}`),
        ...(from !== undefined && fromStage === undefined
            ? [`Dockerfile line ${line}: COPY --from=${from ?? ""}, which is no earlier stage`]
            : []),
        ...(content.includes("<<") ? [`Dockerfile line ${line}: a here-document`] : []),
    );
    const isFolder = paths.length > 2 || /(?:^|\/)\.?$/.test(destination);
    const resolved = posix.resolve(stage.workingDirectory, destination);
    stage.copies.push({
        line,
        sources: paths.slice(0, -1),
        destination: isFolder && resolved !== "/" ? `${resolved}/` : resolved,
        ...(fromStage !== undefined && { fromStage }),
    });
}

function stageNumber(from: string, names: readonly string[]): number | undefined {
    // The last name is the stage's own.
    const earlier = names.slice(0, -1);
    const named = earlier.lastIndexOf(from.toLowerCase());
    if (named >= 0) return named;
    return /^\d+$/.test(from) && Number(from) < earlier.length ? Number(from) : undefined;
}

/** The JSON form of a command or of paths. */
function wordsOf(content: string): string[] | undefined {
    let words: unknown;
    try {
        words = JSON.parse(content);
    } catch {
        return undefined;
    }
    const isList = Array.isArray(words) && words.every((word) => typeof word === "string");
    return isList ? (words as string[]) : undefined;
}

function variablesOf(instruction: Instruction): string[] {
    return instruction
        .getVariables()
        .map(
            (variable) =>
                `Dockerfile line ${lineOf(instruction)}: the variable ${variable.getName()}`,
        );
}

function neededBy(stages: readonly Stage[], index: number, found = new Set<number>()): Set<number> {
    if (found.has(index)) return found;
    found.add(index);
    const { base, copies = [] } = stages[index] ?? {};
    if (typeof base === "number") neededBy(stages, base, found);
    for (const { fromStage } of copies) {
        if (fromStage !== undefined) neededBy(stages, fromStage, found);
    }
    return found;
}

function lineOf(instruction: Instruction): number {
    return instruction.getRange().start.line + 1;
}
