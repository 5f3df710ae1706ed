import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../../helpers/project";

const run = promisify(execFile);

/** Writes its arguments and the body that it is given, and answers a list with what `comments` holds. */
const gh = `#!/bin/sh
echo "$@" | sed 's/body=@.*/body=@/' >>calls
for word in "$@"; do case $word in body=@*) cp "\${word#body=@}" body ;; esac; done
case "$*" in *--jq*) cat comments ;; esac
`;

describe("The comment of a pull request", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-comment-"));
        writeFileSync(join(folder, "gh"), gh);
        chmodSync(join(folder, "gh"), 0o755);
        comments("");
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    const comments = (ids: string): void => {
        writeFileSync(join(folder, "comments"), ids);
    };
    const preview = (stack: string, text: string): void => {
        mkdirSync(join(folder, `preview-${stack}`));
        writeFileSync(join(folder, `preview-${stack}`, "preview.txt"), text);
    };
    const access = (text: string): void => {
        mkdirSync(join(folder, "access"));
        writeFileSync(join(folder, "access", "access.md"), text);
    };
    const comment = async (previews = "success"): Promise<{ calls: string[]; body: string }> => {
        await run(join(repository, ".ci", "preview-comment.sh"), ["7", "provider", "consumer"], {
            cwd: folder,
            env: {
                PATH: [folder, process.env["PATH"]].join(delimiter),
                GITHUB_REPOSITORY: "example/hub",
                PREVIEWS: previews,
            },
        });
        const text = (file: string) =>
            existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : "";
        return { calls: text("calls").trim().split("\n"), body: text("body") };
    };

    it("is made where there is none", async () => {
        preview("provider", "provider:\n    1 created\n");
        preview("consumer", "consumer:\n    17 unchanged\n");
        const { calls, body } = await comment();
        assert.equal(calls.length, 2);
        assert.match(calls[1] ?? "", /--method POST repos\/example\/hub\/issues\/7\/comments /);
        assert.match(body, /^<!-- agentcore-hub: previews -->\n/);
        assert.match(body, /### provider\n[^]*1 created[^]*### consumer\n[^]*17 unchanged/);
    });

    it("is written anew where there is one", async () => {
        preview("provider", "provider:\n    1 created\n");
        comments("41\n");
        const { calls, body } = await comment();
        assert.equal(calls.length, 2);
        assert.match(calls[1] ?? "", /--method PATCH repos\/example\/hub\/issues\/comments\/41 /);
        assert.match(body, /### consumer\n\nThere is no preview: its job ended before\./);
    });

    it("says who may call what, before the previews", async () => {
        preview("provider", "provider:\n    1 created\n");
        access("**access differs from access.lock.json: 1 difference**\n\n- x gains y\n");
        const { body } = await comment();
        assert.match(
            body,
            /^<!--[^\n]*-->\n\n### Who may call what\n\n\*\*access differs[^]*- x gains y\n\nWhat `hub deploy` would/,
        );
        assert.match(body, /### provider\n/);
    });

    it("is about access alone where there are no previews", async () => {
        access("**access is what access.lock.json says**\n");
        const { body } = await comment("skipped");
        assert.match(body, /access is what access\.lock\.json says/);
        assert.doesNotMatch(body, /hub deploy|### provider/);
    });

    it("is not made where there is nothing to say", async () => {
        const { calls, body } = await comment("skipped");
        assert.deepEqual([calls, body], [[""], ""]);
    });

    it("is asked for by its first line, of the workflow's own comments only", async () => {
        preview("provider", "");
        const { calls } = await comment();
        assert.match(calls[0] ?? "", /--paginate repos\/example\/hub\/issues\/7\/comments/);
        assert.match(calls[0] ?? "", /github-actions\[bot\].*startswith\("<!-- agentcore-hub/);
    });

    it("stays one block of text, and within what GitHub takes, whatever a preview says", async () => {
        const text = `~~~~~~~~~~\n# not a heading\n${"x".repeat(70_000)}`;
        preview("provider", text);
        preview("consumer", text);
        access("y".repeat(70_000));
        const { body } = await comment();
        assert.equal(body.match(/^~{4,}/gm)?.length, 4);
        assert.ok(body.length < 65_536);
        assert.match(body, /The rest is in the job's log\./);
    });
});
