import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Logs, type LogGroup } from "../../../local/services/logs";

describe("CloudWatch Logs of the local cloud", () => {
    let folder: string;
    let logs: Logs;
    let group: LogGroup;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "logs-"));
        logs = new Logs({ id: "111122223333", partition: "aws" }, join(folder, "logs"));
        group = logs.createLogGroup("/aws/lambda/echo", "us-east-1", 7);
    });
    afterEach(() => {
        logs.close();
        rmSync(folder, { recursive: true, force: true });
    });

    it("keeps lines in the order in which they came, over a restart of the file", () => {
        logs.put(group, ["one", "two"]);
        logs.close();
        logs.put(group, ["three"]);
        assert.equal(readFileSync(group.file, "utf8"), "one\ntwo\nthree\n");
    });

    it("goes on without what a full disk does not take, says so once, and again after it was freed", async () => {
        const warnings: Error[] = [];
        const listen = (warning: Error): unknown => warnings.push(warning);
        process.on("warning", listen);
        const fill = (): void => {
            mkdirSync(dirname(group.file), { recursive: true });
            rmSync(group.file, { force: true });
            symlinkSync("/dev/full", group.file);
            logs.close();
        };
        const free = (): void => {
            rmSync(group.file);
            logs.close();
        };
        fill();
        logs.put(group, ["lost"]);
        logs.put(group, ["lost too"]);
        free();
        logs.put(group, ["kept"]);
        assert.equal(readFileSync(group.file, "utf8"), "kept\n");
        fill();
        logs.put(group, ["lost again"]);
        await new Promise(setImmediate);
        process.off("warning", listen);
        assert.deepEqual(
            warnings.map(({ name }) => name),
            ["HubLogs", "HubLogs"],
        );
        assert.match(
            warnings[0]?.message ?? "",
            /^The log of \/aws\/lambda\/echo cannot be written, and is lost until it can be: ENOSPC/,
        );
    });
});
