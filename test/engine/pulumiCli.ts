import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { repository } from "../helpers/project";

const run = promisify(execFile);
let asked: Promise<{ folder: string; command: PulumiCommand }> | undefined;

/** The pinned Pulumi CLI, which is built on first use. */
export function pulumiCli(): Promise<{ folder: string; command: PulumiCommand }> {
    asked ??= findCli();
    return asked;
}

/** Skips the lane where there is no CLI and no Go to build one; a failure where CI demands it. */
export async function pulumiOrSkip(test: Mocha.Context): Promise<void> {
    test.timeout(1_200_000);
    try {
        await pulumiCli();
    } catch (error) {
        if (process.env["REQUIRE_PULUMI"] === "1") throw error;
        const reason = error instanceof Error ? error.message : String(error);
        process.stderr.write(
            `Skipped: the Pulumi CLI cannot be had here: ${reason}\nREQUIRE_PULUMI=1 makes that a failure.\n`,
        );
        test.skip();
    }
}

async function findCli(): Promise<{ folder: string; command: PulumiCommand }> {
    const { stdout } = await run(join(repository, ".ci", "pulumi-cli", "build.sh"));
    const folder = stdout.trim();
    // The Automation API looks for `bin/pulumi` under a root of its own.
    const root = mkdtempSync(join(tmpdir(), "agentcore-hub-cli-"));
    process.once("exit", () => {
        rmSync(root, { recursive: true, force: true });
    });
    symlinkSync(folder, join(root, "bin"));
    return { folder, command: await PulumiCommand.get({ root }) };
}
