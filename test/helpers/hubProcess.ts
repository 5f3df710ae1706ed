import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { repository } from "./project";

/** How a `hub` process ended. */
export interface HubResult {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** What a process may not pass, and what it gets beside PATH and HOME. */
interface HubLimits {
    fileBlocks?: number;
    environment?: Readonly<Record<string, string>>;
}

/** A running `hub` process and what it has printed; no file of it has more than so many blocks. */
export class HubProcess {
    readonly #child: ChildProcess;
    readonly ended: Promise<HubResult>;
    #stdout = "";
    #stderr = "";

    constructor(folder: string, args: readonly string[], limits: HubLimits = {}) {
        const { fileBlocks = "unlimited", environment } = limits;
        const hub = [process.execPath, join(repository, "bin", "hub.js"), ...args];
        this.#child = spawn("sh", ["-c", `ulimit -f ${fileBlocks}; exec "$@"`, "sh", ...hub], {
            cwd: folder,
            env: { PATH: process.env["PATH"], HOME: folder, ...environment },
            stdio: ["ignore", "pipe", "pipe"],
        });
        this.#child.stdout?.on("data", (data: Buffer) => (this.#stdout += data.toString()));
        this.#child.stderr?.on("data", (data: Buffer) => (this.#stderr += data.toString()));
        this.ended = new Promise((resolve) => {
            this.#child.once("close", (code) => {
                resolve({ code, stdout: this.#stdout, stderr: this.#stderr });
            });
        });
    }

    get pid(): number {
        return this.#child.pid ?? 0;
    }

    /** Waits until stdout has the text; fails when the process ends before. */
    async until(text: string): Promise<void> {
        await new Promise<void>((resolve, reject) => {
            const look = () => {
                if (this.#stdout.includes(text)) resolve();
            };
            this.#child.stdout?.on("data", look);
            look();
            void this.ended.then((result) => {
                reject(new Error(`hub ended without "${text}": ${JSON.stringify(result)}`));
            });
        });
    }

    /** Ends the process as Ctrl-C does. */
    async interrupt(): Promise<HubResult> {
        this.#child.kill("SIGINT");
        return this.ended;
    }
}

/** Runs `hub` to its end. */
export function runHub(
    folder: string,
    args: readonly string[],
    limits?: HubLimits,
): Promise<HubResult> {
    return new HubProcess(folder, args, limits).ended;
}
