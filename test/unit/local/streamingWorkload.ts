/**
 * A workload whose streams are steered by other calls: `open` begins one, `write`, `end` and `cut` are about it, and
 * `closed` and `blocked` answer once it is so.
 */
export const streamingWorkload = `
import { createServer } from "node:http";
const streams = new Map();
let health = { status: "Healthy" };
let pings = 0;
const part = Buffer.alloc(64 * 1024, "x");
function flood(stream, parts) {
    while (stream.sent < parts && !stream.isClosed) {
        stream.sent++;
        if (!stream.response.write(part)) return void stream.response.once("drain", () => flood(stream, parts));
    }
    if (!stream.isClosed) stream.response.end();
}
function whenBlocked(stream, then, before = -1) {
    if (stream.sent === before) return then();
    setTimeout(() => whenBlocked(stream, then, stream.sent), 200);
}
createServer((request, response) => {
    if (request.url === "/ping") {
        pings++;
        return void response.writeHead(health.httpStatus ?? 200).end(JSON.stringify(health));
    }
    const parts = [];
    request.on("data", (data) => parts.push(data));
    request.on("end", () => {
        const body = Buffer.concat(parts);
        if (request.headers["content-type"] === "application/octet-stream") {
            return void response.end(String(body.length));
        }
        const message = JSON.parse(body.toString());
        const stream = streams.get(message.id);
        const answer = (value) => {
            const text = JSON.stringify(value);
            response.setHeader("content-type", "application/json");
            response.end(text);
        };
        switch (message.method) {
            case "open": {
                const opened = { response, isClosed: false, sent: 0 };
                streams.set(message.id, opened);
                response.once("close", () => { opened.isClosed = true; });
                response.writeHead(200, { "content-type": message.type ?? "text/event-stream" });
                response.flushHeaders();
                if (message.parts !== undefined) flood(opened, message.parts);
                return;
            }
            case "wait":
                streams.set(message.id, { response });
                return;
            case "opened":
                return void answer({ isOpen: streams.has(message.id) });
            case "write":
                stream.response.write("data: " + message.text + "\\n\\n");
                return void answer({});
            case "end":
                stream.response.end();
                return void answer({});
            case "cut":
                stream.response.destroy();
                return void answer({});
            case "closed": {
                const { response: open } = stream;
                if (open.destroyed) return void answer({ whole: open.writableFinished });
                return void open.once("close", () => answer({ whole: open.writableFinished }));
            }
            case "blocked":
                return void whenBlocked(stream, () => answer({ sent: stream.sent }));
            case "health":
                health = message.health;
                return void answer({ pid: process.pid, pings });
            case "count":
                response.writeHead(200, { "content-type": "text/event-stream" });
                for (let at = 0; at < message.events; at++) response.write("data: " + at + "\\n\\n");
                return void response.end("data: " + request.headers["x-amzn-bedrock-agentcore-runtime-session-id"] + "\\n\\n");
        }
    });
}).listen(Number(process.env.PORT), process.env.HOST);
`;
