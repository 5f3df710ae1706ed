import { EventStreamCodec } from "@smithy/eventstream-codec";
import { AwsError } from "../awsError";
import type { ConverseEvent } from "./converse";

const codec = new EventStreamCodec(
    (bytes: string | Uint8Array) => Buffer.from(bytes as Uint8Array).toString("utf8"),
    (text: string) => Buffer.from(text, "utf8"),
);

/** The content type of a stream of events (https://smithy.io/2.0/aws/amazon-eventstream.html). */
export const eventStreamType = "application/vnd.amazon.eventstream";

/** Events as they are on the wire; what breaks a stream off is its last message, an exception. */
export async function* eventStream(
    events: AsyncIterable<ConverseEvent>,
): AsyncGenerator<Uint8Array> {
    try {
        for await (const event of events) {
            const [[name, body] = ["", {}]] = Object.entries(event);
            yield message({ ":message-type": "event", ":event-type": name }, body);
        }
    } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const name = Object.hasOwn(exceptions, error.code) ? error.code : "ModelErrorException";
        const exception = exceptions[name as keyof typeof exceptions];
        yield message(
            { ":message-type": "exception", ":exception-type": exception },
            { message: error.message },
        );
    }
}

/** What a stream may break off with (botocore model bedrock-runtime 2023-09-30, ConverseStreamOutput). */
const exceptions = {
    InternalServerException: "internalServerException",
    ModelErrorException: "modelStreamErrorException",
    ValidationException: "validationException",
    ThrottlingException: "throttlingException",
    ServiceUnavailableException: "serviceUnavailableException",
} as const;

function message(headers: Readonly<Record<string, string>>, body: unknown): Uint8Array {
    const all = { ...headers, ":content-type": "application/json" };
    return codec.encode({
        headers: Object.fromEntries(
            Object.entries(all).map(([name, value]) => [name, { type: "string" as const, value }]),
        ),
        body: Buffer.from(JSON.stringify(body)),
    });
}
