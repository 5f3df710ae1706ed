import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import colors from "picocolors";
import { deployUntilSettled } from "../engine/deployAll";
import { readProject } from "../engine/stacks";
import { NotALoopbackUrl } from "../local/bedrock/openAiModel";
import { LocalCloud, type LocalCloudOptions } from "../local/cloud";
import { readConnection, type Connection } from "../local/connection";
import { whoAsks, type StoryAgent } from "./agentScene";
import type { CallerProcess } from "./callerProcess";
import { exitCode } from "./exitCode";
import { chooseEngine } from "./chooseEngine";
import { InvalidOptions } from "./invalidOptions";
import { accessTo, LocalTarget } from "./localTarget";
import type { PackProcesses } from "./packProcesses";
import { PolicyPacks } from "./policyPacks";
import { changesText, Reporter } from "./reporter";
import { planStory, tellStory } from "./story";

/** Options of `hub local`. */
interface LocalOptions {
    serve?: boolean;
    empty?: boolean;
    port?: number;
    json?: boolean;
    engine?: string;
    steps?: string;
    models?: string;
    modelId?: string;
    stateFolder: string;
}

/** The port of a served cloud, so that clients' configuration outlives a restart. */
const servePort = 4270;

/** `hub local`: an AWS on this machine, the story of a grant on it, and, with `--serve`, the cloud itself. */
export async function hubLocal(
    options: LocalOptions,
    {
        packs: processes,
        callers,
        addCaller,
    }: { packs: PackProcesses; callers: readonly CallerProcess[]; addCaller: () => void },
): Promise<number> {
    const serve = options.serve ?? false;
    if (options.empty === true && !serve) throw new InvalidOptions("--empty goes with --serve");
    const engine = await chooseEngine(options.engine ?? "auto");
    const { stateFolder, steps = "short" } = options;
    if (steps !== "short" && steps !== "all") {
        throw new InvalidOptions(`--steps: got ${steps}; must be short or all`);
    }
    const { models, modelId } = options;
    if (modelId !== undefined && models === undefined) {
        throw new InvalidOptions("--model-id goes with --models");
    }
    const running = readConnection(stateFolder);
    if (running !== undefined && running.pid !== process.pid) {
        throw new InvalidOptions(
            `a local cloud is running already (process ${running.pid}, ${running.url}); stop it, or choose another --state-folder`,
        );
    }
    const project = readProject(process.cwd());
    const story = options.empty === true ? undefined : planStory(project);
    const reporter = new Reporter(options.json ?? false);
    const packs = new PolicyPacks(processes);
    reporter.say(colors.dim(`Engine: ${engine.why}`));
    reporter.event({ step: "engine", status: "ok", engine: engine.name, why: engine.why });
    // The cloud and its backend live and die together.
    emptyStateFolder(stateFolder);
    const port = options.port ?? (serve ? servePort : 0);
    const cloud = await startCloud({
        port,
        stateFolder,
        ...(models !== undefined && {
            models: { baseUrl: models, ...(modelId !== undefined && { modelId }) },
        }),
        onError: (error) => process.stderr.write(`hub: ${String(error)}\n`),
    });
    const interrupted = untilInterrupted();
    try {
        const target = await reporter.step("start", "An AWS on this machine", async () => {
            const prepared = new LocalTarget(
                project,
                accessTo(cloud),
                stateFolder,
                reporter.diagnostic,
                { engine: engine.name, packs },
            );
            await prepared.prepare();
            await prepared.writeConnection();
            return prepared;
        });
        const told =
            story === undefined
                ? Promise.resolve()
                : tellStory(story, { cloud, target, reporter, callers, addCaller, steps });
        const ended = await Promise.race([told.then(() => "told" as const), interrupted]);
        if (ended === "interrupted") return exitCode.interrupted;
        for (const caller of callers) caller.stop();
        if (!serve) {
            reporter.event({ step: "done", status: "ok" });
            return exitCode.yes;
        }
        if (story !== undefined) {
            await deployUntilSettled(target.engine, project.stacks, (stack, { changes }) => {
                reporter.event({ step: `deploy ${stack.name}`, status: "ok", changes });
                if (changes.same === 0) reporter.say(`${stack.name}: ${changesText(changes)}`);
            });
        }
        const connection = await target.writeConnection();
        const granted = story === undefined ? "account-a" : `${story.spoke.name}-${story.granted}`;
        reporter.say(whatNext(connection, granted, story?.agent));
        reporter.event({ step: "serve", status: "ok", url: cloud.url });
        reporter.event({ step: "done", status: "ok" });
        await interrupted;
        return exitCode.interrupted;
    } finally {
        packs.stop();
        await cloud.stop();
        rmSync(resolve(stateFolder, "connection.json"), { force: true });
    }
}

async function startCloud(options: LocalCloudOptions): Promise<LocalCloud> {
    try {
        return await LocalCloud.start(options);
    } catch (error) {
        if (!(error instanceof NotALoopbackUrl)) throw error;
        throw new InvalidOptions(error.message.replace("models.baseUrl", "--models"));
    }
}

const marker = ".agentcore-hub-local";

/** Empties the cloud's own folder; one that it did not make is never touched. */
function emptyStateFolder(folder: string): void {
    const entries = existsSync(folder) ? readdirSync(folder) : [];
    if (entries.length > 0 && !entries.includes(marker)) {
        throw new InvalidOptions(
            `--state-folder: got ${folder}, which has files of others; must be a new or empty folder, because each start empties it`,
        );
    }
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, marker), "");
}

function untilInterrupted(): Promise<"interrupted"> {
    return new Promise((done) => {
        for (const signal of ["SIGINT", "SIGTERM"] as const) {
            process.once(signal, () => {
                done("interrupted");
            });
        }
    });
}

/** What to paste into another terminal. */
function whatNext(connection: Connection, caller: string, agent: StoryAgent | undefined): string {
    const { awsConfigFile, awsCredentialsFile, profiles, gateways, url } = connection;
    const ask =
        agent &&
        `  npm run --silent hub -- ask ${JSON.stringify(agent.prompt)} --local --as ${whoAsks(agent, connection)}`;
    return [
        "",
        `${colors.bold("Serving")} ${url} ${colors.dim("(Ctrl-C ends it)")}`,
        "",
        "In another terminal:",
        `  export AWS_CONFIG_FILE=${awsConfigFile}`,
        `  export AWS_SHARED_CREDENTIALS_FILE=${awsCredentialsFile}`,
        "  npm run hub -- deploy --local  # after a change of Pulumi.*.yaml",
        `  npm run --silent hub -- tools --local --as ${caller}`,
        ...(Object.keys(gateways).length === 0
            ? []
            : [
                  `  npm run --silent hub -- mcp-config --local --as ${caller} > .mcp.json  # for Claude Code`,
              ]),
        ...(ask === undefined ? [] : [ask]),
        "",
        `Profiles: ${profiles.join(", ")}`,
    ].join("\n");
}
