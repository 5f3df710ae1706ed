import XMLBuilder from "fast-xml-builder";
import { AwsError } from "../awsError";
import type { RequestOrigin } from "../services/requestContext";
import type { SessionKey } from "../services/sessionKey";
import { verifySigV4, type SigV4Options } from "./sigv4/verify";

/** One request to the local cloud, read whole; the URL and headers are as they were on the wire. */
export interface HttpRequest {
    method: string;
    /** The raw URL, which the signature covers. */
    url: string;
    /** The path after the service's prefix, still encoded. */
    path: string;
    rawHeaders: readonly string[];
    headers: Readonly<Record<string, string | undefined>>;
    body: Uint8Array;
    requestId: string;
    origin: RequestOrigin;
    /** Aborted when the client leaves before it has the whole answer, so that the work for it stops. */
    signal: AbortSignal;
}

/** A request that this process makes of its own local cloud, as it would go over the wire. */
export interface OwnRequest {
    method: string;
    /** Path and query. */
    url: string;
    /** Names in lower case, `host` among them. */
    headers: Readonly<Record<string, string>>;
    body: Uint8Array;
    /** Aborted when nobody waits for the answer any more. */
    signal: AbortSignal;
}

/** What is sent back. */
export interface HttpResponse {
    httpStatus: number;
    headers: Record<string, string>;
    body: HttpBody;
}

/**
 * A body: whole, or as a stream, which is sent as it comes and no faster than its client reads. One that cannot go on
 * throws, and its connection is cut; an AwsError says that it has been reported. A generator that waits for something
 * watches the request's signal too: its `return` is called, but heard only between two parts.
 */
export type HttpBody = string | Uint8Array | AsyncIterable<Uint8Array>;

/** An answer whose body is there whole, as text. */
export interface WholeResponse extends HttpResponse {
    body: string;
}

/** How a service finds the keys that it verifies signatures with. */
export interface KeySource {
    keyOf: (accessKeyId: string) => SessionKey | undefined;
    now: () => number;
}

/**
 * The caller behind a signed request.
 *
 * @throws AwsError with the code and status of AWS's refusal.
 */
export function callerOf(
    request: HttpRequest,
    expected: Pick<SigV4Options<SessionKey>, "services" | "regions" | "unsignedPayload">,
    keys: KeySource,
): SessionKey {
    const verified = verifySigV4(request, { ...expected, ...keys });
    if (verified.result === "refused") {
        const { code, message, httpStatus } = verified.error;
        throw new AwsError(code, message, httpStatus);
    }
    return verified.key;
}

/** A JSON answer, as restJson services give it. */
export function json(httpStatus: number, value: unknown): WholeResponse {
    return {
        httpStatus,
        headers: { "content-type": "application/json" },
        body: value === undefined ? "" : JSON.stringify(value),
    };
}

/** A restJson error: SDKs read the code from the header. */
export function jsonError(error: AwsError): WholeResponse {
    const { code, message, httpStatus } = error;
    const response = json(httpStatus, { message, __type: code });
    response.headers["x-amzn-errortype"] = code;
    return response;
}

const xml = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: "@" });

/** An answer of the query protocol (STS, IAM). */
export function xmlResult(
    action: string,
    namespace: string,
    result: Record<string, unknown>,
    requestId: string,
): HttpResponse {
    return {
        httpStatus: 200,
        headers: { "content-type": "text/xml" },
        body: xml.build({
            [`${action}Response`]: {
                "@xmlns": namespace,
                [`${action}Result`]: result,
                ResponseMetadata: { RequestId: requestId },
            },
        }),
    };
}

/** An error of the query protocol. */
export function xmlError(error: AwsError, requestId: string): HttpResponse {
    return {
        httpStatus: error.httpStatus,
        headers: { "content-type": "text/xml" },
        body: xml.build({
            ErrorResponse: {
                Error: {
                    Type: error.httpStatus < 500 ? "Sender" : "Receiver",
                    Code: error.code,
                    Message: error.message,
                },
                RequestId: requestId,
            },
        }),
    };
}
