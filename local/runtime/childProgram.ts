import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";

/** Starts a program on this Node.js, which ends with this process, and does not keep it running. */
export function spawnProgram(
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
): ChildProcess {
    const child = spawn(process.execPath, [endWithParent, ...args], {
        cwd,
        env,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    running.add(child);
    child.once("close", () => running.delete(child));
    unref(child);
    return child;
}

/** An absolute path of the image on this machine, alone or after `--option=`; anything else as it is. */
export function inFolder(folder: string, argument: string): string {
    const [, option = "", path = ""] = /^(--[^=]+=)?(\/.*)$/s.exec(argument) ?? [];
    const place = join(folder, path);
    return path !== "" && existsSync(place) ? `${option}${place}` : argument;
}

/**
 * A process without its parent would stay for ever. It has a channel to its parent for this only, and does not
 * see it: Node.js closes it when the parent is gone, however it went.
 */
const endWithParent = `--import=data:text/javascript,${encodeURIComponent(
    'if (process.channel) { process.on("disconnect", () => process.exit(1)); process.channel.unref(); }',
)}`;

/** An idle process does not keep this one running; sockets and timers do while a call is at work. */
function unref(child: ChildProcess): void {
    child.unref();
    child.channel?.unref();
    for (const stream of [child.stdout, child.stderr]) (stream as Socket | null)?.unref();
}

// A program in an endless loop does not notice that its parent is gone.
const running = new Set<ChildProcess>();
process.on("exit", () => {
    for (const child of running) child.kill("SIGKILL");
});
