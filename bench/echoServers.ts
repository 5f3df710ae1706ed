import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { readConnection } from "../local/connection";
import { sigv4Fetch } from "../sigv4-fetch/src/index.js";
import { TestProject } from "../test/helpers/project";

const run = promisify(execFile);
const repository = join(__dirname, "..");

/** A server of the echo tool in a process of its own, and the one request that it is loaded with. */
export interface EchoServer {
    name: string;
    pid: number;
    url: string;
    headers: Record<string, string>;
    body: string;
    /** Makes the headers anew: a signature holds for five minutes. */
    refresh: () => Promise<void>;
    stop: () => Promise<void>;
}

const accept = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
};

/** `hub local --serve` with the shipped stacks; the call is signed as the granted role of the spoke. */
export async function startCloud(
    tool = "echo-tools___echo_message",
    args: object = echoArguments,
): Promise<EchoServer> {
    const project = new TestProject();
    const child = spawn(
        process.execPath,
        [join(repository, "bin", "hub.js"), "local", "--serve", "--port", "0", "--json"],
        { cwd: project.folder, stdio: ["ignore", "pipe", "inherit"] },
    );
    for await (const line of createInterface(child.stdout)) {
        if ((JSON.parse(line) as { step: string }).step === "done") break;
    }
    // Its later output goes nowhere, and must not fill the pipe.
    child.stdout.resume();
    const connection = readConnection(project.stateFolder);
    const gateway = Object.values(connection?.gateways ?? {})[0];
    if (connection === undefined || gateway === undefined) throw new Error("No gateway to call");
    const body = toolsCall(tool, args);
    const server: EchoServer = {
        name: "local cloud",
        pid: child.pid ?? 0,
        url: gateway.url,
        headers: {},
        body,
        refresh: async () => {
            server.headers = await signedHeaders(connection, gateway.url, body);
        },
        stop: async () => {
            await ended(child);
            project.remove();
        },
    };
    return server;
}

/** The same tool on the Python SDK, in a virtual environment that is made once. */
export async function startPython(major: 1 | 2, ...args: "tuned"[]): Promise<EchoServer> {
    const python = await pythonWith(join(__dirname, "python", `requirements-mcp${major}.txt`));
    const child = spawn(python, [join(__dirname, "python", `echo_mcp${major}.py`), ...args], {
        stdio: ["ignore", "pipe", "ignore"],
    });
    let port = "";
    for await (const line of createInterface(child.stdout)) {
        port = line;
        break;
    }
    const modern = major === 2 ? "2026-07-28" : undefined;
    return {
        name: ["Python mcp", `${major}.x`, ...args].join(" "),
        pid: child.pid ?? 0,
        url: `http://127.0.0.1:${port}/mcp`,
        headers: {
            ...accept,
            "mcp-protocol-version": modern ?? "2025-11-25",
            ...(modern !== undefined && { "mcp-method": "tools/call", "mcp-name": "echo_message" }),
        },
        body: toolsCall("echo_message", echoArguments, modern),
        refresh: () => Promise.resolve(),
        stop: () => ended(child),
    };
}

const echoArguments = { message: "Hello from 444455556666" };

/** A call of a tool; with a revision, as a message that needs no handshake. */
function toolsCall(name: string, args: object, revision?: string): string {
    const prefix = "io.modelcontextprotocol/";
    return JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: {
            name,
            arguments: args,
            ...(revision !== undefined && {
                _meta: {
                    [`${prefix}protocolVersion`]: revision,
                    [`${prefix}clientInfo`]: { name: "bench", version: "1" },
                    [`${prefix}clientCapabilities`]: {},
                },
            }),
        },
    });
}

async function signedHeaders(
    connection: { region: string; awsConfigFile: string; awsCredentialsFile: string },
    url: string,
    body: string,
): Promise<Record<string, string>> {
    // Roles are assumed at the local cloud's STS only by the profile that the environment names.
    process.env["AWS_CONFIG_FILE"] = connection.awsConfigFile;
    process.env["AWS_SHARED_CREDENTIALS_FILE"] = connection.awsCredentialsFile;
    process.env["AWS_PROFILE"] = "consumer-developer";
    let headers: Record<string, string> = {};
    const signed = sigv4Fetch({
        service: "bedrock-agentcore",
        region: connection.region,
        credentials: fromIni({ profile: "consumer-developer" }),
        fetch: (_url, init) => {
            headers = Object.fromEntries(new Headers(init?.headers));
            return Promise.resolve(new Response());
        },
    });
    await signed(url, {
        method: "POST",
        headers: { ...accept, "mcp-protocol-version": "2025-11-25" },
        body,
    });
    return headers;
}

/** A virtual environment that is made once for each version of its requirements. */
export async function pythonWith(requirements: string): Promise<string> {
    const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex");
    const folder = join(repository, ".venv", digest.slice(0, 12));
    const done = join(folder, "complete");
    if (!existsSync(done)) {
        rmSync(folder, { recursive: true, force: true });
        await run("python3", ["-m", "venv", folder]);
        await run(join(folder, "bin", "pip"), ["install", "--quiet", "-r", requirements]);
        writeFileSync(done, "");
    }
    return join(folder, "bin", "python");
}

/** Ends a process, and waits for its end. */
export function ended(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
        child.once("close", () => {
            resolve();
        });
        child.kill("SIGTERM");
    });
}
