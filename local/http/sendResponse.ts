import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AwsError } from "../awsError";
import { endWith } from "./endWith";
import type { HttpResponse } from "./exchange";

/**
 * Sends an answer. One that streams is read as fast as its client takes it, and left when the client leaves; where it
 * breaks off, so does the connection, because nothing else tells a client that the answer is not whole.
 *
 * @throws what a stream fails with, unless it is the other side's fault.
 */
export async function sendResponse(
    outgoing: ServerResponse,
    { httpStatus, headers, body }: HttpResponse,
): Promise<void> {
    if (typeof body === "string" || body instanceof Uint8Array) {
        if (outgoing.destroyed) return;
        outgoing.writeHead(httpStatus, { ...headers, "content-length": Buffer.byteLength(body) });
        endWith(outgoing, body);
        return;
    }
    const source = body instanceof Readable ? body : Readable.from(body, { objectMode: false });
    if (outgoing.destroyed || outgoing.req.method === "HEAD") {
        // Its maker may have work to stop.
        source.destroy();
        if (!outgoing.destroyed) outgoing.writeHead(httpStatus, headers).end();
        return;
    }
    outgoing.writeHead(httpStatus, headers);
    // Its client waits for the status, and the first event may take long.
    outgoing.flushHeaders();
    try {
        await pipeline(source, outgoing);
    } catch (error) {
        outgoing.destroy();
        if (error instanceof AwsError || isCut(error)) return;
        throw error;
    }
}

/** Whether the client left, or the connection that a stream is read from broke off, which its maker knows. */
function isCut(error: unknown): boolean {
    const { code, name } = error as NodeJS.ErrnoException;
    return code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET" || name === "AbortError";
}
