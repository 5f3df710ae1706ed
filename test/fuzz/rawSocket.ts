import { connect } from "node:net";

/** One response of a connection. */
export interface RawResponse {
    httpStatus: number;
    body: string;
}

/** What came on a connection until it was closed. */
export interface Conversation {
    /** Undefined where what came is no row of whole HTTP responses. */
    responses: readonly RawResponse[] | undefined;
    received: string;
    /** `client` where nothing came, or nothing more, and the client had not sent a whole request. */
    closedBy: "server" | "client";
}

const answerMs = 15_000;
/** On loopback an answer comes within a millisecond or two. */
const quietMs = { incomplete: 60, more: 4 };

/** Sends bytes as they are, a character for each, and reads until the server has no more to say. */
export function converse(port: number, bytes: string): Promise<Conversation> {
    return new Promise((resolve, reject) => {
        const socket = connect(port, "127.0.0.1");
        let received = "";
        let closedBy: Conversation["closedBy"] = "server";
        const end = (): void => {
            closedBy = "client";
            socket.end();
        };
        let quiet: NodeJS.Timeout | undefined = isWhole(bytes)
            ? undefined
            : setTimeout(end, quietMs.incomplete);
        const late = setTimeout(() => {
            socket.destroy();
            reject(new Error(`no answer, or no end of it, in ${answerMs} ms: ${received}`));
        }, answerMs);
        socket.on("data", (data: Buffer) => {
            received += data.toString("latin1");
            if (responsesOf(received, isHead(bytes)) === undefined) return;
            clearTimeout(quiet);
            quiet = setTimeout(end, quietMs.more);
        });
        // A server that closes while the client still writes resets the connection.
        socket.on("error", () => undefined);
        socket.once("close", () => {
            clearTimeout(quiet);
            clearTimeout(late);
            resolve({ responses: responsesOf(received, isHead(bytes)), received, closedBy });
        });
        socket.write(bytes, "latin1");
    });
}

function isHead(bytes: string): boolean {
    return /(?:^|\n)HEAD /.test(bytes);
}

/** Whether a server may take the bytes for a whole request, so that it owes an answer. */
function isWhole(bytes: string): boolean {
    const [head = "", ...rest] = bytes.split("\r\n\r\n");
    if (rest.length === 0 || head.trim() === "") return false;
    if (/transfer-encoding|expect/i.test(head)) return false;
    const [, length] = /^content-length:[ \t]*(\d+)[ \t]*$/im.exec(head) ?? [];
    return rest.join("\r\n\r\n").length >= Number(length ?? 0);
}

const noChunks = "0\r\n\r\n";

/** All responses in what was received, the interim ones left out. */
function responsesOf(received: string, isHead: boolean): RawResponse[] | undefined {
    const responses: RawResponse[] = [];
    let rest = received;
    while (rest !== "") {
        const [head, line = ""] =
            /^HTTP\/1\.1 (\d{3}) [ -~]*\r\n(?:[\w-]+: ?[\t -~\x80-\xff]*\r\n)*\r\n/.exec(rest) ??
            [];
        if (head === undefined) return undefined;
        const httpStatus = Number(line);
        rest = rest.slice(head.length);
        if (httpStatus === 100) continue;
        // Node.js's own answers, such as 417, have no body, in chunks.
        const empty = /^transfer-encoding: chunked\r$/im.test(head) ? noChunks.length : NaN;
        const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? empty);
        const hasNone = httpStatus === 204 || (isHead && (rest === "" || rest.startsWith("HTTP/")));
        const body = hasNone ? "" : rest.slice(0, length);
        if (!hasNone && body.length !== length) return undefined;
        rest = rest.slice(body.length);
        responses.push({ httpStatus, body });
    }
    return responses;
}
