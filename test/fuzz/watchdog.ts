import { Worker } from "node:worker_threads";

/** A batch takes a second or two; one that fails takes longer, while the smallest input is looked for. */
const barkMs = 240_000;

/**
 * Ends the process when it hangs in what no timer of its own can interrupt, and says where: a thread of its own
 * waits for the next word.
 */
export class Watchdog {
    readonly #thread = new Worker(
        `const { parentPort, workerData } = require("node:worker_threads");
        const { writeSync } = require("node:fs");
        let timer;
        parentPort.on("message", (doing) => {
            clearTimeout(timer);
            timer = setTimeout(() => {
                writeSync(2, "Nothing came back in " + workerData + " ms.\\nAgain: " + doing + " npm run fuzz\\n");
                process.kill(process.pid, "SIGKILL");
            }, workerData);
        });`,
        { eval: true, workerData: barkMs },
    );

    /** Starts to wait anew. */
    watch(doing: string): void {
        this.#thread.postMessage(doing);
    }

    async stop(): Promise<void> {
        await this.#thread.terminate();
    }
}
