import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runHub } from "../../../helpers/hubProcess";
import { repository } from "../../../helpers/project";

describe("hub access over this repository's program", function () {
    this.timeout(120_000);
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-access-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("answers in its first line, with the lines of config", async () => {
        const { code, stdout, stderr } = await runHub(repository, ["access"]);
        assert.deepEqual([code, stderr], [0, ""]);
        const answer = "2 principals may call 4 tools of gateway tools; 1 is refused";
        assert.equal(stdout.split("\n")[0], answer);
        assert.match(stdout, /Pulumi\.consumer\.yaml:\d+, Pulumi\.provider\.yaml:\d+/);
    });

    it("finds what access.lock.json says", async () => {
        const { code, stdout } = await runHub(repository, ["access", "--check"]);
        assert.deepEqual([code, stdout], [0, "access is what access.lock.json says\n"]);
    });

    it("writes a file, and nothing to stdout", async () => {
        const file = join(folder, "access.html");
        const args = ["access", "--format", "html", "--output", file];
        const { code, stdout } = await runHub(repository, args);
        assert.deepEqual([code, stdout], [0, ""]);
        assert.match(readFileSync(file, "utf8"), /^<!doctype html>\n/);
    });

    it("refuses what it does not know before anything is deployed", async () => {
        const { code, stdout, stderr } = await runHub(repository, ["access", "--format", "yaml"]);
        assert.deepEqual([code, stdout], [2, ""]);
        assert.match(stderr, /^hub: --format: got yaml; must be one of table, json, markdown/);
    });
});
