/**
 * 200 spokes with three roles each, ten spokes to a gateway: what the program, the deployment (the grants' pass
 * included) and the memory cost for each spoke, as a ratio to what they cost with 50 spokes in the same run. Each
 * figure at each size is measured in a process of its own, by the processor time of its threads, cold and then
 * warm. The bounds are 1.3 for time, and 1.2 for memory.
 *
 * One cost is not linear: before the first grants are made, each spoke reads the hub's outputs, which list every
 * grant that waits. It is in the line of the spokes, and in the whole.
 */
import { spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { median } from "./statistics";
import type { DeployFigures, ProgramFigures } from "./spokesRun";

const rounds = Number(process.argv[2] ?? 3);
const repository = join(__dirname, "..");
const built = join(repository, "dist", "bench");
const sizes = [50, 100, 200] as const;
const [least, middle, most] = sizes;

type Size = (typeof sizes)[number];

/** One line of the result; parts of another figure have no bound of their own. */
interface Figure<Figures> {
    name: string;
    of: (figures: Figures) => number;
    unit: "ms" | "KB";
    bound?: number;
}

const time = { unit: "ms", bound: 1.3 } as const;
const memory = { unit: "KB", bound: 1.2 } as const;
const programFigures: Figure<ProgramFigures>[] = [
    { name: "program, cold", of: ({ cold }) => cold, ...time },
    { name: "program, warm", of: ({ warm }) => warm, ...time },
];
const deployFigures: Figure<DeployFigures>[] = [
    { name: "deploy, cold", of: ({ cold }) => cold, ...time },
    { name: "deploy, warm", of: ({ warm }) => warm, ...time },
    { name: "  the hub", of: ({ hub }) => hub, unit: "ms" },
    { name: "  the spokes", of: ({ spokes }) => spokes, unit: "ms" },
    { name: "  the grants", of: ({ grants }) => grants, unit: "ms" },
    { name: "heap after it", of: ({ heap }) => heap / 1024, ...memory },
    { name: "peak memory", of: ({ rss }) => rss / 1024, ...memory },
];

type Samples<Figures> = Map<Size, Figures[]>;

async function main(): Promise<void> {
    build();
    const programs: Samples<ProgramFigures> = new Map(sizes.map((size) => [size, []]));
    const deployments: Samples<DeployFigures> = new Map(sizes.map((size) => [size, []]));
    for (let round = 1; round <= rounds; round++) {
        for (const size of sizes) {
            // The middle one shows where a curve bends; no bound reads it.
            if (size === middle && round > 1) continue;
            console.error(`round ${round} of ${rounds}, ${size} spokes`);
            programs.get(size)?.push(await measured<ProgramFigures>("program", size));
            deployments.get(size)?.push(await measured<DeployFigures>("deploy", size));
        }
    }
    console.log(
        `\n${rounds} rounds on Node ${process.version}; medians. For each spoke, at ${sizes.join(", ")} spokes:`,
    );
    for (const figure of programFigures) report(figure, programs);
    for (const figure of deployFigures) report(figure, deployments);
    console.log(
        "A granted role was let through, and two that are not granted were refused, at each size.",
    );
}

/** The program is measured as `hub` runs it: bundled, because Pulumi takes a stack trace for each resource. */
function build(): void {
    buildSync({
        absWorkingDir: repository,
        entryPoints: ["bench/spokesRun.ts"],
        outfile: join(built, "spokesRun.js"),
        bundle: true,
        platform: "node",
        packages: "external",
        target: "node20",
        logLevel: "error",
    });
    copyFileSync(join(repository, "local/lambda/bootstrap.cjs"), join(built, "bootstrap.cjs"));
}

function measured<Figures>(figure: string, size: Size): Promise<Figures> {
    const args = ["--expose-gc", join(built, "spokesRun.js"), figure, String(size)];
    const child = spawn(process.execPath, args, {
        cwd: repository,
        stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => (text += data));
    return new Promise((resolve, reject) => {
        child.once("close", (code) => {
            if (code === 0) resolve(JSON.parse(text) as Figures);
            else reject(new Error(`${figure} at ${size} spokes ended with ${code}`));
        });
    });
}

function report<Figures>({ name, of, unit, bound }: Figure<Figures>, samples: Samples<Figures>) {
    const perSpoke = (size: Size) => (samples.get(size) ?? []).map((one) => of(one) / size);
    const references = perSpoke(least);
    const ratios = perSpoke(most).map((cost, round) => cost / (references[round] ?? NaN));
    const costs = sizes.map((size) => median(perSpoke(size)).toFixed(1).padStart(7)).join("");
    const range = `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`;
    const line = `${name.padEnd(16)}${costs} ${unit}; ratio ${median(ratios).toFixed(2)} (${range})`;
    if (bound === undefined) {
        console.log(line);
        return;
    }
    const isBroken = !(median(ratios) <= bound);
    console.log(`${line}; the bound is ${bound}${isBroken ? ": BROKEN" : ""}`);
    if (isBroken) process.exitCode = 1;
}

void main();
