"use strict";
// Pulumi's SDK loads the TypeScript compiler, which takes a third of its own loading, for programs whose functions it
// turns into text. Ours has none: here the compiler is loaded when it is first asked for something.
const Module = require("node:module");

const file = require.resolve("@pulumi/pulumi/typescript-shim");
const compiler = () => {
    delete require.cache[file];
    return require(file);
};
const standIn = new Module(file);
standIn.loaded = true;
standIn.exports = new Proxy({}, { get: (_target, name) => compiler()[name] });
require.cache[file] = standIn;
