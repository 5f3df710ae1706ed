import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { AwsError } from "../awsError";
import type { WholeResponse } from "./exchange";

/** A body over what any service takes; it is not read to its end. */
export class RequestTooLarge extends AwsError {
    constructor(
        readonly bytes: number,
        maxBytes: number,
    ) {
        super(
            "RequestEntityTooLargeException",
            `Request too large: got ${bytes} bytes or more; must be at most ${maxBytes}`,
            413,
        );
        this.name = "RequestTooLarge";
    }
}

/** What is no HTTP request that a service could look at. */
export function malformed(message: string, httpStatus = 400): AwsError {
    return new AwsError("MalformedHttpRequestException", message, httpStatus);
}

/** Headers over what is read of them. */
export function headersTooLarge(): AwsError {
    return malformed("The headers are over 16 KB", 431);
}

/** What Node.js's parser refuses, by its error's code (https://nodejs.org/api/http.html#event-clienterror). */
export function parserRefusal({ code, message }: NodeJS.ErrnoException): AwsError {
    switch (code) {
        case "HPE_HEADER_OVERFLOW":
            return headersTooLarge();
        case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
            return malformed("The extensions of a chunk are over 16 KB", 413);
        case "ERR_HTTP_REQUEST_TIMEOUT":
            return malformed("The request took too long to come", 408);
        default:
            return malformed(`No HTTP request: ${message}`);
    }
}

/** Longer than an answer takes on loopback, and no time to fill a disk or a log in. */
const lingerMs = 500;

/**
 * Answers on a socket that has no request, and closes it. What still comes is thrown away for a moment: a
 * socket that is closed with bytes unread takes the answer back.
 */
export function answerSocket(socket: Duplex, { httpStatus, headers, body }: WholeResponse): void {
    socket.on("error", () => undefined);
    if (!socket.writable) {
        socket.destroy();
        return;
    }
    const lines = Object.entries({
        ...headers,
        "content-length": String(Buffer.byteLength(body)),
        connection: "close",
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(
        `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus] ?? ""}\r\n${lines.join("")}\r\n${body}`,
    );
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once("close", () => {
        clearTimeout(timer);
    });
}
