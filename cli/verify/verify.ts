import { existsSync } from "node:fs";
import { join } from "node:path";
import { lockFile, readLock } from "../access/accessLock";
import { Interrupted } from "../interrupted";
import { writeOptionFile } from "../optionFiles";
import { programInventory, type ProgramInventory } from "../inventory/programInventory";
import { readProject } from "../../engine/stacks";
import type { CasesOf, VerifyCase } from "./verifyCases";
import { casesOfExpected, callersOf, type Expected } from "./verifyExpected";
import { verifyJunit } from "./verifyJunit";
import { checkOptions, waitSecondsOf, type VerifyOptions } from "./verifyOptions";
import { outputsOf, type StackOutputs } from "./verifyOutputs";
import { answerLine, exitOf, summaryOf, verifyJson, verifyText } from "./verifyReport";
import { runCases, type Callers, type CaseResult, type RunOptions } from "./verifyRun";

/** What a run is made by. @default this process's clock, signals and output, and the local cloud's own endpoint */
export interface VerifyBy extends Partial<RunOptions> {
    expiredSession?: Callers["expiredSession"];
    /** The stacks' outputs, where they have been read. */
    outputs?: StackOutputs;
    write?: (text: string) => unknown;
}

/** A program that does not deploy: what it says of access is not known. */
export class ProgramNotDeployed extends Error {
    constructor(failures: ProgramInventory["failures"]) {
        super(failures.map(({ stack, message }) => `${stack}: ${message}`).join("\n"));
        this.name = "ProgramNotDeployed";
    }
}

/**
 * `hub verify`: calls what is deployed, and says whether it is as the program in this folder says.
 *
 * @throws InvalidOptions, InvalidProject, InvalidExport, InvalidAccessLock, ProgramNotDeployed, Interrupted
 */
export async function hubVerify(options: VerifyOptions): Promise<number> {
    checkOptions(options);
    const project = readProject(process.cwd());
    const wasAllowed = allowedBefore(join(project.folder, lockFile));
    const progress = new Progress(options);
    // First what fails sooner: the deployment takes a while.
    progress.show("reading the stacks' outputs");
    const outputs = await outputsOf(project, options);
    progress.show("deploying the program");
    const { inventory, failures } = await programInventory(project, options);
    if (failures.length > 0) throw new ProgramNotDeployed(failures);
    return verifyExpected({ project, inventory, wasAllowed }, options, { outputs });
}

/** What the committed lock has as allowed; nothing where there is none. */
export function allowedBefore(file: string): CasesOf["wasAllowed"] {
    if (!existsSync(file)) return () => false;
    const { access } = readLock(file);
    return (principal, { name, stack, configName }) => {
        const ofConfig = stack !== undefined && configName !== undefined;
        const locked = access[principal]?.[ofConfig ? `${stack}/${configName}` : name];
        return locked !== undefined && locked.pending !== true;
    };
}

/**
 * Verifies by the calls, and tells how they came out; what was found so far, where it is interrupted.
 *
 * @throws InvalidOptions, InvalidExport, Interrupted
 */
export async function verifyExpected(
    expected: Expected,
    options: VerifyOptions,
    by: VerifyBy = {},
): Promise<number> {
    const interrupt = new AbortController();
    const onSignal = () => {
        interrupt.abort();
    };
    for (const signal of signals) process.once(signal, onSignal);
    try {
        const stop = AbortSignal.any([interrupt.signal, ...(by.stop ? [by.stop] : [])]);
        const results = await verified(expected, options, { ...by, stop });
        tell(results, options, stop.aborted, by.write ?? ((text) => process.stdout.write(text)));
        if (stop.aborted) throw new Interrupted();
        return exitOf(summaryOf(results), options.strict === true);
    } finally {
        for (const signal of signals) process.off(signal, onSignal);
    }
}

const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * The cases with how each came out.
 *
 * @throws InvalidOptions, InvalidExport
 */
export async function verified(
    expected: Expected,
    options: VerifyOptions,
    by: VerifyBy = {},
): Promise<CaseResult[]> {
    checkOptions(options);
    const progress = new Progress(options);
    const outputs = by.outputs ?? (await outputsOf(expected.project, options));
    const { expiredSession } = by;
    const callers = {
        ...callersOf(expected, options, outputs),
        ...(expiredSession !== undefined && { expiredSession }),
    };
    const cases: VerifyCase[] = casesOfExpected(expected, options.local === true);
    const showLeft = (left: number) => {
        progress.show(`verified ${cases.length - left} of ${cases.length} cases`);
    };
    showLeft(cases.length);
    try {
        return await runCases(cases, callers, {
            waitSeconds: waitSecondsOf(options),
            ...by,
            onResult: (_result, left) => {
                showLeft(left);
            },
        });
    } finally {
        progress.clear();
    }
}

function tell(
    results: readonly CaseResult[],
    { json = false, junit, local = false }: VerifyOptions,
    isInterrupted: boolean,
    write: (text: string) => unknown,
): void {
    const answer = answerLine(summaryOf(results), isInterrupted);
    if (json) write(`${JSON.stringify(verifyJson(results, answer))}\n`);
    else if (junit !== "-") {
        write(`${answer}\n\n${verifyText(results, local, process.stdout.columns)}\n`);
    }
    if (junit === "-") write(verifyJunit(results));
    else if (junit !== undefined) writeOptionFile("--junit", junit, verifyJunit(results));
}

/** A line on a terminal that says how far it is. */
class Progress {
    readonly #shows: boolean;

    constructor({ json = false }: VerifyOptions) {
        this.#shows = process.stderr.isTTY && !json;
    }

    show(what: string): void {
        if (this.#shows) process.stderr.write(`\r\u001b[2K… ${what}`);
    }

    clear(): void {
        if (this.#shows) process.stderr.write("\r\u001b[2K");
    }
}
