import type { Attributes, AttributeValue, HrTime } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";

/**
 * The spans of one process as an OTLP request in JSON.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (ids in hexadecimal, times and other 64-bit
 * integers as strings).
 */
export function otlpRequest(spans: readonly ReadableSpan[]): object {
    const scopes = new Map<string, ReadableSpan[]>();
    for (const span of spans) {
        const { name } = span.instrumentationScope;
        scopes.set(name, [...(scopes.get(name) ?? []), span]);
    }
    const resource = { attributes: keyValues(spans[0]?.resource.attributes ?? {}) };
    const scopeSpans = [...scopes].map(([name, own]) => {
        const version = own[0]?.instrumentationScope.version;
        return {
            scope: { name, ...(version !== undefined && { version }) },
            spans: own.map(otlpSpan),
        };
    });
    return { resourceSpans: [{ resource, scopeSpans }] };
}

function otlpSpan(span: ReadableSpan): object {
    const { traceId, spanId, traceState, traceFlags } = span.spanContext();
    const parent = span.parentSpanContext;
    return {
        traceId,
        spanId,
        ...(traceState !== undefined && { traceState: traceState.serialize() }),
        ...(parent !== undefined && { parentSpanId: parent.spanId }),
        flags: traceFlags,
        name: span.name,
        // The API counts the kinds from 0, the protocol from 1, for 0 is unspecified.
        kind: span.kind + 1,
        startTimeUnixNano: nanoseconds(span.startTime),
        endTimeUnixNano: nanoseconds(span.endTime),
        attributes: keyValues(span.attributes),
        events: span.events.map(({ name, time, attributes }) => ({
            name,
            timeUnixNano: nanoseconds(time),
            attributes: keyValues(attributes ?? {}),
        })),
        status: {
            code: span.status.code,
            ...(span.status.message !== undefined && { message: span.status.message }),
        },
    };
}

function nanoseconds([seconds, nanos]: HrTime): string {
    return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
}

function keyValues(attributes: Attributes): object[] {
    return Object.entries(attributes).flatMap(([key, value]) =>
        value === undefined ? [] : [{ key, value: anyValue(value) }],
    );
}

function anyValue(value: AttributeValue | null): object {
    if (Array.isArray(value)) {
        return { arrayValue: { values: value.map((item) => anyValue(item ?? null)) } };
    }
    if (typeof value === "string") return { stringValue: value };
    if (typeof value === "boolean") return { boolValue: value };
    if (typeof value !== "number") return {};
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
