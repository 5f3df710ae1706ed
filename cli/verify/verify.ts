import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { closest } from "../../agentcore/closest";
import type { Inventory } from "../../access/inventory";
import { accessMatrix } from "../../access/matrix";
import { readProject, type Project } from "../../engine/stacks";
import type { Connection } from "../../local/connection";
import type { AwsCredentials } from "../../sigv4-fetch/src/index.js";
import { InvalidOptions } from "../invalidOptions";
import { requireConnection } from "../localGateway";
import { lockFile, readLock } from "../access/accessLock";
import { programInventory, type ProgramInventory } from "../inventory/programInventory";
import { answerLine, exitOf, summaryOf, verifyJson, verifyText } from "./verifyReport";
import { verifyCases, type CasesOf } from "./verifyCases";
import { verifyJunit } from "./verifyJunit";
import { awsOutputs, exportedOutputs, localOutputs, type StackOutputs } from "./verifyOutputs";
import { placesOf } from "./verifyPlaces";
import { ProfileSessions } from "./verifyProfiles";
import { askersOf, casesOfConfig } from "./verifyProject";
import { runCases, type Callers, type CaseResult, type RunOptions } from "./verifyRun";

/** Options of `hub verify`. */
export interface VerifyOptions {
    local?: boolean;
    stateFolder?: string;
    /** Files that `pulumi stack export` wrote, in place of the stacks' own outputs. */
    stackExport?: readonly string[];
    /** `<principal>=<profile>`, or `<stack>=<profile>` for the Pulumi CLI. */
    profile?: readonly string[];
    /** Seconds, as written. */
    wait?: string;
    strict?: boolean;
    json?: boolean;
    junit?: string;
}

/** What a run is made by. @default this process's clock and output, and the local cloud's own endpoint */
export interface VerifyBy extends Pick<RunOptions, "now" | "pause"> {
    expiredSession?: Callers["expiredSession"];
    write?: (text: string) => unknown;
}

/** What the program says, and what the committed lock says of before. */
export interface Expected {
    project: Project;
    inventory: Inventory;
    /** Whether the lock has a pair as allowed. */
    wasAllowed: CasesOf["wasAllowed"];
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
 * @throws InvalidOptions, InvalidProject, InvalidAccessLock, ProgramNotDeployed
 */
export async function hubVerify(options: VerifyOptions): Promise<number> {
    checkOptions(options);
    const read = readProject(process.cwd());
    const wasAllowed = allowedBefore(join(read.folder, lockFile));
    const { inventory, project, failures } = await programInventory(read, options);
    if (failures.length > 0) throw new ProgramNotDeployed(failures);
    return verifyExpected({ project, inventory, wasAllowed }, options);
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

/** Verifies by the calls, and tells how they came out. */
export async function verifyExpected(
    expected: Expected,
    options: VerifyOptions,
    { write = (text) => process.stdout.write(text), ...by }: VerifyBy = {},
): Promise<number> {
    const { json = false, strict = false, junit, local = false } = options;
    const results = await verified(expected, options, by);
    const summary = summaryOf(results);
    if (json) write(`${JSON.stringify(verifyJson(results))}\n`);
    else if (junit !== "-") {
        write(`${answerLine(summary)}\n\n${verifyText(results, local)}\n`);
    }
    if (junit === "-") write(verifyJunit(results));
    else if (junit !== undefined) put(junit, verifyJunit(results));
    return exitOf(summary, strict);
}

/**
 * The cases with how each came out.
 *
 * @throws InvalidOptions
 */
export async function verified(
    expected: Expected,
    options: VerifyOptions,
    by: VerifyBy = {},
): Promise<CaseResult[]> {
    const { project, inventory, wasAllowed } = expected;
    checkOptions(options);
    const waitSeconds = secondsOf(options);
    const profiles = profilesOf(options.profile ?? [], project, inventory);
    const connection = options.local === true ? requireConnection(options) : undefined;
    const outputs = await outputsOf(project, connection, profiles.ofStacks, options);
    const cases = verifyCases({
        ...casesOfConfig(project),
        matrix: accessMatrix(inventory),
        wasAllowed,
        expiredSessions: connection !== undefined,
    });
    const progress = new Progress(cases.length, options.json === true);
    try {
        return await runCases(
            cases,
            {
                places: placesOf(
                    project,
                    outputs,
                    inventory,
                    connection?.endpoints.bedrockAgentcore,
                ),
                sessions: new ProfileSessions({
                    region: connection?.region ?? project.stacks[0]?.settings.region ?? "us-east-1",
                    profiles: profiles.ofPrincipals,
                    ...(connection !== undefined && {
                        local: {
                            configFile: connection.awsConfigFile,
                            credentialsFile: connection.awsCredentialsFile,
                            sts: connection.endpoints.sts,
                        },
                    }),
                }),
                askers: askersOf(project, inventory, profiles.ofPrincipals, connection),
                ...(connection !== undefined && {
                    expiredSession:
                        by.expiredSession ?? ((roleArn) => expiredSession(connection, roleArn)),
                }),
            },
            { ...by, waitSeconds, onResult: progress.show },
        );
    } finally {
        progress.clear();
    }
}

/** Before anything is deployed or called. */
function checkOptions(options: VerifyOptions): void {
    if (options.json === true && options.junit === "-") {
        throw new InvalidOptions("got --json and --junit -; only one can be on stdout");
    }
    secondsOf(options);
    if (options.local === true) requireConnection(options);
}

function outputsOf(
    project: Project,
    connection: Connection | undefined,
    profiles: readonly string[],
    { stackExport = [], stateFolder }: VerifyOptions,
): Promise<StackOutputs> {
    if (stackExport.length > 0) return Promise.resolve(exportedOutputs(stackExport));
    return connection === undefined
        ? awsOutputs(project, profiles)
        : localOutputs(project, connection, resolve(stateFolder ?? ".hub/local"));
}

/**
 * How long to ask again: none on the local cloud, where changes hold at once; a minute on AWS, where IAM's take a while to
 * be visible everywhere
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency).
 */
function secondsOf({ wait, local }: VerifyOptions): number {
    if (wait === undefined) return local === true ? 0 : 60;
    const seconds = Number(wait);
    if (wait.trim() !== "" && Number.isInteger(seconds) && seconds >= 0 && seconds <= 3600) {
        return seconds;
    }
    throw new InvalidOptions(`--wait: got ${wait}; must be a whole number of seconds, 0-3600`);
}

function profilesOf(
    given: readonly string[],
    { stacks }: Project,
    { principals }: Inventory,
): { ofPrincipals: Map<string, string>; ofStacks: string[] } {
    const ofPrincipals = new Map<string, string>();
    const ofStacks: string[] = [];
    const known = [...principals, ...stacks].map(({ name }) => name);
    for (const one of given) {
        const [, name = "", profile = ""] = /^([^=]+)=(.+)$/.exec(one) ?? [];
        if (stacks.some((stack) => stack.name === name)) ofStacks.push(one);
        else if (known.includes(name)) ofPrincipals.set(name, profile);
        else {
            throw new InvalidOptions(
                `--profile: got ${one}; must be <principal>=<profile>, with a principal or stack, as ${closest(name, known).join(", ")}`,
            );
        }
    }
    return { ofPrincipals, ofStacks };
}

/** A session that has expired, which AWS makes for nobody. */
async function expiredSession(connection: Connection, roleArn: string): Promise<AwsCredentials> {
    const response = await fetch(`${connection.url}/_hub/expired-sessions`, {
        method: "PUT",
        headers: { "x-hub-token": connection.token, "content-type": "application/json" },
        body: JSON.stringify({ roleArn }),
    });
    if (!response.ok) {
        throw new InvalidOptions(
            `the local cloud at ${connection.url} answers ${response.status} to an expired session of ${roleArn}; start it again with: npm run local -- --serve`,
        );
    }
    return (await response.json()) as AwsCredentials;
}

/** A line on a terminal that says how far it is. */
class Progress {
    readonly #shows: boolean;

    constructor(
        private readonly total: number,
        json: boolean,
    ) {
        this.#shows = process.stderr.isTTY && !json;
    }

    readonly show = (_result: CaseResult, left: number): void => {
        if (!this.#shows) return;
        process.stderr.write(`\r\u001b[2K… verified ${this.total - left} of ${this.total} cases`);
    };

    clear(): void {
        if (this.#shows) process.stderr.write("\r\u001b[2K");
    }
}

function put(file: string, text: string): void {
    try {
        writeFileSync(file, text);
    } catch (error) {
        throw new InvalidOptions(`--junit: got ${file}; must be a file to write: ${String(error)}`);
    }
}
