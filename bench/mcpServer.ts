/**
 * CPU per `tools/call` of `workloads/mcp-server` against the same three tools on the Python SDK, in turn in this
 * run, with and without the flags by which its image holds the memory; besides, its memory under load, the sizes of
 * what is shipped, and its start. The bounds: 1/3.5 of mcp 1.x, as AgentCore's documentation has a server written;
 * held to 100 MB 1/2.3 of it, and no more than mcp 2.x on its revision; a first answer within 8 times `node -e 0`.
 */
import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { BuildContext } from "../local/services/buildContext";
import { ended, pythonWith } from "./echoServers";
import { median } from "./statistics";
import { bundle, firstLine, imageFlags, startWorkload, workload } from "./workloadServer";

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 4);
/** Another Node.js than this one: the image's, for example. */
const node = process.argv[4] ?? process.execPath;
const run = promisify(execFile);
const repository = join(__dirname, "..");

/** The last with the handshake, and the one without it. */
type Revision = "2025-11-25" | "2026-07-28";

interface Contestant {
    name: string;
    child: ChildProcess;
    port: string;
    /** Microseconds of CPU per call, by round. */
    costs: Partial<Record<Revision, number[]>>;
}

async function main(): Promise<void> {
    const plain = await startNode("mcp-server", []);
    const held = await startNode("mcp-server, memory held", imageFlags());
    const first = await startPython(1);
    const second = await startPython(2);
    const all = [plain, held, first, second];
    try {
        for (let round = 0; round <= rounds; round++) {
            for (const contestant of all) {
                for (const revision of ["2025-11-25", "2026-07-28"] as const) {
                    if (contestant === first && revision === "2026-07-28") continue;
                    const cost = await load(contestant, revision);
                    // The first round warms the process.
                    if (round > 0) (contestant.costs[revision] ??= []).push(cost);
                }
            }
        }
        print(all);
        verdict("CPU of mcp 1.x", ratio(plain, first, "2025-11-25"), 1 / 3.5);
        verdict("CPU of mcp 1.x, memory held", ratio(held, first, "2025-11-25"), 1 / 2.3);
        verdict("CPU of mcp 2.x, memory held", ratio(held, second, "2026-07-28"), 1);
        verdict("MB at most in use, memory held", peakMemory(held) / 1e6, 100);
    } finally {
        await Promise.all(all.map(({ child }) => ended(child)));
    }
    verdict("MB of the bundle", statSync(bundle).size / 1e6, 1.5);
    verdict("MB of the image's context", contextBytes() / 1e6, 3);
    await start();
}

/** Microseconds of CPU per call over all connections, each answered with the tool's result. */
async function load(contestant: Contestant, revision: Revision): Promise<number> {
    const { url, headers, body } = toolsCall(contestant.port, revision);
    const response = await fetch(url, { method: "POST", headers, body });
    const expected = await response.text();
    if (!/"structuredContent":\s*\{"result":\s*42\}/.test(expected)) {
        throw new Error(`${contestant.name}: ${response.status} ${expected}`);
    }
    const before = cpuMicroseconds(contestant.child);
    const { stdout } = await run(
        process.execPath,
        [
            join(repository, "node_modules", "autocannon", "autocannon.js"),
            ...["--connections", "10", "--duration", String(seconds), "--method", "POST", "--json"],
            ...Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}=${value}`]),
            ...["--body", body, "--expectBody", expected, url],
        ],
        { maxBuffer: 1 << 24 },
    );
    const spent = cpuMicroseconds(contestant.child) - before;
    const result = JSON.parse(stdout) as {
        requests: { total: number };
        non2xx: number;
        errors: number;
        mismatches: number;
    };
    if (result.non2xx + result.errors + result.mismatches > 0) {
        throw new Error(`${contestant.name}: not all calls were answered: ${stdout}`);
    }
    return spent / result.requests.total;
}

/** From the start of the process to the answer of its first call, against a Node.js that does nothing. */
async function start(): Promise<void> {
    const ratios: number[] = [];
    for (let round = 0; round <= rounds; round++) {
        let begun = performance.now();
        spawnSync(node, ["-e", "0"]);
        const nothing = performance.now() - begun;
        begun = performance.now();
        const { child, port } = await startNode("mcp-server", imageFlags());
        const { url, headers, body } = toolsCall(port, "2025-11-25");
        await (await fetch(url, { method: "POST", headers, body })).text();
        ratios.push((performance.now() - begun) / nothing);
        await ended(child);
    }
    verdict("times `node -e 0` to the first answer", median(ratios.slice(1)), 8);
}

function toolsCall(
    port: string,
    revision: Revision,
): { url: string; headers: Record<string, string>; body: string } {
    const prefix = "io.modelcontextprotocol/";
    const isModern = revision === "2026-07-28";
    return {
        url: `http://127.0.0.1:${port}/mcp`,
        headers: {
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
            "mcp-protocol-version": revision,
            ...(isModern && { "mcp-method": "tools/call", "mcp-name": "multiply_numbers" }),
        },
        body: JSON.stringify({
            jsonrpc: "2.0",
            id: 1,
            method: "tools/call",
            params: {
                name: "multiply_numbers",
                arguments: { a: 6, b: 7 },
                ...(isModern && {
                    _meta: {
                        [`${prefix}protocolVersion`]: revision,
                        [`${prefix}clientInfo`]: { name: "bench", version: "1" },
                        [`${prefix}clientCapabilities`]: {},
                    },
                }),
            },
        }),
    };
}

async function startNode(name: string, flags: string[]): Promise<Contestant> {
    return { name, ...(await startWorkload(flags, node)), costs: {} };
}

async function startPython(major: 1 | 2): Promise<Contestant> {
    const python = await pythonWith(join(__dirname, "python", `requirements-mcp${major}.txt`));
    const child = spawn(python, [join(__dirname, "python", `mcp_server_mcp${major}.py`)], {
        stdio: ["ignore", "pipe", "ignore"],
    });
    const port = await firstLine(child.stdout);
    return { name: `Python mcp ${major}.x`, child, port, costs: {} };
}

function contextBytes(): number {
    const { entries } = new BuildContext(workload, [join(workload, ".dockerignore")]);
    return entries
        .filter(({ kind }) => kind === "file")
        .reduce((sum, { path }) => sum + statSync(join(workload, path)).size, 0);
}

/** Of all threads; Linux counts in ticks of 10 ms. */
function cpuMicroseconds({ pid = 0 }: ChildProcess): number {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the name in parentheses, which may have spaces: state is the first, utime the twelfth.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Bytes: the most that were resident at once since the start. */
function peakMemory({ child }: Contestant): number {
    const status = readFileSync(`/proc/${child.pid ?? 0}/status`, "utf8");
    return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]) * 1024;
}

function ratio(one: Contestant, other: Contestant, revision: Revision): number {
    const others = other.costs[revision] ?? [];
    return median((one.costs[revision] ?? []).map((cost, round) => cost / (others[round] ?? NaN)));
}

function print(all: readonly Contestant[]): void {
    const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
    console.log(
        `${rounds} rounds of ${seconds} s, 10 connections, Node ${stdout.trim()}; medians of CPU per call`,
    );
    for (const contestant of all) {
        const costs = Object.entries(contestant.costs).map(
            ([revision, values]) => `${revision} ${median(values).toFixed(0).padStart(5)} µs`,
        );
        const memory = `${(peakMemory(contestant) / 1e6).toFixed(0)} MB at most`;
        console.log(`${contestant.name.padEnd(25)}${costs.join(", ")}; ${memory}`);
    }
}

function verdict(what: string, value: number, bound: number): void {
    console.log(`${what}: ${value.toFixed(2)}; the bound is ${Number(bound.toFixed(2))}`);
    if (!(value <= bound)) process.exitCode = 1;
}

void main();
