import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DockerfileParser } from "dockerfile-ast";

/** Where the workload stands. */
export const mcpServerFolder = join(__dirname, "../../workloads/mcp-server");

/** The bundle in a process of its own, on a free port of loopback. */
export class McpServerProcess {
    readonly lines: string[] = [];
    readonly exit: Promise<unknown[]>;
    private constructor(
        readonly child: ChildProcess,
        readonly port: number,
    ) {
        this.exit = once(child, "close");
    }

    static async start(environment: Record<string, string> = {}): Promise<McpServerProcess> {
        const child = spawn(process.execPath, [...imageFlags(), "server.mjs"], {
            cwd: join(mcpServerFolder, "dist"),
            env: { ...process.env, HOST: "127.0.0.1", PORT: "0", ...environment },
            stdio: ["ignore", "ignore", "pipe"],
        });
        const lines = createInterface(child.stderr);
        const [first] = (await once(lines, "line")) as [string];
        const server = new McpServerProcess(child, (JSON.parse(first) as { port: number }).port);
        lines.on("line", (line) => server.lines.push(line));
        return server;
    }

    begin(options: Parameters<typeof request>[1] = {}): ClientRequest {
        return request({ host: "127.0.0.1", port: this.port, path: "/mcp", ...options });
    }

    async send(
        method: string,
        path: string,
        headers: Record<string, string> = {},
        body = "",
    ): Promise<{ status: number | undefined; headers: IncomingMessage["headers"]; text: string }> {
        const sent = this.begin({ method, path, headers });
        sent.end(body);
        return answer(sent);
    }

    /** One message and its answer, which is an event stream for the revisions with sessions. */
    async rpc(
        message: object,
        headers: Record<string, string> = {},
    ): Promise<{ status: number | undefined; body: RpcAnswer }> {
        const { status, text } = await this.send(
            "POST",
            "/mcp",
            { ...jsonHeaders, ...headers },
            JSON.stringify({ jsonrpc: "2.0", id: 1, ...message }),
        );
        const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
        return { status, body: JSON.parse(data) as RpcAnswer };
    }

    call(name: string, args: unknown, headers = {}): ReturnType<McpServerProcess["rpc"]> {
        const message = { method: "tools/call", params: { name, arguments: args } };
        return this.rpc(message, headers);
    }

    /** Resolves once a connection is refused. */
    async refusesConnections(): Promise<void> {
        for (;;) {
            const probe = this.begin({ path: "/ping", agent: false });
            probe.end();
            const isRefused = await answer(probe).then(
                () => false,
                () => true,
            );
            if (isRefused) return;
        }
    }

    async stop(): Promise<void> {
        this.child.kill("SIGTERM");
        await this.exit;
    }
}

/** What the tests read of an answer. */
export interface RpcAnswer {
    result: {
        protocolVersion?: string;
        supportedVersions?: string[];
        tools?: unknown[];
        content?: { type: string; text: string }[];
        structuredContent?: unknown;
        isError?: boolean;
    };
    error?: { code: number; message: string };
}

/** What a client of streamable HTTP must send. */
export const jsonHeaders = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
};

/** The whole answer to a request that is sent. */
export async function answer(
    sent: ClientRequest,
): Promise<{ status: number | undefined; headers: IncomingMessage["headers"]; text: string }> {
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
    return { status: response.statusCode, headers: response.headers, text };
}

/** The instructions of the workload's Dockerfile. */
export function dockerfile(): { keyword: string; text: string }[] {
    return DockerfileParser.parse(readFileSync(join(mcpServerFolder, "Dockerfile"), "utf8"))
        .getInstructions()
        .map((line) => ({ keyword: line.getKeyword(), text: line.getRawArgumentsContent() ?? "" }));
}

/** The flags for Node with which the image runs. */
export function imageFlags(): string[] {
    const command = dockerfile().find(({ keyword }) => keyword === "CMD")?.text ?? "[]";
    const words = JSON.parse(command) as string[];
    assert.deepEqual([words[0], words.at(-1)], ["node", "server.mjs"]);
    return words.slice(1, -1);
}
