import { resolve } from "node:path";
import { deployUntilSettled, pendingOf } from "../engine/deployAll";
import { readProject, type Project, type Stack } from "../engine/stacks";
import type { ServedAccount } from "../local/cloud";
import { readConnection, type Connection } from "../local/connection";
import { InvalidOptions } from "./invalidOptions";
import { exitCode } from "./exitCode";
import { LocalTarget } from "./localTarget";
import { startPacks } from "./packProcesses";
import { PolicyPacks } from "./policyPacks";
import { changesText, Reporter } from "./reporter";

/** Options of `hub deploy` and `hub destroy`. */
interface DeployOptions {
    local?: boolean;
    strict?: boolean;
    json?: boolean;
    stateFolder?: string;
}

/** `hub deploy`: all stacks, or those named, until they have settled. */
export async function hubDeploy(names: string[], options: DeployOptions): Promise<number> {
    const packs = new PolicyPacks(startPacks());
    try {
        return await deployed(names, options, packs);
    } finally {
        packs.stop();
    }
}

async function deployed(
    names: string[],
    options: DeployOptions,
    packs: PolicyPacks,
): Promise<number> {
    const { project, target, reporter } = await localTarget(options, packs);
    const stacks = chosen(project, names);
    const start = performance.now();
    const pending = new Map<string, string[]>();
    try {
        await deployUntilSettled(target.engine, stacks, (stack, { outputs, changes }) => {
            pending.set(stack.name, pendingOf(outputs));
            reporter.say(`${stack.name}: ${changesText(changes)}`);
            reporter.event({
                step: `deploy ${stack.name}`,
                status: "ok",
                ms: since(start),
                changes,
            });
        });
    } finally {
        await target.writeConnection();
    }
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
    const final = options.strict === true || stacks.length === project.stacks.length;
    return left.length > 0 && final ? exitCode.no : exitCode.yes;
}

/** `hub destroy`: everything of the stacks, spokes first. */
export async function hubDestroy(names: string[], options: DeployOptions): Promise<number> {
    const { project, target, reporter } = await localTarget(options);
    const start = performance.now();
    try {
        for (const stack of [...chosen(project, names)].reverse()) {
            const { changes } = await target.engine.destroy(stack);
            reporter.say(`${stack.name}: ${changesText(changes)}`);
            reporter.event({
                step: `destroy ${stack.name}`,
                status: "ok",
                ms: since(start),
                changes,
            });
        }
    } finally {
        await target.writeConnection();
    }
    reporter.event({ step: "done", status: "ok", ms: since(start) });
    return exitCode.yes;
}

async function localTarget(
    options: DeployOptions,
    packs?: PolicyPacks,
): Promise<{ project: Project; target: LocalTarget; reporter: Reporter }> {
    if (options.local !== true) {
        throw new InvalidOptions(
            "hub deploys to the local cloud so far: add --local. To deploy to AWS, run `pulumi up` for each stack.",
        );
    }
    const stateFolder = resolve(options.stateFolder ?? ".hub/local");
    const connection = readConnection(stateFolder);
    if (connection === undefined) {
        throw new InvalidOptions(
            `no local cloud is running in ${stateFolder}; start one with: npm run local -- --serve`,
        );
    }
    const project = readProject(process.cwd());
    const reporter = new Reporter(options.json ?? false);
    const target = new LocalTarget(
        project,
        { ...connection, account: (id) => remoteAccount(connection, id) },
        stateFolder,
        reporter.diagnostic,
        { engine: connection.engine, ...(packs !== undefined && { packs }) },
    );
    await target.prepare();
    return { project, target, reporter };
}

async function remoteAccount(connection: Connection, id: string): Promise<ServedAccount> {
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

function chosen(project: Project, names: readonly string[]): Stack[] {
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
