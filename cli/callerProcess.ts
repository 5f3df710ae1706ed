import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { putBehind } from "./behind";
import type { AskOutcome } from "./ask";
import type { CallOutcome, CallRequest, PromptRequest } from "./call";

/** A call in a child process that could not be made at all. */
export class CallerFailed extends Error {
    constructor(message: string) {
        super(message);
        this.name = "CallerFailed";
    }
}

/**
 * `hub call -` in a process that has nothing but the generated AWS config. It starts before it is needed, so
 * that it loads while the stacks deploy.
 */
export class CallerProcess {
    readonly #child: ChildProcessWithoutNullStreams;
    readonly #answers: AsyncIterator<string>;
    #errors = "";

    constructor(hub: string, stateFolder: string) {
        this.#child = spawn(process.execPath, [hub, "call", "-"], {
            env: {
                AWS_CONFIG_FILE: join(stateFolder, "aws", "config"),
                AWS_SHARED_CREDENTIALS_FILE: join(stateFolder, "aws", "credentials"),
            },
            stdio: ["pipe", "pipe", "pipe"],
        });
        putBehind(this.#child.pid);
        this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
            this.#errors += text;
        });
        // A child that died is reported by the call that misses its answer.
        this.#child.stdin.on("error", () => undefined);
        this.#child.on("error", (error) => (this.#errors += error.message));
        this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    }

    /** @throws CallerFailed */
    async call(request: CallRequest): Promise<CallOutcome> {
        return (await this.#send(request)) as CallOutcome;
    }

    /** @throws CallerFailed */
    async ask(request: PromptRequest): Promise<AskOutcome> {
        return (await this.#send(request)) as AskOutcome;
    }

    async #send(request: CallRequest | PromptRequest): Promise<unknown> {
        this.#child.stdin.write(`${JSON.stringify(request)}\n`);
        const answer: IteratorResult<string, unknown> = await this.#answers.next();
        if (answer.done === true) {
            throw new CallerFailed(
                `The call as ${request.as} was not made: ${this.#errors.trim()}`,
            );
        }
        return JSON.parse(answer.value);
    }

    /** Ends the process. */
    stop(): void {
        this.#child.kill();
    }
}
