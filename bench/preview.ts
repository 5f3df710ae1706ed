/**
 * `pulumi preview` of a hub on the local cloud, beside a preview of an empty program with the same packages, in turn; and
 * what each spoke's grants add to it, from 50 spokes to 200. The bounds: 1.6, and 1.3 for the time per spoke at 200.
 */
import { spawnSync } from "node:child_process";
import { PulumiHub } from "./policyPackStack";
import { median } from "./statistics";

const rounds = Number(process.argv[2] ?? 5);

/** Milliseconds of a preview of the hub, and of one of an empty program. */
async function previews(spokes: number): Promise<{ hub: number; empty: number }> {
    console.error(`${spokes} spokes`);
    const { stack, close } = await opened(spokes);
    const times = { hub: [] as number[], empty: [] as number[] };
    // The first round loads what the later ones find in memory.
    for (let round = 0; round <= rounds; round++) {
        for (const which of ["empty", "hub"] as const) {
            const start = performance.now();
            await stack.preview(which === "empty" ? { program: () => Promise.resolve({}) } : {});
            if (round > 0) times[which].push(performance.now() - start);
        }
    }
    await close();
    return { hub: median(times.hub), empty: median(times.empty) };
}

async function opened(spokes: number) {
    const hub = await PulumiHub.open(spokes);
    return { stack: hub.stack, close: () => hub.close() };
}

async function main(): Promise<void> {
    const { stdout, error } = spawnSync("pulumi", ["version"], { encoding: "utf8" });
    if (error !== undefined) {
        throw new Error("pulumi: got no such command on the PATH; must be the Pulumi CLI");
    }
    console.log(
        `${rounds} rounds on Node ${process.version}, Pulumi CLI ${stdout.trim()}; medians`,
    );
    const { hub, empty } = await previews(1);
    report("a hub with one spoke", hub, "ms", hub / empty, 1.6);
    console.log(`  an empty program: ${empty.toFixed(0)} ms`);
    const perSpoke: number[] = [];
    for (const spokes of [50, 100, 200]) {
        const figures = await previews(spokes);
        const each = (figures.hub - figures.empty) / spokes;
        perSpoke.push(each);
        report(`${spokes} spokes, each`, each, "ms", each / (perSpoke[0] ?? each), 1.3);
    }
    // gRPC keeps idle connections for a while.
    process.exit();
}

function report(what: string, value: number, unit: string, ratio: number, bound: number): void {
    const isBroken = ratio > bound;
    if (isBroken) process.exitCode = 1;
    console.log(
        `${what.padEnd(22)}${value.toFixed(1)} ${unit}; ratio ${ratio.toFixed(2)}; the bound is ${bound}${isBroken ? ": BROKEN" : ""}`,
    );
}

void main();
