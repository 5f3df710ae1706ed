import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { folderDigest } from "../../../components/folderDigest";

describe("the digest of a folder that an image is built from", () => {
    let folder: string;
    const write = (path: string, text = path) => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
        return path;
    };
    /** Whether the digest is another one after the change. */
    const isChangedBy = (change: () => unknown) => {
        const before = folderDigest(folder);
        change();
        return folderDigest(folder) !== before;
    };
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "agentcore-hub-digest-"));
        // As workloads/mcp-server has it.
        write(".dockerignore", "*\n!dist\ndist/*\n!dist/server.mjs\n");
        write("Dockerfile");
        write("dist/server.mjs");
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("is the same for the same content", () => {
        assert.match(folderDigest(folder), /^[0-9a-f]{16}$/);
        assert.equal(
            isChangedBy(() => write("dist/server.mjs")),
            false,
        );
    });

    for (const [what, change] of [
        ["a file's content", () => write("dist/server.mjs", "another")],
        [
            "a file's mode",
            () => {
                chmodSync(join(folder, "dist", "server.mjs"), 0o755);
            },
        ],
        ["the Dockerfile, which the image does not have", () => write("Dockerfile", "FROM b")],
        [
            "a link in a file's place",
            () => {
                rmSync(join(folder, "dist", "server.mjs"));
                symlinkSync("dist/server.mjs", join(folder, "dist", "server.mjs"));
            },
        ],
        ["what is not left out any more", () => write(".dockerignore", "")],
    ] as const) {
        it(`changes with ${what}`, () => {
            assert.equal(isChangedBy(change), true);
        });
    }

    it("changes with an empty folder, which the image has too", () => {
        write(".dockerignore", "");
        assert.equal(
            isChangedBy(() => mkdirSync(join(folder, "empty"), { recursive: true })),
            true,
        );
    });

    for (const path of ["src/main.ts", "dist/other.mjs", "node_modules/dist/server.mjs"]) {
        it(`does not change with ${path}, which .dockerignore names`, () => {
            assert.equal(
                isChangedBy(() => write(path)),
                false,
            );
        });
    }

    it("follows Docker's rules, not git's: a pattern starts at the root", () => {
        write(".dockerignore", "lib\n");
        write("lib/a");
        write("more/lib/a");
        assert.equal(
            isChangedBy(() => write("lib/a", "1")),
            false,
        );
        assert.equal(
            isChangedBy(() => write("more/lib/a", "1")),
            true,
        );
    });

    it("is refused for a folder that is not there, with what to do", () => {
        assert.throws(() => folderDigest(join(folder, "missing")), {
            message: /missing: got no folder; must be there: npm run prepare bundles it$/,
        });
    });
});
