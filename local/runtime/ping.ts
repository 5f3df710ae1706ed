import { request, type IncomingMessage } from "node:http";
import type { Place } from "./processHttp";

/** What GET /ping is answered with; the health is what the body says, if it does. */
export interface Ping {
    httpStatus: number;
    health?: "Healthy" | "HealthyBusy";
    /** Seconds since 1970 at which the health changed last. */
    changedAt?: number;
}

/** More than a health has. */
const maxPingBytes = 64 * 1024;

/** Asks a container for its health; `undefined` when it does not answer in time. */
export function ping({ port, agent }: Place, timeoutMs: number): Promise<Ping | undefined> {
    return new Promise((resolve) => {
        const outgoing = request({ host: "127.0.0.1", port, agent, path: "/ping", method: "GET" });
        const timer = setTimeout(() => outgoing.destroy(), timeoutMs);
        outgoing.once("response", (incoming) => {
            void textOf(incoming).then((text) => {
                clearTimeout(timer);
                resolve({ httpStatus: incoming.statusCode ?? 0, ...healthOf(text) });
            });
        });
        outgoing.once("error", () => {
            clearTimeout(timer);
            resolve(undefined);
        });
        outgoing.end();
    });
}

/** How waiting for a process ended: it answers, it answers without being healthy, or not at all. */
export type Readiness = "ready" | "unhealthy" | "silent";

/** Waits until GET /ping is answered; by 200 where the protocol's contract has it so. */
export async function untilAnswering(
    place: Place & { deadline: number; isGone: () => boolean; mustBeHealthy: boolean },
): Promise<Readiness> {
    let readiness: Readiness = "silent";
    for (let pauseMs = 5; !place.isGone(); pauseMs = Math.min(pauseMs * 1.5, 25)) {
        const leftMs = place.deadline - performance.now();
        if (leftMs <= 0) return readiness;
        const answer = await ping(place, leftMs);
        if (place.isGone()) return "silent";
        if (answer !== undefined) {
            if (!place.mustBeHealthy || answer.httpStatus === 200) return "ready";
            readiness = "unhealthy";
        }
        await new Promise((resolve) => {
            setTimeout(resolve, Math.min(pauseMs, leftMs));
        });
    }
    return "silent";
}

/** A body as text, as far as a health may be long; it is read to its end all the same. */
function textOf(incoming: IncomingMessage): Promise<string> {
    return new Promise((resolve) => {
        let text = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (part: string) => {
            if (text.length < maxPingBytes) text += part;
        });
        // What breaks off is no health.
        incoming.once("error", () => undefined);
        incoming.once("close", () => {
            resolve(text);
        });
    });
}

function healthOf(text: string): Pick<Ping, "health" | "changedAt"> {
    let body: unknown;
    try {
        body = JSON.parse(text);
    } catch {
        return {};
    }
    if (typeof body !== "object" || body === null) return {};
    const { status, time_of_last_update: changedAt } = body as Record<string, unknown>;
    return {
        ...((status === "Healthy" || status === "HealthyBusy") && { health: status }),
        ...(typeof changedAt === "number" && { changedAt }),
    };
}
