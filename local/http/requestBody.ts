import type { IncomingMessage } from "node:http";

/** Bodies over this are not kept, unless a service takes more: a gateway's 6 MB and some envelope. */
export const defaultMaxBodyBytes = 7 * 1024 * 1024;

/** What is still read of a body that is refused, because a client that writes does not read the answer. */
const maxDrainedBytes = 57 * 1024 * 1024;

/** A body, or why there is none; `gone` when the client left in the middle of it. */
export type RequestBody =
    | { result: "whole"; body: Uint8Array }
    | { result: "tooLarge"; bytes: number }
    | { result: "gone" };

/** Reads a body to its end, or as far as it is worth it. */
export function readBody(incoming: IncomingMessage, maxBodyBytes: number): Promise<RequestBody> {
    const declared = declaredBytes(incoming);
    const maxReadBytes = maxBodyBytes + maxDrainedBytes;
    if (declared > maxReadBytes) return Promise.resolve({ result: "tooLarge", bytes: declared });
    return new Promise((resolve) => {
        let chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on("data", (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes <= maxBodyBytes) chunks.push(chunk);
            else chunks = [];
            if (bytes > maxReadBytes) resolve({ result: "tooLarge", bytes });
        });
        incoming.once("end", () => {
            const [first, ...more] = chunks;
            if (bytes > maxBodyBytes) resolve({ result: "tooLarge", bytes });
            else if (first !== undefined && more.length === 0) {
                resolve({ result: "whole", body: first });
            } else resolve({ result: "whole", body: Buffer.concat(chunks) });
        });
        // After an end these change nothing.
        incoming.once("error", () => {
            resolve({ result: "gone" });
        });
        incoming.once("close", () => {
            resolve({ result: "gone" });
        });
    });
}

/** What Content-Length says, which Node.js has checked; 0 where the body comes in chunks. */
export function declaredBytes({ headers }: IncomingMessage): number {
    return Number(headers["content-length"] ?? 0);
}
