import { FuzzCloud } from "./fuzzCloud";
import { settledHeapBytes } from "./growth";
import { runBatch, type FuzzTarget } from "./target";
import { targetsOf } from "./targets";
import { Watchdog } from "./watchdog";

/** What a campaign takes. */
export interface CampaignOptions {
    seconds: number;
    seed: number;
    /** Only targets whose name has this. */
    only: string;
    report: (line: string) => void;
}

/** A failure that says how to have it again. */
export class FuzzFailure extends Error {
    constructor(again: string, problem: string) {
        super(`Failed. Again: ${again} npm run fuzz\n${problem}`);
        this.name = "FuzzFailure";
    }
}

/** The time each target has taken, and its runs. */
interface Account {
    target: FuzzTarget;
    runs: number;
    milliseconds: number;
}

const batchRuns = 100;
const reportMs = 10_000;
/** Code is compiled and pools are filled until then. */
const warmUpShare = 0.25;
/** Of some 500,000 runs in ten minutes, less than 20 bytes for each. */
const maxGrowthBytes = 10 * 1024 * 1024;

/**
 * Runs all targets, each for the same share of the time, on one local cloud.
 *
 * @throws FuzzFailure at the first input that fails, and where memory grew.
 */
export async function runCampaign(options: CampaignOptions): Promise<void> {
    const cloud = await new FuzzCloud().start();
    const watchdog = new Watchdog();
    try {
        const accounts = targetsOf(cloud)
            .filter(({ name }) => name.includes(options.only))
            .map((target) => ({ target, runs: 0, milliseconds: 0 }));
        await rounds(cloud, accounts, watchdog, options);
    } finally {
        await watchdog.stop();
        await cloud.stop();
    }
}

async function rounds(
    cloud: FuzzCloud,
    accounts: Account[],
    watchdog: Watchdog,
    { seconds, seed, report }: CampaignOptions,
): Promise<void> {
    const start = Date.now();
    const warm = start + seconds * 1000 * warmUpShare;
    let warmBytes: number | undefined;
    let reported = start;
    for (let batch = 0; Date.now() < start + seconds * 1000; batch++) {
        const account = leastRun(accounts);
        watchdog.watch(environmentOf(account, seed + batch));
        await runOne(cloud, account, seed + batch);
        if (Date.now() > warm) warmBytes ??= await settledHeapBytes(cloud);
        if (Date.now() - reported > reportMs) {
            reported = Date.now();
            report(progress(accounts, reported - start));
        }
    }
    report(progress(accounts, Date.now() - start));
    if (warmBytes === undefined) return;
    const grown = (await settledHeapBytes(cloud)) - warmBytes;
    report(
        `memory in use: ${inMb(warmBytes)} MB after the warm-up, ${inMb(grown)} MB more at the end`,
    );
    if (grown > maxGrowthBytes) {
        throw new FuzzFailure(
            `FUZZ_SEED=${seed}`,
            `Memory grew by ${inMb(grown)} MB since the warm-up`,
        );
    }
}

async function runOne(cloud: FuzzCloud, account: Account, seed: number): Promise<void> {
    const start = Date.now();
    const { runs, failure } = await runBatch(account.target, seed, batchRuns);
    account.milliseconds += Date.now() - start;
    account.runs += runs;
    const again = environmentOf(account, seed);
    if (failure !== undefined) throw new FuzzFailure(again, failure);
    await cloud.assertWell().catch((error: unknown) => {
        throw new FuzzFailure(again, String((error as Error).stack));
    });
}

/** The environment in which a target begins with these inputs. */
function environmentOf({ target }: Account, seed: number): string {
    return `FUZZ_TARGET=${JSON.stringify(target.name)} FUZZ_SEED=${seed}`;
}

function leastRun(accounts: readonly Account[]): Account {
    const [least] = [...accounts].sort((one, other) => one.milliseconds - other.milliseconds);
    if (least === undefined) throw new Error("FUZZ_TARGET: no target has this in its name");
    return least;
}

function progress(accounts: readonly Account[], milliseconds: number): string {
    const { heapUsed, rss } = process.memoryUsage();
    const runs = accounts.map(({ target, runs }) => `${target.name} ${runs}`).join(", ");
    const memory = `heap ${inMb(heapUsed)} MB, rss ${inMb(rss)} MB`;
    return `${Math.round(milliseconds / 1000)} s: ${runs}; ${memory}`;
}

function inMb(bytes: number): string {
    return (bytes / 1024 / 1024).toFixed(1);
}
