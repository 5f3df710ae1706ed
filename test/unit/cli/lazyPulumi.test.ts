import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { repository } from "../../helpers/project";

/** What a process prints that has the stand-ins. */
function printed(script: string): unknown {
    const preloaded = ["--require", join(repository, "bin", "lazyPulumi.js")];
    const text = execFileSync(process.execPath, [...preloaded, "-e", script], {
        cwd: repository,
        encoding: "utf8",
    });
    return JSON.parse(text);
}

const loaded = `Object.keys(require.cache).filter((file) => /node_modules\\/(typescript|@npmcli)\\//.test(file)).length`;

describe("Pulumi's SDK in hub", () => {
    it("loads neither TypeScript nor arborist with the program's packages", () => {
        assert.equal(
            printed(
                `require("@pulumi/pulumi"); require("@pulumi/aws/iam"); console.log(${loaded})`,
            ),
            0,
        );
    });

    it("has both as soon as somebody asks for them", () => {
        const [kind, root, text] = printed(
            `const pulumi = require("@pulumi/pulumi");
            const { SyntaxKind } = require("@pulumi/pulumi/typescript-shim");
            pulumi.runtime.serializeFunction(() => 42).then(async ({ text }) => {
                const paths = await pulumi.runtime.computeCodePaths();
                console.log(JSON.stringify([typeof SyntaxKind.ArrowFunction, paths.size > 0, text]));
            });`,
        ) as [string, boolean, string];
        assert.equal(kind, "number");
        assert.equal(root, true);
        assert.match(text, /return \(\) => 42/);
    });
});
