import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
    cpSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../../helpers/project";

describe("hub, when it bundles itself anew", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "hub-build-"));
        const own = new Set(["bin", "dist", "workloads", ".git", ".hub"]);
        for (const name of readdirSync(repository)) {
            if (!own.has(name)) symlinkSync(join(repository, name), join(folder, name));
        }
        cpSync(join(repository, "bin"), join(folder, "bin"), { recursive: true });
    });
    after(() => {
        rmSync(folder, { recursive: true, force: true });
    });
    const hub = (file: string, text: string) => {
        rmSync(join(folder, "workloads"), { recursive: true, force: true });
        mkdirSync(join(folder, "workloads", "broken", "src"), { recursive: true });
        writeFileSync(join(folder, "workloads", "broken", file), text);
        const program = join(folder, "bin", "hub.js");
        return spawnSync(process.execPath, [program, "--help"], { encoding: "utf8" });
    };

    it("says once what is wrong with a workload, and exits with 2", () => {
        const { status, stdout, stderr } = hub("src/main.ts", "const = 1;\n");
        assert.deepEqual([status, stdout], [2, ""]);
        assert.equal(
            stderr,
            'hub: Build failed with 1 error:\nworkloads/broken/src/main.ts:1:6: ERROR: Expected identifier but found "="\n',
        );
    });

    it("says once what is wrong with a declaration", () => {
        const { status, stderr } = hub("tools.json", "[{}]");
        assert.equal(status, 2);
        assert.match(stderr, /^hub: workloads\/broken\/tools\.json: [^\n]+\n/);
        assert.doesNotMatch(stderr, /\n +at /);
    });
});
