import type { Readable } from "node:stream";

/** Cuts a handler's output into lines, and tells them from the mark that ends an invocation. */
export class LogLines {
    #rest = "";

    constructor(
        stream: Readable,
        private readonly mark: string,
        private readonly onLine: (line: string) => void,
        private readonly onMark: () => void,
    ) {
        stream.setEncoding("utf8");
        stream.on("data", (text: string) => {
            this.#take(text);
        });
        stream.on("end", () => {
            this.#emit(this.#rest);
            this.#rest = "";
        });
    }

    #take(text: string): void {
        const lines = (this.#rest + text).split("\n");
        this.#rest = lines.pop() ?? "";
        for (const line of lines) {
            if (!line.endsWith(this.mark)) {
                this.#emit(line, "evenIfEmpty");
                continue;
            }
            // What the handler wrote without an end of line stands before the mark.
            this.#emit(line.slice(0, -this.mark.length));
            this.onMark();
        }
    }

    #emit(line: string, evenIfEmpty?: "evenIfEmpty"): void {
        if (line !== "" || evenIfEmpty !== undefined) this.onLine(line);
    }
}
