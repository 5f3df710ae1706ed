"use strict";
// Bundles each pack to a folder that stands alone, so that it can be published, and loads without a compiler.
const { cpSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");

/** The packs, and where their bundles stand: `dist/policy/<pack>`, or below another folder. */
function buildPolicy(outFolder = join(root, "dist", "policy")) {
    const { buildSync } = require("esbuild");
    const sdk = join(require.resolve("@pulumi/pulumi/package.json"), "..");
    return ["provider", "consumer"].map((pack) => {
        const folder = join(outFolder, pack);
        mkdirSync(folder, { recursive: true });
        buildSync({
            absWorkingDir: root,
            entryPoints: [`policy/${pack}/index.ts`],
            outfile: join(folder, "index.js"),
            bundle: true,
            platform: "node",
            format: "cjs",
            target: "node20",
            logLevel: "warning",
            charset: "utf8",
            mainFields: ["module", "main"],
            minifyWhitespace: true,
            minifySyntax: true,
            legalComments: "none",
            alias: {
                "@pulumi/pulumi": join(__dirname, "bundle", "pulumi.ts"),
                "@pulumi/pulumi/runtime/rpc": join(__dirname, "bundle", "rpc.ts"),
                // A longer name goes first, so what is not replaced is named too.
                "@pulumi/pulumi/asset": join(sdk, "asset"),
                "@pulumi/pulumi/proto": join(sdk, "proto"),
            },
        });
        const yaml = readFileSync(join(root, "policy", pack, "PulumiPolicy.yaml"), "utf8");
        writeFileSync(
            join(folder, "PulumiPolicy.yaml"),
            yaml.replace("main: index.ts", "main: index.js"),
        );
        const { private: _private, ...own } = JSON.parse(
            readFileSync(join(root, "policy", pack, "package.json"), "utf8"),
        );
        writeFileSync(
            join(folder, "package.json"),
            `${JSON.stringify({ ...own, main: "index.js" }, undefined, 4)}\n`,
        );
        cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
        return folder;
    });
}

module.exports = { buildPolicy };

if (require.main === module) {
    try {
        buildPolicy();
    } catch (error) {
        console.error(`build:policy: ${error.message}`);
        process.exitCode = 1;
    }
}
