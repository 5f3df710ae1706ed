"use strict";
// Bundles what runs: the hub command, the policy packs, sigv4-fetch, and the workloads. `npm ci` runs it (prepare), and the
// hub command runs it again when a source is newer than its bundle.
const {
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    statSync,
    writeFileSync,
} = require("node:fs");
const { join, relative } = require("node:path");

const root = join(__dirname, "..");
const hubBundle = join(root, "dist", "hub.js");
const sources = [
    "access",
    "accounts",
    "agentcore",
    "cli",
    "components",
    "deployer",
    "engine",
    "local",
    "policy",
    "settings",
    "settings.ts",
    "sigv4-fetch/src",
    "workloads",
    "bin/build.js",
    "package.json",
];

/** Whether a source is newer than the bundles. */
function isStale() {
    if (!existsSync(hubBundle)) return true;
    const built = statSync(hubBundle).mtimeMs;
    return sources.some((source) => newest(join(root, source)) > built);
}

function newest(path) {
    const stat = statSync(path);
    if (!stat.isDirectory()) return stat.mtimeMs;
    let latest = 0;
    for (const name of readdirSync(path)) {
        if (name === "node_modules" || name === "dist") continue;
        latest = Math.max(latest, newest(join(path, name)));
    }
    return latest;
}

function build() {
    // Loaded here, because looking at the files' times should not cost their loading.
    const { buildSync } = require("esbuild");
    const { buildPolicy } = require("../policy/build.js");
    const common = {
        absWorkingDir: root,
        bundle: true,
        platform: "node",
        logLevel: "warning",
        charset: "utf8",
    };
    buildWorkloads(buildSync, common);
    buildSync({
        ...common,
        entryPoints: ["sigv4-fetch/src/index.ts"],
        outfile: "sigv4-fetch/dist/index.js",
        format: "esm",
        packages: "external",
        target: "node20",
    });
    buildSync({
        ...common,
        // One bundle for each subcommand: `hub call` should not read what `hub local` needs.
        entryPoints: {
            hub: "cli/main.ts",
            "access/access": "cli/access/access.ts",
            call: "cli/call.ts",
            commands: "components/commands/main.ts",
            deploy: "cli/deploy.ts",
            deployerPolicy: "cli/deployerPolicy.ts",
            env: "cli/env.ts",
            "explain/explain": "cli/explain/explain.ts",
            local: "cli/local.ts",
            policy: "cli/policy.ts",
            "verify/verify": "cli/verify/verify.ts",
        },
        outdir: "dist",
        format: "cjs",
        target: "node20",
        // Names stay as they are written: for stack traces, and without a wrapper around each function.
        minifyWhitespace: true,
        minifySyntax: true,
        // require() of a bundle costs a third of import().
        supported: { "dynamic-import": false },
        mainFields: ["module", "main"],
        conditions: ["module"],
        // Pulumi finds its own files, and keeps one runtime for the program and the engine.
        external: [
            "@pulumi/*",
            "@grpc/grpc-js",
            "google-protobuf",
            "google-protobuf/*",
            "./access/access.js",
            "./call.js",
            "./deploy.js",
            "./deployerPolicy.js",
            "./env.js",
            "./explain/explain.js",
            "./local.js",
            "./policy.js",
            "./verify/verify.js",
        ],
    });
    buildPolicy();
    writeFileSync(
        join(root, "dist", "bootstrap.cjs"),
        readFileSync(join(root, "local/lambda/bootstrap.cjs")),
    );
}

/** The bundles of the workloads: a Lambda's handler, and a container's server. */
const entryPoints = [
    { source: "handler.ts", bundle: "index.mjs" },
    { source: "main.ts", bundle: "server.mjs" },
];

const requireBanner =
    'import{createRequire}from"node:module";const require=createRequire(import.meta.url);';

/** A tool's declaration is checked where it is built: what AgentCore would refuse never gets into a bundle. */
function buildWorkloads(buildSync, common) {
    const checker = join(root, "dist", "toolSchema.js");
    mkdirSync(join(root, "dist"), { recursive: true });
    buildSync({
        ...common,
        entryPoints: ["agentcore/toolSchema.ts"],
        outfile: checker,
        format: "cjs",
    });
    const { toolSchemaProblems } = require(checker);
    for (const name of readdirSync(join(root, "workloads"))) {
        const folder = join(root, "workloads", name);
        const declaration = join(folder, "tools.json");
        if (existsSync(declaration)) assertTools(declaration, toolSchemaProblems);
        for (const { source, bundle } of entryPoints) {
            const entryPoint = join(folder, "src", source);
            if (!existsSync(entryPoint)) continue;
            buildSync({
                ...common,
                entryPoints: [entryPoint],
                outfile: join(folder, "dist", bundle),
                format: "esm",
                target: "node22",
                // Without the packages' CommonJS twins the agent is a third smaller.
                mainFields: ["module", "main"],
                // What there is in CommonJS only asks for Node's own modules by require.
                ...(source === "main.ts" && { banner: { js: requireBanner } }),
                minify: true,
                legalComments: "none",
            });
        }
    }
}

function assertTools(declaration, toolSchemaProblems) {
    const tools = JSON.parse(readFileSync(declaration, "utf8"));
    // Annotations are MCP's, and an MCP server's own: a Lambda target's definition has none.
    const definitions = Array.isArray(tools) ? tools.map(withoutAnnotations) : tools;
    const problems = toolSchemaProblems(definitions);
    if (problems.length > 0) {
        const file = relative(root, declaration);
        throw new Error(problems.map((problem) => `${file}: ${problem}`).join("\n"));
    }
}

function withoutAnnotations({ annotations, ...definition }) {
    return definition;
}

module.exports = { build, isStale };

if (require.main === module) {
    try {
        build();
    } catch (error) {
        console.error(`build: ${error.message}`);
        process.exitCode = 1;
    }
}
