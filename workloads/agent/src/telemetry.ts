import { setTimeout } from "node:timers/promises";
import {
    context,
    propagation,
    ROOT_CONTEXT,
    SpanKind,
    SpanStatusCode,
    trace,
    type Context,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
    defaultResource,
    detectResources,
    envDetector,
    resourceFromAttributes,
} from "@opentelemetry/resources";
import {
    BatchSpanProcessor,
    type ReadableSpan,
    type Span,
    type SpanExporter,
    type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import manifest from "../package.json" with { type: "json" };
import { otlpRequest } from "./otlpJson.js";
import type { Telemetry } from "./traceContext.js";
import { traceHeadersOf, withSession } from "./traceContext.js";

/** How long the last spans may take when the process ends. */
const maxCloseMs = 2_000;

/** What {@link startTelemetry} needs. */
export interface TelemetryArgs {
    tracesUrl: string;
    /** A `fetch` that signs for X-Ray, used when the spans go there. */
    signedFetch: (region: string) => typeof fetch;
    /** Whether spans may tell what was said. */
    withContent: boolean;
    onError: (message: string) => void;
}

/**
 * Sends the spans of the agent, the model and the tools by OTLP over HTTP, each with the attribute session.id from the
 * baggage, as the AWS Distro for OpenTelemetry does; Runtime runs no collector in a container, so X-Ray is called
 * directly, signed.
 *
 * Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/observability-configure.html.
 */
export function startTelemetry(args: TelemetryArgs): Telemetry {
    const exporter = exporterFor(args);
    const batch = new BatchSpanProcessor(
        args.withContent ? exporter : new WithoutContent(exporter),
    );
    const provider = new NodeTracerProvider({
        resource: defaultResource()
            .merge(resourceFromAttributes({ "service.name": manifest.name.replace(/^.*\//, "") }))
            .merge(resourceFromAttributes({ "aws.service.type": "gen_ai_agent" }))
            .merge(detectResources({ detectors: [envDetector] })),
        spanProcessors: [new SessionAttribute(), batch],
    });
    // Also the propagators of traceparent and baggage, and the context along promises.
    provider.register();
    const tracer = provider.getTracer(manifest.name, manifest.version);
    return {
        trace: (incoming, sessionId) => {
            const carrier = {
                ...traceHeadersOf(incoming),
                baggage: withSession(incoming, sessionId),
            };
            const parent = propagation.extract(ROOT_CONTEXT, carrier);
            return {
                headers: () => {
                    const headers: Record<string, string> = {};
                    propagation.inject(context.active(), headers);
                    return headers;
                },
                run: (work) =>
                    tracer.startActiveSpan(
                        "POST /invocations",
                        { kind: SpanKind.SERVER },
                        parent,
                        async (span) => {
                            try {
                                return await work();
                            } catch (error) {
                                span.setStatus({ code: SpanStatusCode.ERROR });
                                const type = (error as { errorType?: string }).errorType;
                                if (type !== undefined) span.setAttribute("error.type", type);
                                throw error;
                            } finally {
                                span.end();
                            }
                        },
                    ),
            };
        },
        close: async () => {
            const sent = provider.shutdown().catch((error: unknown) => {
                args.onError(String(error));
            });
            // The exporter would try for longer than a container has left.
            await Promise.race([sent, setTimeout(maxCloseMs)]);
            trace.disable();
        },
    };
}

/** Puts the session of the baggage on each span. */
class SessionAttribute implements SpanProcessor {
    onStart(span: Span, parent: Context): void {
        const session = propagation.getBaggage(parent)?.getEntry("session.id")?.value;
        if (session !== undefined) span.setAttribute("session.id", session);
    }

    onEnd(): void {
        // Nothing is kept.
    }

    forceFlush(): Promise<void> {
        return Promise.resolve();
    }

    shutdown(): Promise<void> {
        return Promise.resolve();
    }
}

function exporterFor({ tracesUrl, signedFetch, onError }: TelemetryArgs): SpanExporter {
    const region = /^https:\/\/xray\.([a-z0-9-]+)\.amazonaws\.com\//.exec(tracesUrl)?.[1];
    return region === undefined
        ? new OTLPTraceExporter({ url: tracesUrl })
        : new SignedExporter(tracesUrl, signedFetch(region), onError);
}

type Done = Parameters<SpanExporter["export"]>[1];

/** The SDK's enumeration, whose package is not ours to import. */
const exportCodes = { success: 0, failed: 1 } as unknown as Record<
    "success" | "failed",
    Parameters<Done>[0]["code"]
>;

/**
 * OTLP as JSON to X-Ray, which takes it with a signature only.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html.
 */
class SignedExporter implements SpanExporter {
    constructor(
        private readonly url: string,
        private readonly signed: typeof fetch,
        private readonly onError: (message: string) => void,
    ) {}

    export(spans: ReadableSpan[], done: Done): void {
        this.#send(spans).then(
            () => {
                done({ code: exportCodes.success });
            },
            (error: unknown) => {
                this.onError(`Spans were not sent: ${String(error)}`);
                done({ code: exportCodes.failed, error: error as Error });
            },
        );
    }

    shutdown(): Promise<void> {
        return Promise.resolve();
    }

    async #send(spans: ReadableSpan[]): Promise<void> {
        const response = await this.signed(this.url, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(otlpRequest(spans)),
            signal: AbortSignal.timeout(10_000),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`${this.url}: HTTP ${response.status} ${text}`);
    }
}

/** Leaves out what was said: prompts, answers, and the tools' arguments and results. */
class WithoutContent implements SpanExporter {
    constructor(private readonly exporter: SpanExporter) {}

    export(spans: ReadableSpan[], done: Done): void {
        this.exporter.export(spans.map(withoutContent), done);
    }

    shutdown(): Promise<void> {
        return this.exporter.shutdown();
    }
}

/** Strands tells what was said in events named `gen_ai.…`, or in attributes. */
const contentAttribute =
    /^(system_prompt|gen_ai\.(input|output)\.messages|gen_ai\.system_instructions|gen_ai\.(prompt|completion|choice)|gen_ai\.tool\.call\.(arguments|result))/;

function withoutContent(span: ReadableSpan): ReadableSpan {
    const attributes = Object.fromEntries(
        Object.entries(span.attributes).filter(([name]) => !contentAttribute.test(name)),
    );
    const events = span.events.map((event) =>
        event.name.startsWith("gen_ai.") ? { name: event.name, time: event.time } : event,
    );
    return Object.create(span, {
        attributes: { value: attributes },
        events: { value: events },
    }) as ReadableSpan;
}
