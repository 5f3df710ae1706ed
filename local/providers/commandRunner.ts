import { spawn, type ChildProcess } from "node:child_process";

/** A command as `command:local:Command` runs it. */
export interface CommandRun {
    /** The last argument of the interpreter. */
    command: string;
    interpreter: readonly string[];
    folder: string;
    environment: Readonly<Record<string, string | undefined>>;
    stdin?: string;
    /** The connection that the command runs for. */
    caller?: string;
}

/** What a command wrote, each without its last line break. */
export interface CommandOutput {
    stdout: string;
    stderr: string;
}

/** A command that did not end with 0. */
export class CommandFailed extends Error {
    constructor(message: string) {
        super(message);
        this.name = "CommandFailed";
    }
}

/** Runs the commands of an account's deployments; whatever still runs ends with {@link stop}. */
export class CommandRunner {
    /** With the connection that each runs for. */
    readonly #running = new Map<ChildProcess, string>();

    /** @throws CommandFailed with how it ended and all that it wrote. */
    async run({
        command,
        interpreter,
        folder,
        environment,
        stdin = "",
        caller = "",
    }: CommandRun): Promise<CommandOutput> {
        const [program = "", ...args] = interpreter;
        // A group of its own, so that what it starts ends with it.
        const child = spawn(program, [...args, command], {
            cwd: folder,
            env: environment,
            stdio: ["pipe", "pipe", "pipe"],
            detached: true,
        });
        this.#running.set(child, caller);
        running.add(child);
        const output = { stdout: "", stderr: "", both: "" };
        for (const name of ["stdout", "stderr"] as const) {
            child[name].setEncoding("utf8").on("data", (text: string) => {
                output[name] += text;
                output.both += text;
            });
        }
        // A command that does not read its input closes it.
        child.stdin.on("error", () => undefined).end(stdin);
        try {
            const end = await new Promise<string | undefined>((resolve, reject) => {
                child.once("error", reject);
                child.once("close", (code, signal) => {
                    resolve(code === 0 ? undefined : endOf(code, signal));
                });
            });
            if (end !== undefined) {
                throw new CommandFailed(
                    `${end}: running ${JSON.stringify(command)}:\n${output.both}`,
                );
            }
        } catch (error) {
            if (error instanceof CommandFailed) throw error;
            throw new CommandFailed(`${String(error)}: running ${JSON.stringify(command)}`);
        } finally {
            this.#running.delete(child);
            running.delete(child);
        }
        return { stdout: withoutBreak(output.stdout), stderr: withoutBreak(output.stderr) };
    }

    /** Ends what runs for one connection. */
    cancel(caller: string): void {
        for (const [child, owner] of this.#running) if (owner === caller) end(child);
    }

    /** Ends what still runs. */
    stop(): void {
        for (const child of this.#running.keys()) end(child);
    }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string {
    return code === null ? `signal: ${signal ?? "unknown"}` : `exit status ${code}`;
}

function withoutBreak(text: string): string {
    return text.replace(/\n$/, "");
}

function end({ pid }: ChildProcess): void {
    if (pid === undefined) return;
    try {
        process.kill(-pid, "SIGKILL");
    } catch {
        // It has ended by itself.
    }
}

// A command in a loop does not notice that its parent is gone.
const running = new Set<ChildProcess>();
process.on("exit", () => {
    for (const child of running) end(child);
});
