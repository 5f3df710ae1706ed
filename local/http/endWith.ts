import type { OutgoingMessage } from "node:http";

/** Up to here it is quicker to write a message in one piece. */
const maxCopiedBytes = 16 * 1024;

/**
 * Ends a message with a body. Node.js writes headers and a text at once, and bytes on their own: short ones go as a
 * text of the same bytes, which every call of a tool would pay for else.
 */
export function endWith(outgoing: OutgoingMessage, body: string | Uint8Array): void {
    if (typeof body === "string" || body.byteLength > maxCopiedBytes) {
        outgoing.end(body);
        return;
    }
    const { buffer, byteOffset, byteLength } = body;
    outgoing.end(Buffer.from(buffer, byteOffset, byteLength).toString("latin1"), "latin1");
}
