#!/usr/bin/env node
"use strict";
const { join } = require("node:path");
const { build, isStale } = require("./build.js");

if (isStale()) build();
require(join(__dirname, "..", "dist", "hub.js")).main(process.argv);
