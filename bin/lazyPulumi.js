"use strict";
// Pulumi's SDK loads the TypeScript compiler and npm's arborist, which take three fifths of its own loading, for programs
// whose functions it turns into text. Ours has none: here each is loaded when it is first asked for something.
const Module = require("node:module");

standIn("@pulumi/pulumi/typescript-shim", (load) => {
    return new Proxy({}, { get: (_target, name) => load()[name] });
});
standIn("@pulumi/pulumi/runtime/closure/codePaths", (load) => ({
    computeCodePaths: (...args) => load().computeCodePaths(...args),
    findWorkspaceRoot: (...args) => load().findWorkspaceRoot(...args),
}));

/** Has a module of the SDK be what `make` makes, which is given what loads the module itself. */
function standIn(name, make) {
    const file = require.resolve(name);
    const module = new Module(file);
    module.loaded = true;
    module.exports = make(() => {
        if (require.cache[file] === module) delete require.cache[file];
        return require(file);
    });
    require.cache[file] = module;
}
