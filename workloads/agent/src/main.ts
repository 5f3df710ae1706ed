import { performance } from "node:perf_hooks";
import type { Engine } from "./engine.js";
import { parseEnvironment, type Environment } from "./environment.js";
import { AgentError } from "./errors.js";
import { Work } from "./health.js";
import { httpServer, stop } from "./http.js";
import { invocationHandler } from "./invocation.js";
import { lineLog } from "./log.js";

/** A container has ten seconds between SIGTERM and its end; what is not answered in time is told so. */
const stopWaitMs = 7_000;

const { log, flush } = lineLog((lines) => {
    process.stderr.write(lines);
});
process.on("exit", flush);
// Node's own way is two lines of plain text.
process.removeAllListeners("warning");
process.on("warning", ({ name, message }) => {
    log({ event: "warning", name, message });
});
process.on("uncaughtException", failed);

try {
    serve(parseEnvironment(process.env));
} catch (error) {
    failed(error);
}

function serve(environment: Environment): void {
    const now = () => performance.now();
    let engine: Promise<Engine> | undefined;
    // Healthy first: what answers prompts takes longer to load than to say so.
    const loaded = () =>
        (engine ??= import("./engine.js").then(({ startEngine }) =>
            startEngine({ environment, log, now }),
        ));
    const work = new Work(() => Date.now());
    const stopping = new AbortController();
    const answer = invocationHandler({
        invoke: async (request) => (await loaded()).invoke(request),
        stopping: stopping.signal,
        log,
        logPrompts: environment.logPrompts,
        now,
    });
    const server = httpServer({
        health: () => work.health,
        onPing: () => void loaded().catch(failed),
        invoke: (request, response) => work.during(() => answer(request, response)),
    });
    server.on("error", failed);
    server.listen(environment.port, environment.host, () => {
        const address = server.address();
        log({
            event: "listening",
            ...(typeof address === "object" && address),
            model: environment.modelId,
            gateways: environment.gateways,
            ...(environment.gateways.length === 0 && {
                message: "No GATEWAY_URL: runs without tools",
            }),
        });
    });
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
        process.once(signal, () => {
            log({ event: "stopping", signal });
            setTimeout(() => {
                const message = "The agent is stopping. Ask again.";
                stopping.abort(new AgentError("Stopping", message));
            }, stopWaitMs).unref();
            void stop(server)
                .then(async () => (await engine)?.close())
                .then(() => process.exit(0), failed);
        });
    }
}

function failed(error: unknown): void {
    log({ event: "failed", message: error instanceof Error ? error.message : String(error) });
    process.exit(1);
}
