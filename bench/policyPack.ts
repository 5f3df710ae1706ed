/**
 * What the provider's policy pack costs, as it is bundled: the preview of a hub with 50 spokes' grants by the real
 * Pulumi CLI, with the pack and without it, in turn; and the time in which the pack answers all that the engine asks
 * of 50 to 500 spokes. The bounds: 1.3 for a preview of the deployed hub, and 1.3 for the time per spoke at 500.
 *
 * The local providers answer at once, so AWS makes the ratio smaller.
 */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildSync } from "esbuild";
import type { AnswerFigures, Pair, PreviewFigures } from "./policyPackRun";
import { median } from "./statistics";

const rounds = Number(process.argv[2] ?? 5);
const repository = join(__dirname, "..");
const built = join(repository, "dist", "bench");
const spokesOfPreview = 50;
const sizes = [50, 100, 200, 500] as const;
const bound = 1.3;

async function main(): Promise<void> {
    const cli = pulumiVersion();
    build();
    console.log(`${rounds} rounds on Node ${process.version}, Pulumi CLI ${cli}; medians.`);
    const { first, deployed } = await measured<PreviewFigures>("preview", spokesOfPreview);
    console.log(`Preview of a hub with ${spokesOfPreview} spokes' grants:`);
    reportPreview("not deployed yet", first);
    reportPreview("deployed", deployed, bound);
    console.log("All that the engine asks of the pack in one update, for each spoke:");
    let reference: number | undefined;
    for (const size of sizes) {
        const { resources, answers } = await measured<AnswerFigures>("answer", size);
        const perSpoke = median(answers) / size;
        reference ??= perSpoke;
        const line = `${`${size} spokes`.padEnd(18)}${perSpoke.toFixed(2)} ms, ${resources} resources`;
        report(line, perSpoke / reference, size === sizes.at(-1) ? bound : undefined);
    }
}

/** @throws Error without a CLI: nothing else previews as it does. */
function pulumiVersion(): string {
    const { stdout, error } = spawnSync("pulumi", ["version"], { encoding: "utf8" });
    if (error === undefined) return stdout.trim();
    throw new Error(
        "pulumi: got no such command on the PATH; must be the Pulumi CLI 3.259.0 or later; install it as https://www.pulumi.com/docs/iac/download-install/ says",
    );
}

/** The program is measured as `hub` runs it: bundled, because Pulumi takes a stack trace for each resource. */
function build(): void {
    const { buildPolicy } = createRequire(__filename)("../policy/build.js") as {
        buildPolicy: () => string[];
    };
    buildPolicy();
    buildSync({
        absWorkingDir: repository,
        entryPoints: ["bench/policyPackRun.ts"],
        outfile: join(built, "policyPackRun.js"),
        bundle: true,
        platform: "node",
        packages: "external",
        target: "node20",
        logLevel: "error",
    });
    copyFileSync(join(repository, "local/lambda/bootstrap.cjs"), join(built, "bootstrap.cjs"));
}

function measured<Figures>(figure: string, spokes: number): Promise<Figures> {
    console.error(`${figure}, ${spokes} spokes`);
    const args = [join(built, "policyPackRun.js"), figure, String(spokes), String(rounds)];
    const child = spawn(process.execPath, args, {
        cwd: repository,
        stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => (text += data));
    return new Promise((resolve, reject) => {
        child.once("close", (code) => {
            if (code === 0) resolve(JSON.parse(text) as Figures);
            else reject(new Error(`${figure} at ${spokes} spokes ended with ${code}`));
        });
    });
}

function reportPreview(name: string, pairs: readonly Pair[], limit?: number): void {
    const [without, withPack] = [
        median(pairs.map((pair) => pair.without)),
        median(pairs.map((pair) => pair.with)),
    ];
    const line = `${name.padEnd(18)}${without.toFixed(0)} ms without, ${withPack.toFixed(0)} ms with`;
    report(line, median(pairs.map((pair) => pair.with / pair.without)), limit);
}

function report(line: string, ratio: number, limit?: number): void {
    const isBroken = limit !== undefined && !(ratio <= limit);
    const said = limit === undefined ? "" : `; the bound is ${limit}${isBroken ? ": BROKEN" : ""}`;
    console.log(`  ${line}; ratio ${ratio.toFixed(2)}${said}`);
    if (isBroken) process.exitCode = 1;
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
