import assert from "node:assert/strict";
import fc from "fast-check";
import { dockerignore } from "../../../agentcore/dockerignore";

describe("a .dockerignore", () => {
    const bundle = dockerignore("*\n!dist\ndist/*\n!dist/server.mjs\n");

    it("spares the folders in which nothing is taken back", () => {
        assert.deepEqual(
            ["node_modules", "src", "dist", "dist/maps"].map((folder) => bundle.prunes(folder)),
            [true, true, false, true],
        );
    });

    it("has a folder looked into where an exception may be below it", () => {
        for (const exception of ["!lib/a/b", "!**/b", "!lib/*/b", "!*/a", "!l?b/a"]) {
            assert.equal(dockerignore(`lib\n${exception}`).prunes("lib"), false, exception);
        }
        for (const exception of ["!src/*", "!other", "!lib"]) {
            const isOpen = exception === "!lib";
            assert.equal(dockerignore(`lib\n${exception}`).prunes("lib"), !isOpen, exception);
        }
    });

    it("never spares a folder that has something to give", () => {
        const name = fc.constantFrom("a", "b", "c", "*", "**", "?", "a*");
        const pattern = fc
            .tuple(fc.boolean(), fc.array(name, { minLength: 1, maxLength: 3 }))
            .map(([isException, names]) => `${isException ? "!" : ""}${names.join("/")}`);
        const path = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 });
        fc.assert(
            fc.property(
                fc.array(pattern, { maxLength: 5 }),
                path,
                path,
                (patterns, folder, below) => {
                    const list = dockerignore(patterns.join("\n"));
                    if (!list.prunes(folder.join("/"))) return;
                    assert.ok(list.ignores([...folder, ...below].join("/")));
                },
            ),
            { numRuns: 5000 },
        );
    });
});
