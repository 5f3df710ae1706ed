import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { PythonEnvironment } from "./python";

/** The article's Python agent (article_agent.py) in a process of its own, on a free port of loopback. */
export class ArticleAgent {
    #log = "";

    private constructor(
        readonly child: ChildProcess,
        readonly url: string,
    ) {
        child.stderr?.on("data", (data: Buffer) => (this.#log += data.toString()));
    }

    /**
     * Starts it, and waits until it is healthy.
     *
     * @throws Error when it ends before, with what it wrote.
     */
    static async start(
        python: PythonEnvironment,
        environment: Record<string, string>,
    ): Promise<ArticleAgent> {
        const port = await freePort();
        // Its own `app.run()` takes port 8080, which may be in use.
        const run = `import article_agent; article_agent.app.run(port=${port})`;
        const child = spawn(python.command("python"), ["-c", run], {
            cwd: __dirname,
            env: { PATH: process.env["PATH"], PYTHONDONTWRITEBYTECODE: "1", ...environment },
            stdio: ["ignore", "ignore", "pipe"],
        });
        const agent = new ArticleAgent(child, `http://127.0.0.1:${port}`);
        await agent.#healthy();
        return agent;
    }

    /** What it wrote to stderr. */
    get log(): string {
        return this.#log;
    }

    async ask(prompt: string): Promise<{ status: number; body: Record<string, string> }> {
        const response = await fetch(`${this.url}/invocations`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ prompt }),
        });
        return {
            status: response.status,
            body: (await response.json()) as Record<string, string>,
        };
    }

    async stop(): Promise<void> {
        const closed = once(this.child, "close");
        this.child.kill("SIGTERM");
        await closed;
    }

    async #healthy(): Promise<void> {
        while (this.child.exitCode === null) {
            try {
                const { ok } = await fetch(`${this.url}/ping`);
                if (ok) return;
            } catch {
                // It tells nobody when it listens.
                await setTimeout(5);
            }
        }
        throw new Error(`The article's agent ended: ${this.#log}`);
    }
}

async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}
