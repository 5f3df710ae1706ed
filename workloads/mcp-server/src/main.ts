import { toNodeHandler } from "@modelcontextprotocol/node";
import {
    createMcpHandler,
    localhostAllowedHostnames,
    type Tool as ToolDeclaration,
} from "@modelcontextprotocol/server";
import manifest from "../package.json" with { type: "json" };
import declarations from "../tools.json" with { type: "json" };
import { listenAddress } from "./address.js";
import { httpServer, stop } from "./http.js";
import { lineLog } from "./log.js";
import { serverFactory } from "./server.js";
import { tools } from "./tools.js";

/** Far more than two numbers or a name: the heap of the image is small, and many may call at once. */
const maxRequestBodySize = 64 * 1024;

const { log, flush } = lineLog((lines) => {
    process.stderr.write(lines);
});
process.on("exit", flush);

try {
    serve();
} catch (error) {
    failed(error);
}

function serve(): void {
    const { host, port, isLoopback } = listenAddress(process.env);
    const mcp = createMcpHandler(
        serverFactory({
            name: "mcp-server",
            version: manifest.version,
            declarations: declarations as ToolDeclaration[],
            tools,
            log,
            now: () => performance.now(),
        }),
        {
            maxRequestBodySize,
            // The tools never change: a subscription to changes would only keep a session from ending.
            maxSubscriptions: 0,
            // What comes after the colon can be the caller's own text.
            onerror: ({ message }) => {
                log({ outcome: "Refused", reason: message.split(":", 1)[0] });
            },
        },
    );
    const server = httpServer({
        mcp: toNodeHandler(mcp, { maxRequestBodySize }),
        hostnames: isLoopback ? localhostAllowedHostnames() : undefined,
        maxBodyBytes: maxRequestBodySize,
    });
    server.on("error", failed);
    server.listen(port, host, () => {
        const address = server.address();
        log({ event: "listening", ...(typeof address === "object" && address) });
    });
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
        process.once(signal, () => {
            log({ event: "stopping", signal });
            void stop(server).then(() => process.exit(0));
        });
    }
}

function failed(error: unknown): void {
    log({ event: "failed", message: error instanceof Error ? error.message : String(error) });
    process.exit(1);
}
