import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** Chromium's executable, if this machine has one. */
export function findChromium(): string | undefined {
    const names = ["chromium", "chromium-browser", "google-chrome"];
    const folders = (process.env["PATH"] ?? "").split(delimiter);
    return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

interface Message {
    id?: number;
    method?: string;
    params?: Record<string, unknown>;
    result?: Record<string, unknown>;
    error?: { message: string };
}

/** A Chromium without a window, by the DevTools protocol over pipes (https://chromedevtools.github.io/devtools-protocol/). */
export class Chromium {
    /** The URLs that the page asked for, also those that it was refused. */
    readonly requests: string[] = [];
    readonly #profile = mkdtempSync(join(tmpdir(), "agentcore-hub-chromium-"));
    readonly #process: ChildProcess;
    readonly #waiting = new Map<number, (message: Message) => void>();
    readonly #loads = new Set<() => void>();
    #session: string | undefined;
    #last = 0;

    constructor(executable: string) {
        this.#process = spawn(
            executable,
            [
                ...["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"],
                ...["--no-first-run", `--user-data-dir=${this.#profile}`],
            ],
            { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
        );
        let rest = "";
        (this.#process.stdio[4] as Readable).setEncoding("utf8").on("data", (text: string) => {
            const messages = `${rest}${text}`.split("\0");
            rest = messages.pop() ?? "";
            for (const message of messages) this.#take(JSON.parse(message) as Message);
        });
    }

    /** Opens a page, and waits until it is loaded. */
    async open(url: string): Promise<void> {
        const { targetId } = await this.#send("Target.createTarget", { url: "about:blank" });
        const { sessionId } = await this.#send("Target.attachToTarget", {
            ...{ targetId, flatten: true },
        });
        this.#session = String(sessionId);
        await this.#send("Network.enable");
        await this.#send("Page.enable");
        this.requests.length = 0;
        const loaded = new Promise<void>((resolve) => this.#loads.add(resolve));
        await this.#send("Page.navigate", { url });
        await loaded;
    }

    /** What an expression, or the promise that it is, comes to in the page. */
    async evaluate(expression: string): Promise<unknown> {
        const { result, exceptionDetails } = await this.#send("Runtime.evaluate", {
            ...{ expression, awaitPromise: true, returnByValue: true },
        });
        if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
        return (result as { value?: unknown }).value;
    }

    async close(): Promise<void> {
        const exited = once(this.#process, "exit");
        this.#session = undefined;
        await this.#send("Browser.close");
        await exited;
        rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
    }

    #send(method: string, params: object = {}): Promise<Record<string, unknown>> {
        const id = (this.#last += 1);
        const sessionId = this.#session;
        const message = { id, method, params, ...(sessionId !== undefined && { sessionId }) };
        (this.#process.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
        return new Promise((resolve, reject) => {
            this.#waiting.set(id, ({ result = {}, error }) => {
                if (error === undefined) resolve(result);
                else reject(new Error(`${method}: ${error.message}`));
            });
        });
    }

    #take(message: Message): void {
        if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
        if (message.method === "Network.requestWillBeSent") {
            const { request } = message.params as { request: { url: string } };
            this.requests.push(request.url);
        }
        if (message.method === "Page.loadEventFired") {
            for (const resolve of this.#loads) resolve();
            this.#loads.clear();
        }
    }
}
