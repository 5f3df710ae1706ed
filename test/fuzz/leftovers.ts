import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What keeps this process alive, by kind, and where the system tells them, its child processes. */
function openResources(): string[] {
    const kinds = process.getActiveResourcesInfo().filter((kind) => kind !== "Immediate");
    const list = `/proc/self/task/${process.pid}/children`;
    const children = existsSync(list) ? readFileSync(list, "utf8").trim().split(" ") : [];
    return [...kinds, ...children.filter((id) => id !== "").map((id) => `process ${id}`)];
}

const settleMs = 10_000;

/**
 * Does the work with a folder for temporary files of its own, and says what it left: files there, and sockets,
 * timers or processes that were not there before.
 */
export async function leftoversOf(work: () => Promise<void>): Promise<readonly string[]> {
    // Who called may have set a timer for the answer.
    await new Promise((resolve) => setImmediate(resolve));
    const before = openResources();
    const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
    const { TMPDIR } = process.env;
    process.env["TMPDIR"] = folder;
    let files: readonly string[];
    try {
        await work();
        files = readdirSync(folder);
    } finally {
        if (TMPDIR === undefined) delete process.env["TMPDIR"];
        else process.env["TMPDIR"] = TMPDIR;
        rmSync(folder, { recursive: true });
    }
    return [...files, ...(await resourcesMoreThan(before))];
}

/** Sockets and processes end a moment after they are told to. */
async function resourcesMoreThan(before: readonly string[]): Promise<string[]> {
    const until = Date.now() + settleMs;
    for (;;) {
        const more = openResources();
        for (const kind of before) {
            const at = more.indexOf(kind);
            if (at >= 0) more.splice(at, 1);
        }
        if (more.length === 0 || Date.now() > until) return more;
        await new Promise((resolve) => setImmediate(resolve));
    }
}
