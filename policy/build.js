"use strict";
// Bundles each pack to a folder that stands alone, so that it can be published, and loads without a compiler.
const { cpSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");

/** The packs, and where their bundles stand: `dist/policy/<pack>`, or below another folder. */
function buildPolicy(outFolder = join(root, "dist", "policy")) {
    const { buildSync } = require("esbuild");
    const folderOf = (name) => join(require.resolve(`${name}/package.json`), "..");
    const sdk = folderOf("@pulumi/pulumi");
    const own = (file) => join(__dirname, "bundle", file);
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
            minify: true,
            legalComments: "none",
            alias: {
                "@pulumi/pulumi": own("pulumi.ts"),
                "@pulumi/pulumi/runtime/rpc": own("rpc.ts"),
                "@grpc/grpc-js": own("grpc.ts"),
                "@grpc/proto-loader": own("protoLoader.ts"),
                // A longer name goes first, so what is not replaced is named too.
                "@pulumi/pulumi/asset": join(sdk, "asset"),
                "@pulumi/pulumi/proto": join(sdk, "proto"),
                "@grpc/grpc-js/build": join(folderOf("@grpc/grpc-js"), "build"),
            },
        });
        const yaml = readFileSync(join(root, "policy", pack, "PulumiPolicy.yaml"), "utf8");
        writeFileSync(
            join(folder, "PulumiPolicy.yaml"),
            yaml.replace("main: index.ts", "main: index.js"),
        );
        const { private: _private, ...manifest } = readJson(
            join(root, "policy", pack, "package.json"),
        );
        writeJson(join(folder, "package.json"), {
            ...manifest,
            main: "index.js",
            dependencies: { "@pulumi/pulumi": sdkVersion() },
            bundleDependencies: ["@pulumi/pulumi"],
        });
        addRunner(folder);
        cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
        return folder;
    });
}

/** What the Pulumi CLI starts a pack by, which it looks for in the pack's node_modules. */
function addRunner(folder) {
    const sdk = join(folder, "node_modules", "@pulumi", "pulumi");
    const runner = join(sdk, "cmd", "run-policy-pack");
    mkdirSync(runner, { recursive: true });
    cpSync(join(__dirname, "bundle", "runPolicyPack.js"), join(runner, "index.js"));
    writeJson(join(sdk, "package.json"), {
        name: "@pulumi/pulumi",
        version: sdkVersion(),
        description:
            "Of Pulumi's SDK, only what starts a policy pack that is bundled with all that it needs",
        license: "Apache-2.0",
    });
}

function sdkVersion() {
    return readJson(require.resolve("@pulumi/pulumi/package.json")).version;
}

function readJson(file) {
    return JSON.parse(readFileSync(file, "utf8"));
}

function writeJson(file, value) {
    writeFileSync(file, `${JSON.stringify(value, undefined, 4)}\n`);
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
