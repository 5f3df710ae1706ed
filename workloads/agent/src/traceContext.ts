import type { IncomingHttpHeaders } from "node:http";

/** The place of one invocation in its trace. */
export interface InvocationTrace {
    /** What goes to the gateways, so that their spans and the tools' join the trace. */
    headers: () => Record<string, string>;
    /** Runs the invocation's work within it. */
    run: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Makes the traces of invocations. */
export interface Telemetry {
    trace: (incoming: IncomingHttpHeaders, sessionId: string) => InvocationTrace;
    /** Sends what is left. */
    close: () => Promise<void>;
}

/**
 * Telemetry without spans: what the caller sent is passed on, with the session.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/observability-configure.html (session.id in
 * the baggage).
 */
export const passOn: Telemetry = {
    trace: (incoming, sessionId) => {
        const headers = { ...traceHeadersOf(incoming), baggage: withSession(incoming, sessionId) };
        return { headers: () => headers, run: (work) => work() };
    },
    close: () => Promise.resolve(),
};

/** The headers of the trace that Runtime passes on. */
export function traceHeadersOf(incoming: IncomingHttpHeaders): Record<string, string> {
    const names = ["traceparent", "tracestate", "x-amzn-trace-id"];
    return Object.fromEntries(
        names.flatMap((name) => {
            const value = incoming[name];
            return typeof value === "string" ? [[name, value] as const] : [];
        }),
    );
}

/** The caller's baggage, with this session's id for whatever it said of one. */
export function withSession({ baggage }: IncomingHttpHeaders, sessionId: string): string {
    const text = typeof baggage === "string" ? baggage : "";
    const others = text
        .split(",")
        .map((member) => member.trim())
        .filter((member) => member !== "" && !/^session\.id\s*=/.test(member));
    return [...others, `session.id=${encodeURIComponent(sessionId)}`].join(",");
}
