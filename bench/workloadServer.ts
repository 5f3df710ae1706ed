import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DockerfileParser } from "dockerfile-ast";

/** The folder of `workloads/mcp-server`. */
export const workload = join(__dirname, "..", "workloads", "mcp-server");
/** What its image runs. */
export const bundle = join(workload, "dist", "server.mjs");

/** The workload in a process of its own, on a free port. */
export async function startWorkload(
    flags: readonly string[],
    node: string = process.execPath,
): Promise<{ child: ChildProcess; port: string }> {
    const child = spawn(node, [...flags, bundle], {
        env: { ...process.env, HOST: "127.0.0.1", PORT: "0" },
        stdio: ["ignore", "ignore", "pipe"],
    });
    const line = await firstLine(child.stderr);
    // Its later lines go nowhere, and must not fill the pipe.
    child.stderr.resume();
    return { child, port: String((JSON.parse(line) as { port: number }).port) };
}

/** The flags with which the image runs Node.js. */
export function imageFlags(): string[] {
    const dockerfile = DockerfileParser.parse(readFileSync(join(workload, "Dockerfile"), "utf8"));
    const command = dockerfile.getCMDs()[0]?.getRawArgumentsContent() ?? "[]";
    return (JSON.parse(command) as string[]).slice(1, -1);
}

/** The first line of a stream, which a server writes when it listens. */
export async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
    const lines = createInterface(stream);
    return new Promise((resolve, reject) => {
        lines.once("line", resolve);
        lines.once("close", () => {
            reject(new Error("A server has ended before it listened"));
        });
    });
}
