import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/**
 * Where a line is cut that has no end, so that a handler's endless output does not fill this process's memory:
 * CloudWatch's largest event
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html).
 */
const maxLineCharacters = 1024 * 1024;

/** Cuts a handler's output into lines, and counts what of it has been read. */
export class LogLines {
    readonly #decoder = new StringDecoder("utf8");
    #unended: string[] = [];
    #unendedCharacters = 0;
    #bytesRead = 0;

    constructor(
        stream: Readable,
        private readonly onLine: (line: string) => void,
        onRead: () => void,
    ) {
        stream.on("data", (chunk: Buffer) => {
            this.#bytesRead += chunk.length;
            this.#take(this.#decoder.write(chunk));
            onRead();
        });
        stream.on("end", () => {
            this.#take(this.#decoder.end());
            this.endLine();
        });
    }

    get bytesRead(): number {
        return this.#bytesRead;
    }

    /** What the handler wrote without an end of line is a line when its invocation ends. */
    endLine(): void {
        if (this.#unended.length > 0) this.#emit("");
    }

    #take(text: string): void {
        if (text === "") return;
        const lines = text.split("\n");
        const last = lines.pop() ?? "";
        for (const line of lines) this.#emit(line);
        if (last === "") return;
        this.#unended.push(last);
        this.#unendedCharacters += last.length;
        if (this.#unendedCharacters >= maxLineCharacters) this.#emit("");
    }

    #emit(end: string): void {
        const line = this.#unended.length === 0 ? end : this.#unended.join("") + end;
        this.#unended = [];
        this.#unendedCharacters = 0;
        this.onLine(line);
    }
}
