"use strict";
// Stands in a bundled pack for the SDK's own cmd/run-policy-pack, which the Pulumi CLI resolves from the pack's folder
// (pulumi-language-nodejs, RunPlugin): that one loads a TypeScript compiler first, which takes four times the pack's own
// start. A bundle is JavaScript, and its folder is the last argument.
const { resolve } = require("node:path");

const folder = resolve(process.argv.at(-1) ?? ".");
process.chdir(folder);
require(folder);
