import type { Invoked } from "./agentRuntimeFixture";

/**
 * A workload that does what the method of its message says. It answers `echo` with all that it was given and sees;
 * as AWS's containers must, it takes whatever session it is told.
 */
export const workload = `
import { createServer } from "node:http";
console.error("listening with NAME=" + process.env.NAME);
const server = createServer((request, response) => {
    if (request.url === "/ping") return void response.end("{}");
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
        const text = Buffer.concat(parts).toString();
        const message = JSON.parse(text);
        switch (message.method) {
            case "echo":
                response.setHeader("content-type", "application/json");
                response.setHeader("x-own", "kept back");
                for (const [name, value] of Object.entries(message.answerHeaders ?? {})) {
                    response.setHeader(name, value);
                }
                return response.end(JSON.stringify({
                    text, url: request.url, headers: request.headers, pid: process.pid, env: process.env,
                    cwd: process.cwd(), argv: process.argv.slice(2), execArgv: process.execArgv,
                }));
            case "accepted":
                return response.writeHead(202).end();
            case "status":
                return response.writeHead(message.status).end("the container's own words");
            case "throw":
                setImmediate(() => { throw new Error("a fault of the workload"); });
                return;
            case "crash":
                return process.exit(3);
            case "half":
                response.writeHead(200, { "content-length": 100 });
                response.write("half");
                return setImmediate(() => response.destroy());
            case "large":
                return response.end("x".repeat(message.bytes));
            case "bytes":
                return response.end(Buffer.from([0xff, 0xfe]));
            case "close":
                response.shouldKeepAlive = false;
                server.close();
                if (message.exit) setTimeout(() => process.exit(0), 10);
                else setInterval(() => {}, 1000);
                return response.end();
            case "never":
                return;
        }
    });
}).listen(Number(process.env.PORT), process.env.HOST);
`;

/** What the workload answers to `echo`. */
export interface Echo {
    text: string;
    url: string;
    headers: Record<string, string>;
    pid: number;
    env: Record<string, string>;
    cwd: string;
    argv: string[];
    execArgv: string[];
}

/** The workload's answer to `echo`. */
export function echoOf({ json, text }: Invoked): Echo {
    if (json === undefined) throw new Error(`No echo: ${text}`);
    return json as Echo;
}
