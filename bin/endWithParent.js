"use strict";
// Preloaded into a child process: it ends with the process that started it, however that one ends.
process.stdin.on("close", () => process.exit()).resume();
