import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** A policy pack's process could not be started, or ended. */
export class PackFailed extends Error {
    constructor(message: string) {
        super(message);
        this.name = "PackFailed";
    }
}

/** A built policy pack as a process, as the Pulumi engine starts one: its first line says its port. */
export class PackProcess {
    /** `undefined` where it could not be started. */
    readonly pid: number | undefined;
    /** The port on 127.0.0.1 that the pack listens on; fails with {@link PackFailed}. */
    readonly port: Promise<number>;
    readonly #child: ChildProcess;
    #errors = "";

    /**
     * @param folder has the pack's `index.js`.
     * @param nodeOptions what Node.js is told besides.
     */
    constructor(
        readonly folder: string,
        nodeOptions: readonly string[] = [],
    ) {
        const child = spawn(process.execPath, [...nodeOptions, "index.js"], {
            cwd: folder,
            env: {},
            stdio: ["pipe", "pipe", "pipe"],
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            this.#errors += text;
        });
        this.#child = child;
        this.pid = child.pid;
        this.port = new Promise((resolve, reject) => {
            createInterface(child.stdout).once("line", (line) => {
                resolve(Number(line));
            });
            child.once("error", (error) => {
                reject(new PackFailed(`The policy pack in ${folder}: ${error.message}`));
            });
            child.once("close", () => {
                reject(new PackFailed(this.ended));
            });
        });
        // Who asks the pack is told.
        this.port.catch(() => undefined);
    }

    /** How the process ended, in a sentence. */
    get ended(): string {
        return `The policy pack in ${this.folder} ended: ${this.#errors.trim() || "it wrote nothing"}`;
    }

    /** Ends the process. */
    stop(): void {
        this.#child.kill();
    }
}
