#!/usr/bin/env node
"use strict";
const { spawnSync } = require("node:child_process");
const { join } = require("node:path");
const { isStale } = require("./build.js");

/** In a process of its own, because esbuild writes its errors to stderr itself, beside what it throws. */
function rebuild() {
    const { status, stderr } = spawnSync(process.execPath, [join(__dirname, "build.js")], {
        stdio: ["ignore", "ignore", "pipe"],
        encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr.slice(stderr.lastIndexOf("build: ") + 7).trim());
    process.stderr.write(stderr);
}

function main() {
    try {
        if (isStale()) rebuild();
    } catch (error) {
        console.error(`hub: ${error.message}`);
        process.exitCode = 2;
        return;
    }
    require("./compileCache.js");
    require("./lazyPulumi.js");
    require(join(__dirname, "..", "dist", "hub.js")).main(process.argv);
}

main();
