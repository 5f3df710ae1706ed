import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { FakeGateway } from "../test/unit/workloads/agentFakeGateway";
import { FakeModel, toolTexts, type Asked } from "../test/unit/workloads/agentFakeModel";
import { AgentProcess, buildAgent, sessionHeader } from "../test/unit/workloads/agentProcess";

/**
 * Starts, turns and sessions of the agent, with a model and a gateway that answer at once. Arguments are flags of
 * Node for the agent.
 */
async function main(): Promise<void> {
    buildAgent();
    const model = await FakeModel.start();
    const gateway = await FakeGateway.start();
    model.script = (asked) =>
        isToolResult(asked)
            ? { text: `It is ${toolTexts(asked).at(-1) ?? ""}.` }
            : { tools: [{ name: "math___add_numbers", input: { a: 3, b: 4 } }] };
    const environment = {
        GATEWAY_URL: gateway.url,
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: model.url,
    };
    const flags = process.argv.slice(2);
    const start = () => AgentProcess.start(environment, flags);
    try {
        await starts(start);
        await turns(start);
        await sessions(start);
    } finally {
        model.stop();
        await gateway.stop();
    }
}

async function starts(start: () => Promise<AgentProcess>): Promise<void> {
    const node: number[] = [];
    const agent: number[] = [];
    for (let run = 0; run < 11; run += 1) {
        node.push(await timed(() => once(spawn(process.execPath, ["-e", "0"]), "close")));
        let started: AgentProcess | undefined;
        agent.push(
            await timed(async () => {
                started = await start();
                await started.send("GET", "/ping");
            }),
        );
        await started?.stop();
    }
    const ratio = median(agent) / median(node);
    print("start to healthy", `${ms(median(agent))}, ${ratio.toFixed(1)} times node -e 0`);
    holds("start to healthy", ratio, 20);
}

/** An answer is two turns: the tool's call, and what the model makes of it. */
async function turns(start: () => Promise<AgentProcess>): Promise<void> {
    const agent = await start();
    const first = await timed(() => agent.ask({ prompt: "First" }));
    const known: number[] = [];
    for (let index = 0; index < 300; index += 1) {
        const session = `session-${String(Math.floor(index / 10)).padStart(30, "0")}`;
        const each = await timed(() =>
            agent.ask({ prompt: "3 and 4" }, { [sessionHeader]: session }),
        );
        if (index % 10 > 0) known.push(each / 2);
    }
    print("first answer after start", ms(first));
    print("overhead per turn", `p50 ${ms(median(known))}, p99 ${ms(quantile(known, 0.99))}`);
    holds("ms per turn", median(known), 20);
    await agent.stop();
}

async function sessions(start: () => Promise<AgentProcess>): Promise<void> {
    const agent = await start();
    await agent.send("GET", "/ping");
    const ask = async (index: number) => {
        const session = `session-${String(index).padStart(30, "0")}`;
        const { body } = await agent.ask({ prompt: "3 and 4" }, { [sessionHeader]: session });
        return body.response === "It is 7.";
    };
    await ask(0);
    const before = memory(agent);
    let lost = 0;
    const took = await timed(async () => {
        for (let round = 0; round < 10; round += 1) {
            const answers = await Promise.all(
                Array.from({ length: 50 }, (_, index) => ask(round * 50 + index)),
            );
            lost += answers.filter((isRight) => !isRight).length;
        }
    });
    const after = memory(agent);
    print(
        "50 sessions at once",
        `${(500 / (took / 1000)).toFixed(0)} answers/s, ${lost} of 500 lost`,
    );
    holds("lost answers", lost, 0);
    print(
        "memory",
        `${mb(before.now)} after one session, ${mb(after.now)} with 500 idle ones, at most ${mb(after.most)}: ${((after.now - before.now) / 499).toFixed(0)} kB per idle session`,
    );
    await agent.stop();
}

function isToolResult({ messages }: Asked): boolean {
    return messages.at(-1)?.content.some(({ toolResult }) => toolResult !== undefined) ?? false;
}

/** In kB; Linux only. */
function memory({ child }: AgentProcess): { now: number; most: number } {
    const status = readFileSync(`/proc/${child.pid ?? 0}/status`, "utf8");
    const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
    return { now: field("VmRSS"), most: field("VmHWM") };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
}

function quantile(values: readonly number[], part: number): number {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * part)] ?? NaN;
}

function median(values: readonly number[]): number {
    return quantile(values, 0.5);
}

function ms(milliseconds: number): string {
    return `${milliseconds.toFixed(1)} ms`;
}

function mb(kilobytes: number): string {
    return `${(kilobytes / 1024).toFixed(0)} MB`;
}

/** The bounds; a measurement beyond one ends the run with 1. */
function holds(name: string, value: number, most: number): void {
    if (value <= most) return;
    console.error(`${name}: got ${value.toFixed(1)}; must be at most ${most}`);
    process.exitCode = 1;
}

function print(name: string, figure: string): void {
    console.log(`${name.padEnd(26)}${figure}`);
}

void main();
