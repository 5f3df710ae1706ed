/** One process of bench/policyPack.ts: one figure at one size, as a line of JSON on stdout. */
import { join } from "node:path";
import type { AnalyzedResource } from "../engine/analyzer";
import { PackProcess } from "../engine/packProcess";
import { PolicyPack } from "../engine/policyPack";
import { analyzeHub, PulumiHub } from "./policyPackStack";

/** Milliseconds of one round's previews, without the pack and with it. */
export interface Pair {
    without: number;
    with: number;
}

/** Previews of a hub that is not there yet, and of the same hub once it is deployed, which change nothing. */
export interface PreviewFigures {
    first: Pair[];
    deployed: Pair[];
}

/** Milliseconds in which the pack answers all that the engine asks in one update, round by round. */
export interface AnswerFigures {
    resources: number;
    answers: number[];
}

const pack = join(process.cwd(), "dist", "policy", "provider");

async function preview(spokes: number, rounds: number): Promise<PreviewFigures> {
    const hub = await PulumiHub.open(spokes);
    try {
        const first = await previews(hub, rounds);
        await hub.stack.up({ policyPacks: [pack] });
        return { first, deployed: await previews(hub, rounds) };
    } finally {
        await hub.close();
    }
}

async function previews({ stack }: PulumiHub, rounds: number): Promise<Pair[]> {
    const pairs: Pair[] = [];
    // The first round loads what the later ones find in memory.
    for (let round = 0; round <= rounds; round++) {
        const pair = { without: 0, with: 0 };
        const order = ["without", "with"] as const;
        for (const which of round % 2 === 0 ? order : order.toReversed()) {
            const start = performance.now();
            await stack.preview(which === "with" ? { policyPacks: [pack] } : {});
            pair[which] = performance.now() - start;
        }
        if (round > 0) pairs.push(pair);
    }
    return pairs;
}

/** What the engine asks of a hub's update is recorded, and asked again of a pack that is warm. */
async function answer(spokes: number, rounds: number): Promise<AnswerFigures> {
    const each: AnalyzedResource[] = [];
    let stack: readonly AnalyzedResource[] = [];
    await analyzeHub(spokes, {
        analyze: (resource) => {
            each.push(resource);
            return Promise.resolve([]);
        },
        analyzeStack: (resources) => {
            stack = resources;
            return Promise.resolve([]);
        },
    });
    const running = new PackProcess(pack);
    const answers: number[] = [];
    for (let round = 0; round <= rounds; round++) {
        // One of its own each time: it does not ask again about what has stayed the same.
        const asked = new PolicyPack(running);
        const start = performance.now();
        for (const resource of each) expectNone(await asked.analyze(resource));
        expectNone(await asked.analyzeStack(stack));
        if (round > 0) answers.push(performance.now() - start);
    }
    running.stop();
    return { resources: stack.length, answers };
}

function expectNone(violations: readonly { level: string; message: string }[]): void {
    const found = violations.filter(({ level }) => level === "mandatory");
    if (found.length > 0) throw new Error(found.map(({ message }) => message).join("\n"));
}

async function main(): Promise<void> {
    const [figure = "", spokes, rounds] = process.argv.slice(2);
    const run = { preview, answer }[figure];
    if (run === undefined) throw new Error(`figure: got ${figure}; must be preview or answer`);
    process.stdout.write(`${JSON.stringify(await run(Number(spokes), Number(rounds)))}\n`);
    // gRPC keeps idle connections for a while.
    process.exit();
}

void main();
