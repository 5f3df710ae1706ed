import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../helpers/project";

const run = promisify(execFile);

/** How a script ended. */
export interface ScriptResult {
    code: number;
    stdout: string;
    stderr: string;
}

/** A Python environment with pinned packages, made once and kept beside the repository's other builds. */
export class PythonEnvironment {
    private constructor(readonly folder: string) {}

    /**
     * @throws Error when Python or the packages cannot be had.
     */
    static async with(requirements: string): Promise<PythonEnvironment> {
        const file = join(__dirname, requirements);
        const digest = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 12);
        const folder = join(repository, ".venv", digest);
        const done = join(folder, "complete");
        if (!existsSync(done)) {
            rmSync(folder, { recursive: true, force: true });
            await run("python3", ["-m", "venv", folder]);
            await run(join(folder, "bin", "pip"), ["install", "--quiet", "-r", file]);
            writeFileSync(done, "");
        }
        return new PythonEnvironment(folder);
    }

    command(name: string): string {
        return join(this.folder, "bin", name);
    }

    /** Runs a script of this folder with nothing but the given environment. */
    async script(
        name: string,
        args: readonly string[],
        environment: Record<string, string>,
    ): Promise<ScriptResult> {
        try {
            const { stdout, stderr } = await run(
                this.command("python"),
                [join(__dirname, name), ...args],
                { env: { PATH: process.env["PATH"], ...environment }, timeout: 120_000 },
            );
            return { code: 0, stdout, stderr };
        } catch (error) {
            const { code, stdout, stderr } = error as { code: number } & ScriptResult;
            return { code, stdout, stderr };
        }
    }
}

/** Skips the lane where Python is not to be had; a failure where CI demands it. */
export async function pythonOrSkip(
    test: Mocha.Context,
    requirements: string,
): Promise<PythonEnvironment> {
    try {
        return await PythonEnvironment.with(requirements);
    } catch (error) {
        if (process.env["REQUIRE_CLIENTS"] === "1") throw error;
        process.stderr.write(`Skipped: no Python clients here (${String(error)})\n`);
        test.skip();
    }
}
