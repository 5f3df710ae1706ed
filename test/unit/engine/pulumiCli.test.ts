import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPulumi } from "../../../engine/pulumiCli";

describe("the Pulumi CLI on the PATH", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-path-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });
    const command = (name: string, script: string) => {
        writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
        chmodSync(join(folder, name), 0o755);
    };
    // With a folder that is not there, as PATHs have.
    const found = () => findPulumi(`/nowhere:${folder}:/bin`);
    const pulumi = () => join(folder, "pulumi");

    it("is used when it is new enough, and can run policy packs", async () => {
        command("pulumi", "echo v3.259.0");
        command("pulumi-language-nodejs", "exit 1");
        assert.deepEqual(await found(), { path: pulumi(), version: "3.259.0" });
        command("pulumi", "echo v3.1000.0-alpha.1");
        assert.deepEqual(await found(), { path: pulumi(), version: "3.1000.0" });
    });

    it("is not used where there is none", async () => {
        writeFileSync(pulumi(), "not executable");
        assert.deepEqual(await found(), { unusable: "no pulumi on the PATH" });
    });

    it("is not used when it is too old, or does not say", async () => {
        command("pulumi-language-nodejs", "exit 1");
        for (const [script, version] of [
            ["echo v3.99.1", "3.99.1"],
            ["echo development", "of no version"],
        ] as const) {
            command("pulumi", script);
            assert.deepEqual(await found(), {
                unusable: `${pulumi()} is ${version}; must be 3.248.0 or newer: https://www.pulumi.com/docs/install/`,
            });
        }
        command("pulumi", "exit 3");
        const { unusable } = (await found()) as { unusable: string };
        assert.match(unusable, /pulumi does not say its version: .*Command failed/);
    });

    it("is not used without what runs policy packs", async () => {
        command("pulumi", "echo v3.259.0");
        assert.deepEqual(await found(), {
            unusable: `${pulumi()} has no pulumi-language-nodejs beside it, to run policy packs`,
        });
    });
});
