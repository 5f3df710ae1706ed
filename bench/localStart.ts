/**
 * `hub local` from start to the echo call that succeeds, as a ratio to the time that Node takes merely to load
 * the program's Pulumi packages, both measured in turn in this run. The bound is 3.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestProject } from "../test/helpers/project";

const repository = join(__dirname, "..");
const runs = Number(process.argv[2] ?? 7);

/** The Pulumi modules that the program imports, read from its sources. */
function pulumiModules(): string[] {
    const modules = ["accounts", "components"].flatMap((folder) =>
        readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((file) => {
            // What a folder of components holds runs in processes of its own.
            if (!file.isFile()) return [];
            const source = readFileSync(join(repository, folder, file.name), "utf8");
            return [...source.matchAll(/^(?:import|\}) (?!type).*?"(@pulumi\/[^"]+)";$/gm)].map(
                ([, name = ""]) => name,
            );
        }),
    );
    return [...new Set(modules)];
}

/** Milliseconds until a line of the process's output satisfies `until`, or until it ends. */
function timed(
    args: readonly string[],
    cwd: string,
    onLine: (line: string, ms: number) => void = () => undefined,
): Promise<number> {
    const start = performance.now();
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
    let rest = "";
    child.stdout.on("data", (data: Buffer) => {
        const lines = (rest + data.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) onLine(line, performance.now() - start);
    });
    return new Promise((resolve, reject) => {
        child.once("close", (code) => {
            if (code === 0) resolve(performance.now() - start);
            else reject(new Error(`${args.join(" ")} ended with ${code}`));
        });
    });
}

const median = (values: readonly number[]) =>
    [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

async function main(): Promise<void> {
    const load = pulumiModules()
        .map((name) => `require(${JSON.stringify(name)});`)
        .join("");
    const ratios: number[] = [];
    const references: number[] = [];
    const totals: number[] = [];
    const steps = new Map<string, number[]>();
    for (let run = 0; run <= runs; run++) {
        const project = new TestProject();
        const reference = await timed(["-e", load], repository);
        let total = 0;
        let last = 0;
        await timed(
            [join(repository, "bin", "hub.js"), "local", "--json", "--engine", "in-process"],
            project.folder,
            (line, ms) => {
                const event = JSON.parse(line) as { step: string; outcome?: string };
                const name = `${event.step}${event.outcome === undefined ? "" : ` ${event.outcome}`}`;
                if (total === 0 && run > 0) {
                    steps.set(name, [...(steps.get(name) ?? []), ms - last]);
                }
                last = ms;
                if (event.outcome === "ok" && total === 0) total = ms;
            },
        );
        project.remove();
        // The first pair warms the disk's cache, and may build the bundle.
        if (run === 0) continue;
        references.push(reference);
        totals.push(total);
        ratios.push(total / reference);
    }
    console.log(`${runs} pairs on Node ${process.version}; medians`);
    console.log(`load the program's Pulumi packages   ${median(references).toFixed(0)} ms`);
    console.log(`hub local to the first granted call  ${median(totals).toFixed(0)} ms, of it`);
    for (const [name, values] of steps) {
        const shown = name === "start" ? "start (loads Pulumi)" : name;
        console.log(`  ${shown.padEnd(35)}${median(values).toFixed(0)} ms`);
    }
    console.log(
        `ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}); the bound is 3`,
    );
    if (median(ratios) > 3) process.exitCode = 1;
}

void main();
