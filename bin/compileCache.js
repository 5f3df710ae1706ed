"use strict";
// Keeps compiled code between processes, below dist/: built into Node.js from 22.1 on, and before by v8-compile-cache.
// Also to be preloaded: node --require bin/compileCache.js <program>.
const Module = require("node:module");
const { join } = require("node:path");

const folder = join(__dirname, "..", "dist", "compileCache");

if (Module.enableCompileCache === undefined) {
    const { _compile } = Module.prototype;
    process.env.V8_COMPILE_CACHE_CACHE_DIR ??= folder;
    require("v8-compile-cache");
    // What is loaded later may import() modules, which this kind of cache does not know.
    setImmediate(() => {
        Module.prototype._compile = _compile;
    });
} else {
    Module.enableCompileCache(folder);
}
