import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { deployUntilSettled, pendingOf } from "../engine/deployAll";
import type { Engine } from "../engine/engine";
import { DeployFailed, type StackResult } from "../engine/inProcess";
import { readProject, type Project, type Stack } from "../engine/stacks";
import type { ServedAccount } from "../local/cloud";
import { readConnection, type Connection } from "../local/connection";
import { openAws } from "./aws";
import { requirePulumi } from "./chooseEngine";
import { exitCode } from "./exitCode";
import { InvalidOptions } from "./invalidOptions";
import { LocalTarget } from "./localTarget";
import { PackProcesses } from "./packProcesses";
import { PolicyPacks } from "./policyPacks";
import { changesText, Reporter } from "./reporter";

/** Options of `hub deploy` and `hub destroy`. */
export interface DeployOptions {
    local?: boolean;
    preview?: boolean;
    yes?: boolean;
    strict?: boolean;
    json?: boolean;
    profile?: readonly string[];
    stateFolder?: string;
}

/** Where the stacks are, with what runs them. */
interface Place {
    project: Project;
    engine: Engine;
    reporter: Reporter;
    /** Whether the user is shown what would change, and asked. */
    asks: boolean;
    /** What is to be done when stacks have changed. */
    changed: () => Promise<void>;
    close: () => void;
}

/** `hub deploy`: all stacks, or those named, until they have settled. */
export async function hubDeploy(names: string[], options: DeployOptions): Promise<number> {
    const place = await open(options);
    const { project, engine, reporter } = place;
    const start = performance.now();
    try {
        const stacks = chosen(project, names);
        if (options.preview === true || place.asks) {
            await previewed(place, stacks, "preview");
            if (options.preview === true) return exitCode.yes;
            if (!(await agrees(options, "Deploy this?"))) return exitCode.no;
        }
        const pending = await deployed(place, stacks, engine);
        const left = [...pending].flatMap(([stack, reasons]) =>
            reasons.map((reason) => `${stack}: ${reason}`),
        );
        for (const reason of left) process.stderr.write(`hub: pending: ${reason}\n`);
        reporter.event({
            step: "done",
            status: left.length === 0 ? "ok" : "pending",
            ms: since(start),
        });
        // With all stacks deployed nothing can complete it any more but a change of config.
        const isFinal = options.strict === true || stacks.length === project.stacks.length;
        return left.length > 0 && isFinal ? exitCode.no : exitCode.yes;
    } finally {
        place.close();
    }
}

/** `hub destroy`: everything of the stacks, spokes first. */
export async function hubDestroy(names: string[], options: DeployOptions): Promise<number> {
    const place = await open(options);
    const { project, engine, reporter } = place;
    const start = performance.now();
    try {
        const stacks = chosen(project, names).reverse();
        if (options.preview === true || place.asks) {
            await previewed(place, stacks, "previewDestroy");
            if (options.preview === true) return exitCode.yes;
            if (!(await agrees(options, "Delete this?"))) return exitCode.no;
        }
        const done: string[] = [];
        for (const stack of stacks) {
            await orSayHowToGoOn("destroy", stacks, done, async () => {
                await step(reporter, "destroy", stack, () => engine.destroy(stack));
            });
            done.push(stack.name);
        }
        reporter.event({ step: "done", status: "ok", ms: since(start) });
        return exitCode.yes;
    } finally {
        await place.changed();
        place.close();
    }
}

/** @returns what is pending in each stack. */
async function deployed(
    { reporter, changed }: Place,
    stacks: readonly Stack[],
    engine: Engine,
): Promise<Map<string, string[]>> {
    const pending = new Map<string, string[]>();
    const done: string[] = [];
    const told: Engine = {
        deploy: (stack) => step(reporter, "deploy", stack, () => engine.deploy(stack)),
        destroy: (stack) => engine.destroy(stack),
        outputs: (stack) => engine.outputs(stack),
    };
    try {
        await orSayHowToGoOn("deploy", stacks, done, async () => {
            await deployUntilSettled(told, stacks, (stack, { outputs }) => {
                done.push(stack.name);
                pending.set(stack.name, pendingOf(outputs));
            });
        });
    } finally {
        await changed();
    }
    return pending;
}

function step(
    reporter: Reporter,
    verb: "deploy" | "destroy",
    stack: Stack,
    run: () => Promise<StackResult>,
): Promise<StackResult> {
    return reporter.step(
        `${verb} ${stack.name}`,
        stack.name,
        run,
        ({ changes }) => changesText(changes),
        ({ changes }) => ({ changes }),
    );
}

/** A failure says what is done by then, and that the same command goes on. */
async function orSayHowToGoOn(
    verb: "deploy" | "destroy",
    stacks: readonly Stack[],
    done: readonly string[],
    run: () => Promise<void>,
): Promise<void> {
    try {
        await run();
    } catch (error) {
        if (!(error instanceof DeployFailed)) throw error;
        const past = { deploy: "deployed", destroy: "destroyed" }[verb];
        const left = stacks.map(({ name }) => name).filter((name) => !done.includes(name));
        throw new DeployFailed(
            error.stackName,
            [
                error.message.replace(`Stack ${error.stackName}: `, ""),
                `${past}: ${[...new Set(done)].join(", ") || "none"}; not yet: ${left.join(", ") || "the grants that others wait for"}. What was made is kept: correct the cause, and run hub ${verb} again.`,
            ].join("\n"),
            error.cause,
        );
    }
}

async function previewed(
    { engine, reporter }: Place,
    stacks: readonly Stack[],
    kind: "preview" | "previewDestroy",
): Promise<void> {
    if (engine.preview === undefined || engine.previewDestroy === undefined) {
        throw new InvalidOptions(
            "--preview: the in-process engine tells nothing before; start the cloud with --engine pulumi",
        );
    }
    reporter.showsResources = true;
    for (const stack of stacks) {
        reporter.say(`${stack.name}:`);
        const { changes } = (await engine[kind]?.(stack)) ?? {};
        if (changes === undefined) continue;
        reporter.say(`    ${changesText(changes)}`);
        reporter.event({ step: `preview ${stack.name}`, status: "ok", changes });
    }
    reporter.showsResources = false;
    if (kind === "preview" && stacks.length > 1) {
        reporter.say("What a stack gives to others is known once it is deployed.");
    }
}

async function agrees({ yes, json }: DeployOptions, question: string): Promise<boolean> {
    if (yes === true) return true;
    if (!process.stdin.isTTY || json === true) {
        throw new InvalidOptions("got no --yes; without a terminal nobody can be asked");
    }
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await terminal.question(`${question} [y/N] `);
    terminal.close();
    return /^y(es)?$/i.test(answer.trim());
}

async function open(options: DeployOptions): Promise<Place> {
    const project = readProject(process.cwd());
    const reporter = new Reporter(options.json ?? false);
    if (options.local !== true) {
        const engine = await openAws(project, reporter.diagnostic, options.profile ?? []);
        return {
            ...{ project, engine, reporter, asks: options.yes !== true },
            changed: () => Promise.resolve(),
            close: () => undefined,
        };
    }
    if ((options.profile ?? []).length > 0) {
        throw new InvalidOptions("--profile is for AWS: the local cloud has its own");
    }
    const stateFolder = resolve(options.stateFolder ?? ".hub/local");
    const connection = readConnection(stateFolder);
    if (connection === undefined) {
        throw new InvalidOptions(
            `no local cloud is running in ${stateFolder}; start one with: npm run local -- --serve`,
        );
    }
    const { engine } = connection;
    if (engine === "pulumi") {
        await requirePulumi("the running local cloud is deployed to by the Pulumi CLI");
    }
    const packs = engine === "in-process" ? new PolicyPacks(new PackProcesses()) : undefined;
    const target = new LocalTarget(
        project,
        { ...connection, account: (id) => remoteAccount(connection, id) },
        stateFolder,
        reporter.diagnostic,
        { engine, ...(packs !== undefined && { packs }) },
    );
    await target.prepare();
    return {
        ...{ project, engine: target.engine, reporter, asks: false },
        changed: async () => {
            await target.writeConnection();
        },
        close: () => packs?.stop(),
    };
}

/** An account of a running local cloud, made where it is not there yet. */
export async function remoteAccount(connection: Connection, id: string): Promise<ServedAccount> {
    const response = await fetch(`${connection.url}/_hub/accounts/${id}`, {
        method: "PUT",
        headers: { "x-hub-token": connection.token },
    });
    if (!response.ok) {
        throw new InvalidOptions(
            `the local cloud at ${connection.url} answers ${response.status}; start it again with: npm run local -- --serve`,
        );
    }
    return (await response.json()) as ServedAccount;
}

/** The stacks of these names; without names, all. */
export function chosen(project: Project, names: readonly string[]): Stack[] {
    const known = project.stacks.map(({ name }) => name);
    const unknown = names.filter((name) => !known.includes(name));
    if (unknown.length > 0) {
        throw new InvalidOptions(
            `stack: got ${unknown.join(", ")}; must be one of ${known.join(", ") || "none: there is no Pulumi.<stack>.yaml"}`,
        );
    }
    if (names.length === 0) return [...project.stacks];
    return names.flatMap((name) => project.stacks.filter((stack) => stack.name === name));
}

function since(start: number): number {
    return Math.round(performance.now() - start);
}
