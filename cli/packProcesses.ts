import { join } from "node:path";
import { PackProcess } from "../engine/packProcess";
import { putBehind } from "./behind";
import type { Pack } from "../policy/rules/rule";

/** It loads sooner from code that is compiled already, and is not left behind. */
const preloaded = ["compileCache.js", "endWithParent.js"].flatMap((file) => [
    "--require",
    join(__dirname, "..", "bin", file),
]);

/** The processes of the packs, as they are built; each is started once, so that it loads while something else does. */
export class PackProcesses {
    readonly #started = new Map<Pack, PackProcess>();

    start(pack: Pack): PackProcess {
        const started = this.#started.get(pack);
        if (started !== undefined) return started;
        const folder = join(__dirname, "policy", pack);
        const process = new PackProcess(folder, preloaded);
        putBehind(process.pid);
        this.#started.set(pack, process);
        return process;
    }

    /** Ends those that were started. */
    stop(): void {
        for (const process of this.#started.values()) process.stop();
    }
}
