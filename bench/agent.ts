/**
 * Start, overhead and memory of `workloads/agent` beside the article's agent on Python's Strands, in turn in this
 * run, with a model and a gateway that answer at once. The bounds: healthy within 20 times `node -e 0`; 20 ms of
 * its own per turn; 50 sessions at once with nothing lost; 40 kB of heap for an idle session. Without Python it measures
 * the workload alone. Arguments are flags of Node for the workload.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { buildAgent } from "../test/unit/workloads/agentProcess";
import {
    articleAgent,
    askSum,
    Fakes,
    heapPerSession,
    workloadAgent,
    type Contestant,
    type RunningAgent,
} from "./agents";
import { median, quantile } from "./statistics";

const startRounds = 9;
const turnRounds = 10;
/** Of each round; each has a session of its own. */
const answersInTurn = 20;
const atOnce = 50;
const sessionRounds = 6;
const idleSessions = 400;

async function main(): Promise<void> {
    buildAgent();
    const fakes = await Fakes.start();
    try {
        const all = [workloadAgent(fakes, process.argv.slice(2))];
        const python = await pythonIfAny(fakes);
        if (python !== undefined) all.push(python);
        await starts(all);
        await turns(all);
        await sessions(all);
        const kilobytes = await heapPerSession(fakes, process.argv.slice(2), idleSessions);
        print(
            "heap, each idle session",
            `${kilobytes.toFixed(0)} kB; the article's agent keeps none`,
        );
        holds("kB of heap per idle session", kilobytes, 40);
    } finally {
        await fakes.stop();
    }
}

async function pythonIfAny(fakes: Fakes): Promise<Contestant | undefined> {
    try {
        return await articleAgent(fakes);
    } catch (error) {
        console.log(`No Python agent to compare with: ${String(error).split("\n")[0] ?? ""}`);
        return undefined;
    }
}

/** From the start of the process to healthy, against a Node.js that does nothing. */
async function starts(all: readonly Contestant[]): Promise<void> {
    const node: number[] = [];
    const took = all.map((): number[] => []);
    const answered = all.map((): number[] => []);
    for (let round = 0; round <= startRounds; round += 1) {
        const nothing = await timed(() => once(spawn(process.execPath, ["-e", "0"]), "close"));
        // The first round warms the caches of files.
        if (round > 0) node.push(nothing);
        for (const [index, contestant] of all.entries()) {
            const begun = performance.now();
            const agent = await contestant.start();
            const healthy = performance.now() - begun;
            await right(agent, 0);
            const first = performance.now() - begun;
            await agent.stop();
            if (round === 0) continue;
            took[index]?.push(healthy);
            answered[index]?.push(first);
        }
    }
    compare("start to healthy", all, took.map(median), ms);
    const ratio = median((took[0] ?? []).map((value, round) => value / (node[round] ?? NaN)));
    print("", `workloads/agent ${ratio.toFixed(1)} times node -e 0, ${ms(median(node))}`);
    compare("start to first answer", all, answered.map(median), ms);
    holds("times node -e 0 to healthy", ratio, 20);
}

/** An answer is two turns: the tool's call, and what the model makes of it. */
async function turns(all: readonly Contestant[]): Promise<void> {
    const agents = await Promise.all(all.map(({ start }) => start()));
    const known = all.map((): number[] => []);
    try {
        for (let round = 0; round <= turnRounds; round += 1) {
            for (const [index, agent] of agents.entries()) {
                for (let answer = 0; answer < answersInTurn; answer += 1) {
                    const each = await timed(() => right(agent, round));
                    // The first round warms the process, and the first answer of a session begins it.
                    if (round > 0 && answer > 0) known[index]?.push(each / 2);
                }
            }
        }
    } finally {
        await Promise.all(agents.map((agent) => agent.stop()));
    }
    const p50 = known.map(median);
    compare("overhead per turn, p50", all, p50, ms);
    const p99 = known.map((values) => quantile(values, 0.99));
    compare("overhead per turn, p99", all, p99, ms);
    holds("ms per turn", p50[0] ?? NaN, 20);
}

/** Answers per second, and memory in kB. */
type Load = Record<"healthy" | "idle" | "now" | "most" | "lost" | "perSecond", number>;

/** Many sessions, so many at once, and the memory that they leave behind. */
async function sessions(all: readonly Contestant[]): Promise<void> {
    const load: Load[] = [];
    for (const contestant of all) {
        const agent = await contestant.start();
        const healthy = memory(agent).now;
        await right(agent, 0);
        const idle = memory(agent).now;
        let lost = 0;
        const took = await timed(async () => {
            for (let round = 0; round < sessionRounds; round += 1) {
                const answers = await Promise.all(
                    Array.from({ length: atOnce }, (_, index) =>
                        askSum(agent, 1 + round * atOnce + index).catch(() => false),
                    ),
                );
                lost += answers.filter((isRight) => !isRight).length;
            }
        });
        const perSecond = (1000 * atOnce * sessionRounds) / took;
        load.push({ healthy, idle, lost, perSecond, ...memory(agent) });
        await agent.stop();
    }
    const count = atOnce * sessionRounds;
    const of = (field: keyof Load) => load.map((each) => each[field]);
    compare(`${atOnce} at once, answers/s`, all, of("perSecond"), (value) => value.toFixed(0));
    print("", `${of("lost").join(" and ")} of ${count} lost`);
    compare("memory, healthy", all, of("healthy"), mb);
    compare("memory, one session", all, of("idle"), mb);
    compare(`memory, ${count} idle sessions`, all, of("now"), mb);
    compare("memory, at most", all, of("most"), mb);
    holds("lost answers", load[0]?.lost ?? NaN, 0);
}

/** A wrong answer would make the figures those of something else. */
async function right(agent: RunningAgent, session: number): Promise<void> {
    if (!(await askSum(agent, session))) throw new Error(`${agent.url}: got a wrong answer`);
}

/** In kB; Linux only. */
function memory({ pid }: RunningAgent): { now: number; most: number } {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
    return { now: field("VmRSS"), most: field("VmHWM") };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
}

/** One figure of all, each of the others' with its ratio to the first's. */
function compare(
    name: string,
    all: readonly Contestant[],
    figures: readonly number[],
    show: (figure: number) => string,
): void {
    const [own = NaN] = figures;
    const parts = figures.map((figure, index) => {
        const ratio = index === 0 ? "" : ` (${(figure / own).toFixed(1)} times)`;
        return `${all[index]?.name ?? ""} ${show(figure)}${ratio}`;
    });
    print(name, parts.join(", "));
}

/** The bounds; a measurement beyond one ends the run with 1. */
function holds(name: string, value: number, most: number): void {
    // Also where it is not a number.
    if (value <= most) return;
    console.error(`${name}: got ${value.toFixed(1)}; must be at most ${most}`);
    process.exitCode = 1;
}

function ms(milliseconds: number): string {
    return `${milliseconds.toFixed(1)} ms`;
}

function mb(kilobytes: number): string {
    return `${(kilobytes / 1024).toFixed(0)} MB`;
}

function print(name: string, figure: string): void {
    console.log(`${name.padEnd(28)}${figure}`);
}

void main();
