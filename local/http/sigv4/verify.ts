import { timingSafeEqual } from "node:crypto";
import {
    canonicalRequest,
    headersOf,
    singleHeader,
    targetOf,
    type Headers,
} from "./canonicalRequest";
import { algorithm, basicDate, claimOf, terminator, type Claim } from "./claim";
import { incomplete, invalid, SigV4Refusal, unknownToken, type SigV4Error } from "./refusal";
import { hmac, sha256, signingKey } from "./signingKey";

export type { SigV4Error } from "./refusal";

/** A request as it came over the wire: the signature covers the raw URL, header values and body. */
export interface SignedRequest {
    method: string;
    url: string;
    rawHeaders: readonly string[];
    body: Uint8Array;
}

/** A key that requests are signed with. */
export interface AccessKey {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string;
    /** Milliseconds since 1970. */
    expiresAt?: number;
}

/** The key that signed, or why not. */
export type SigV4Result<K extends AccessKey> =
    { result: "verified"; key: K } | { result: "refused"; error: SigV4Error };

/** What a verifier needs to know. */
export interface SigV4Options<K extends AccessKey> {
    services: readonly string[];
    regions?: readonly string[];
    /** Whether a body may be left out of the signature, as `UNSIGNED-PAYLOAD`. @default "refused" */
    unsignedPayload?: "accepted" | "refused";
    keyOf: (accessKeyId: string) => K | undefined;
    now: () => number;
}

const skewMs = 5 * 60 * 1000;
const maxPresignedSeconds = 604_800;

/**
 * Verifies a SigV4 signature, in the Authorization header or in a presigned URL
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
export function verifySigV4<K extends AccessKey>(
    request: SignedRequest,
    options: SigV4Options<K>,
): SigV4Result<K> {
    try {
        return { result: "verified", key: verify(request, options) };
    } catch (error) {
        if (!(error instanceof SigV4Refusal)) throw error;
        return { result: "refused", error: error.error };
    }
}

/** In AWS's order, as far as it is known: form, time, scope, key, token, and the signature last. */
function verify<K extends AccessKey>(request: SignedRequest, options: SigV4Options<K>): K {
    const now = options.now();
    const headers = headersOf(request.rawHeaders);
    const { path, query } = targetOf(request.url);
    const claim = claimOf(headers, query);
    checkSignedHeaders(claim, headers);
    checkTime(claim, now);
    checkScope(claim, options);
    const key = options.keyOf(claim.accessKeyId);
    if (key === undefined) throw unknownToken();
    checkToken(claim, key, now);
    checkCovered(claim, headers);
    const canonical = canonicalRequest({
        method: request.method,
        path,
        query: query.filter(([name]) => claim.form === "header" || name !== "X-Amz-Signature"),
        headers,
        signedHeaders: claim.signedHeaders,
        payloadHash: payloadHash(request.body, claim, options.unsignedPayload ?? "refused"),
    });
    if (!isSignature(claim.signature, signatureOf(canonical, claim, key))) {
        throw invalid(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
        );
    }
    return key;
}

function signatureOf(canonical: Buffer, claim: Claim, key: AccessKey): Buffer {
    const { date, day, region, service } = claim;
    const scope = `${day}/${region}/${service}/${terminator}`;
    return hmac(
        signingKey(key.secretAccessKey, day, region, service),
        `${algorithm}\n${date}\n${scope}\n${sha256(canonical)}`,
    );
}

function isSignature(given: string, expected: Buffer): boolean {
    return /^[0-9a-f]{64}$/.test(given) && timingSafeEqual(expected, Buffer.from(given, "hex"));
}

/** A list that is as AWS's page has it made, and that covers the host. */
function checkSignedHeaders({ signedHeaders }: Claim, headers: Headers): void {
    if (signedHeaders.some((name, at) => at > 0 && name <= (signedHeaders[at - 1] ?? ""))) {
        throw incomplete("SignedHeaders must be lower-case, sorted and without repetition.");
    }
    // AWS's SDK for JavaScript signs HTTP/2's own name of it.
    if (!signedHeaders.includes("host") && !signedHeaders.includes(":authority")) {
        throw invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    }
    singleHeader(headers, "host");
}

function checkTime({ date, form, expiresSeconds }: Claim, now: number): void {
    const signedAt = millisecondsOf(date);
    if (signedAt > now + skewMs) {
        throw invalid(
            `Signature not yet current: ${date} is still later than ${basicDate(now + skewMs)} (${basicDate(now)} + 5 min.)`,
        );
    }
    if (form === "header") {
        if (signedAt < now - skewMs) {
            throw invalid(
                `Signature expired: ${date} is now earlier than ${basicDate(now - skewMs)} (${basicDate(now)} - 5 min.)`,
            );
        }
        return;
    }
    if (!(expiresSeconds >= 1 && expiresSeconds <= maxPresignedSeconds)) {
        throw incomplete(`X-Amz-Expires must be 1-${maxPresignedSeconds} seconds.`);
    }
    if (signedAt + expiresSeconds * 1000 < now) {
        throw invalid(
            `Signature expired: ${date} and ${expiresSeconds} s is now earlier than ${basicDate(now)}.`,
        );
    }
}

/** A date that is not in the calendar, such as 20260231, is refused. */
function millisecondsOf(date: string): number {
    const [, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] =
        /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)?.map(Number) ?? [];
    if (year === 0) {
        throw incomplete(
            `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
        );
    }
    const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
    // What is over the end of a month, day or hour is counted on into the next.
    if (
        time.getUTCMonth() !== month - 1 ||
        time.getUTCDate() !== day ||
        time.getUTCMinutes() !== minute ||
        time.getUTCSeconds() !== second
    ) {
        throw incomplete(`The date '${date}' is not in the calendar.`);
    }
    return time.getTime();
}

/** All that is wrong with the scope, in AWS's words. */
function checkScope<K extends AccessKey>(claim: Claim, { services, regions }: SigV4Options<K>) {
    const { day, date, region, service } = claim;
    const problems: string[] = [];
    if (regions?.includes(region) === false) {
        problems.push(`Credential should be scoped to a valid region, not '${region}'.`);
    }
    if (!services.includes(service)) {
        problems.push(
            `Credential should be scoped to correct service: '${services.join("' or '")}'.`,
        );
    }
    if (claim.terminator !== terminator) {
        problems.push(
            `Credential should be scoped with a valid terminator: '${terminator}', not '${claim.terminator}'.`,
        );
    }
    if (day !== date.slice(0, 8)) {
        problems.push(
            `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${date.slice(0, 8)}', from '${date}'.`,
        );
    }
    if (problems.length > 0) throw invalid(problems.join(" "));
}

/** Every `x-amz-` header must be covered, or it could be changed on the way. */
function checkCovered({ signedHeaders }: Claim, headers: Headers): void {
    for (const name of headers.keys()) {
        if (name.startsWith("x-amz-") && !signedHeaders.includes(name)) {
            throw invalid(
                `There were headers present in the request which were not signed: ${name}.`,
            );
        }
    }
    for (const name of signedHeaders) {
        if (!headers.has(name)) throw invalid(`The signed header '${name}' is not in the request.`);
    }
}

/** The body's digest, which must be the one that the request states, if it states one. */
function payloadHash(
    body: Uint8Array,
    { payload }: Claim,
    unsignedPayload: "accepted" | "refused",
): string {
    if (payload?.startsWith("STREAMING-") === true) {
        throw invalid(`${payload}: signatures of chunks are not emulated.`);
    }
    if (payload === "UNSIGNED-PAYLOAD") {
        if (unsignedPayload === "accepted") return payload;
        throw invalid("UNSIGNED-PAYLOAD: the body must be signed.");
    }
    const actual = sha256(body);
    if (payload !== undefined && payload !== actual) {
        throw invalid(
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        );
    }
    return actual;
}

function checkToken({ token }: Claim, key: AccessKey, now: number): void {
    const given = Buffer.from(token ?? "");
    const expected = Buffer.from(key.sessionToken ?? "");
    // A token's length is no secret.
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw unknownToken();
    if (key.expiresAt !== undefined && key.expiresAt <= now) {
        throw new SigV4Refusal(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        );
    }
}
