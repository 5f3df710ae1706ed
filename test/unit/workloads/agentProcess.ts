import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { buildSync } from "esbuild";

/** Where the workload stands. */
export const agentFolder = join(__dirname, "../../../workloads/agent");

/** The names by which Runtime tells a session and a request. */
export const sessionHeader = "x-amzn-bedrock-agentcore-runtime-session-id";

/** An answer of the agent. */
export interface AgentAnswer {
    response?: string;
    status?: string;
    error?: string;
    errorType?: string;
    gateway?: { url: string; httpStatus?: number; message: string; code?: number };
    toolCalls?: { name: string; milliseconds: number; isError: boolean }[];
    usage?: Record<string, number>;
    stopReason?: string;
    milliseconds?: { total: number; model: number };
    [field: string]: unknown;
}

/** An event of the agent's stream. */
export interface StreamedEvent extends AgentAnswer {
    type: string;
    text?: string;
    id?: string;
    name?: string;
    input?: unknown;
    isError?: boolean;
}

/** The agent's bundle in a process of its own, on a free port of loopback. */
export class AgentProcess {
    readonly lines: Record<string, unknown>[] = [];
    readonly exit: Promise<unknown[]>;

    private constructor(
        readonly child: ChildProcess,
        readonly port: number,
        readonly firstLine: Record<string, unknown>,
        private readonly reader: Interface,
    ) {
        this.exit = once(child, "close");
    }

    static async start(
        environment: Record<string, string>,
        flags: readonly string[] = [],
    ): Promise<AgentProcess> {
        const child = spawnAgent(environment, flags);
        if (child.stderr === null) throw new Error("no stderr");
        const lines = createInterface(child.stderr);
        const [text] = (await once(lines, "line")) as [string];
        const first = JSON.parse(text) as Record<string, unknown>;
        const agent = new AgentProcess(child, first["port"] as number, first, lines);
        lines.on("line", (line) => agent.lines.push(JSON.parse(line) as Record<string, unknown>));
        return agent;
    }

    /** A request whose answer is yet to be read. */
    async begin(
        method: string,
        path: string,
        headers: Record<string, string> = {},
        body = "",
        signal?: AbortSignal,
    ): Promise<IncomingMessage> {
        const sent = request({
            host: "127.0.0.1",
            port: this.port,
            method,
            path,
            headers,
            agent: false,
            ...(signal !== undefined && { signal }),
        });
        sent.end(body);
        const [response] = (await once(sent, "response")) as [IncomingMessage];
        return response.setEncoding("utf8");
    }

    async send(...args: Parameters<AgentProcess["begin"]>): Promise<{
        status: number | undefined;
        headers: IncomingMessage["headers"];
        text: string;
    }> {
        const response = await this.begin(...args);
        let text = "";
        for await (const chunk of response) text += chunk as string;
        return { status: response.statusCode, headers: response.headers, text };
    }

    /** One prompt and its JSON answer. */
    async ask(
        payload: unknown,
        headers: Record<string, string> = {},
    ): Promise<{ status: number | undefined; body: AgentAnswer }> {
        const body = typeof payload === "string" ? payload : JSON.stringify(payload);
        const { status, text } = await this.send("POST", "/invocations", headers, body);
        return { status, body: JSON.parse(text) as AgentAnswer };
    }

    /** One prompt and the events of its answer. */
    async stream(prompt: string, headers: Record<string, string> = {}): Promise<StreamedEvent[]> {
        const { text } = await this.send(
            "POST",
            "/invocations",
            { accept: "text/event-stream", ...headers },
            JSON.stringify({ prompt }),
        );
        return eventsIn(text);
    }

    /** Resolves with the log's next line for which `is` holds, or one that is there. */
    async line(is: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
        for (;;) {
            const found = this.lines.find(is);
            if (found !== undefined) return found;
            await once(this.reader, "line");
        }
    }

    async stop(): Promise<unknown> {
        this.child.kill("SIGTERM");
        const [code] = await this.exit;
        return code;
    }
}

/** The events in the text of a stream. */
export function eventsIn(text: string): StreamedEvent[] {
    return [...text.matchAll(/^data: (.*)$/gm)].map(
        ([, data]) => JSON.parse(data ?? "") as StreamedEvent,
    );
}

/** The process alone, for what ends before it listens. */
export function spawnAgent(
    environment: Record<string, string>,
    flags: readonly string[] = [],
): ChildProcess {
    return spawn(process.execPath, [...flags, "server.mjs"], {
        cwd: join(agentFolder, "dist"),
        env: {
            PATH: process.env["PATH"],
            HOST: "127.0.0.1",
            PORT: "0",
            AWS_REGION: "us-east-1",
            AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
            AWS_SECRET_ACCESS_KEY: "secret",
            AWS_EC2_METADATA_DISABLED: "true",
            ...environment,
        },
        stdio: ["ignore", "ignore", "pipe"],
    });
}

/** Bundles the agent as the build does. */
export function buildAgent(): void {
    buildSync({
        absWorkingDir: agentFolder,
        entryPoints: ["src/main.ts"],
        outfile: "dist/server.mjs",
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node22",
        mainFields: ["module", "main"],
        banner: {
            js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
        },
        charset: "utf8",
        minify: true,
        legalComments: "none",
    });
}
