import { createHash, createHmac, timingSafeEqual } from "node:crypto";

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

/** Why a signature is refused, with AWS's error code and HTTP status. */
export interface SigV4Error {
    code:
        | "MissingAuthenticationTokenException"
        | "IncompleteSignatureException"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "ExpiredTokenException";
    message: string;
    httpStatus: number;
}

/** The key that signed, or why not. */
export type SigV4Result<K extends AccessKey> =
    { result: "verified"; key: K } | { result: "refused"; error: SigV4Error };

/** What a verifier needs to know. */
export interface SigV4Options<K extends AccessKey> {
    services: readonly string[];
    regions?: readonly string[];
    keyOf: (accessKeyId: string) => K | undefined;
    now: () => number;
}

const algorithm = "AWS4-HMAC-SHA256";
const skewMs = 5 * 60 * 1000;
const maxPresignedSeconds = 604_800;

class Refusal extends Error {
    constructor(
        readonly code: SigV4Error["code"],
        message: string,
    ) {
        super(message);
    }
}

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
        if (!(error instanceof Refusal)) throw error;
        const { code, message } = error;
        const httpStatus = code === "IncompleteSignatureException" ? 400 : 403;
        return { result: "refused", error: { code, message, httpStatus } };
    }
}

interface Claim {
    credential: string;
    signedHeaders: string[];
    signature: string;
    date: string;
    token: string | undefined;
    presigned: boolean;
    expiresSeconds: number;
}

function verify<K extends AccessKey>(request: SignedRequest, options: SigV4Options<K>): K {
    const headers = headersOf(request.rawHeaders);
    const queryStart = request.url.indexOf("?");
    const path = queryStart < 0 ? request.url : request.url.slice(0, queryStart);
    const query = queryStart < 0 ? [] : queryOf(request.url.slice(queryStart + 1));
    const claim = claimOf(headers, query);
    const [accessKeyId = "", day = "", region = "", service = "", terminator, ...more] =
        claim.credential.split("/");
    if (terminator !== "aws4_request" || more.length > 0) {
        throw incomplete("Credential must be <key>/<date>/<region>/<service>/aws4_request.");
    }
    const key = options.keyOf(accessKeyId);
    if (key === undefined) {
        throw new Refusal(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        );
    }
    if (!options.services.includes(service)) {
        throw invalid(
            `Credential should be scoped to correct service: '${options.services.join("' or '")}'.`,
        );
    }
    if (options.regions !== undefined && !options.regions.includes(region)) {
        throw invalid(`Credential should be scoped to a valid region, not '${region}'.`);
    }
    checkTime(claim, day, options.now());
    checkSignedHeaders(claim, headers);
    const canonical = [
        request.method,
        canonicalPath(path),
        canonicalQuery(query, claim.presigned),
        ...claim.signedHeaders.map((name) => `${name}:${(headers.get(name) ?? []).join(",")}`),
        "",
        claim.signedHeaders.join(";"),
        payloadHash(request.body, headers, claim.presigned),
    ].join("\n");
    const scope = `${day}/${region}/${service}/aws4_request`;
    const toSign = [algorithm, claim.date, scope, sha256(canonical)].join("\n");
    const expected = hmac(signingKey(key.secretAccessKey, day, region, service), toSign);
    const given = Buffer.from(claim.signature, "hex");
    if (!/^[0-9a-f]{64}$/.test(claim.signature) || !timingSafeEqual(expected, given)) {
        throw invalid(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
        );
    }
    if (claim.token !== key.sessionToken) {
        throw new Refusal(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        );
    }
    if (key.expiresAt !== undefined && key.expiresAt <= options.now()) {
        throw new Refusal(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        );
    }
    return key;
}

type Headers = ReadonlyMap<string, readonly string[]>;
type Query = readonly (readonly [string, string])[];

function claimOf(headers: Headers, query: Query): Claim {
    const authorization = headers.get("authorization") ?? [];
    const fromQuery = (name: string) => {
        const values = query.filter(([key]) => key === name).map(([, value]) => decode(value));
        if (values.length > 1) throw incomplete(`'${name}' must be in the query once.`);
        return values[0];
    };
    const presigned = fromQuery("X-Amz-Algorithm") !== undefined;
    if (authorization.length === 0 && !presigned) {
        throw new Refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    if (authorization.length + (presigned ? 1 : 0) !== 1) {
        throw incomplete(
            "Only one of the Authorization header and query authentication is allowed.",
        );
    }
    if (presigned) {
        if (fromQuery("X-Amz-Algorithm") !== algorithm)
            throw incomplete(`Algorithm must be ${algorithm}.`);
        return {
            presigned: true,
            credential: required(fromQuery("X-Amz-Credential"), "X-Amz-Credential"),
            signature: required(fromQuery("X-Amz-Signature"), "X-Amz-Signature"),
            signedHeaders: required(fromQuery("X-Amz-SignedHeaders"), "X-Amz-SignedHeaders").split(
                ";",
            ),
            date: required(fromQuery("X-Amz-Date"), "X-Amz-Date"),
            expiresSeconds: Number(required(fromQuery("X-Amz-Expires"), "X-Amz-Expires")),
            token: fromQuery("X-Amz-Security-Token"),
        };
    }
    const [text = ""] = authorization;
    if (!text.startsWith(`${algorithm} `))
        throw incomplete(`Authorization must start with ${algorithm}.`);
    const parts = new Map<string, string>();
    for (const part of text.slice(algorithm.length + 1).split(",")) {
        const at = part.indexOf("=");
        const name = part.slice(0, at).trim();
        if (parts.has(name)) throw incomplete(`Authorization has '${name}' twice.`);
        parts.set(name, part.slice(at + 1).trim());
    }
    return {
        presigned: false,
        credential: required(parts.get("Credential"), "Credential"),
        signature: required(parts.get("Signature"), "Signature"),
        signedHeaders: required(parts.get("SignedHeaders"), "SignedHeaders").split(";"),
        date: required(headers.get("x-amz-date")?.[0], "X-Amz-Date"),
        expiresSeconds: 0,
        token: headers.get("x-amz-security-token")?.[0],
    };
}

function required(value: string | undefined, name: string): string {
    if (value === undefined || value === "") throw incomplete(`Authorization requires '${name}'.`);
    return value;
}

function checkTime(claim: Claim, day: string, now: number): void {
    const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(claim.date);
    if (match === null) throw incomplete(`X-Amz-Date must be YYYYMMDDTHHMMSSZ, not ${claim.date}.`);
    const [year, month, date, hour, minute, second] = match.slice(1).map(Number);
    const signedAt = Date.UTC(year ?? 0, (month ?? 1) - 1, date, hour, minute, second);
    if (!claim.date.startsWith(day)) {
        throw invalid(
            `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${claim.date.slice(0, 8)}'.`,
        );
    }
    if (signedAt > now + skewMs) {
        throw invalid(
            `Signature not yet current: ${claim.date} is still later than ${iso(now + skewMs)}.`,
        );
    }
    if (!claim.presigned) {
        if (signedAt < now - skewMs) {
            throw invalid(
                `Signature expired: ${claim.date} is now earlier than ${iso(now - skewMs)}.`,
            );
        }
        return;
    }
    const { expiresSeconds } = claim;
    if (
        !Number.isInteger(expiresSeconds) ||
        expiresSeconds < 1 ||
        expiresSeconds > maxPresignedSeconds
    ) {
        throw incomplete(`X-Amz-Expires must be 1-${maxPresignedSeconds} seconds.`);
    }
    if (signedAt + expiresSeconds * 1000 < now) {
        throw invalid(
            `Signature expired: ${claim.date} and ${expiresSeconds} s is now earlier than ${iso(now)}.`,
        );
    }
}

/** `host` and every `x-amz-` header must be covered, or they could be changed on the way. */
function checkSignedHeaders(claim: Claim, headers: Headers): void {
    const { signedHeaders } = claim;
    const sorted = [...new Set(signedHeaders)].sort();
    if (sorted.join(";") !== signedHeaders.join(";")) {
        throw incomplete("SignedHeaders must be lower-case, sorted and without repetition.");
    }
    if (!signedHeaders.includes("host")) throw incomplete("'Host' must be a signed header.");
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

function payloadHash(body: Uint8Array, headers: Headers, presigned: boolean): string {
    const stated = headers.get("x-amz-content-sha256")?.[0];
    if (stated?.startsWith("STREAMING-") === true) {
        throw invalid(`${stated}: chunked signatures are not supported.`);
    }
    if (stated === "UNSIGNED-PAYLOAD") return stated;
    const actual = sha256(body);
    if (stated !== undefined && stated !== actual && !presigned) {
        throw invalid(
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        );
    }
    return stated ?? actual;
}

/** Every service but S3 encodes the path, as it is on the wire, once more. */
function canonicalPath(path: string): string {
    return path.split("/").map(rfc3986).join("/") || "/";
}

function canonicalQuery(query: Query, presigned: boolean): string {
    return query
        .filter(([key]) => !presigned || key !== "X-Amz-Signature")
        .map(([key, value]) => [rfc3986(decode(key)), rfc3986(decode(value))] as const)
        .sort(
            ([key, value], [otherKey, otherValue]) =>
                compare(key, otherKey) || compare(value, otherValue),
        )
        .map(([key, value]) => `${key}=${value}`)
        .join("&");
}

function compare(one: string, other: string): number {
    return one < other ? -1 : one > other ? 1 : 0;
}

function queryOf(text: string): Query {
    return text
        .split("&")
        .filter((part) => part !== "")
        .map((part) => {
            const at = part.indexOf("=");
            return at < 0
                ? ([part, ""] as const)
                : ([part.slice(0, at), part.slice(at + 1)] as const);
        });
}

/** A `+` stays a plus: only percent signs encode. */
function decode(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

function rfc3986(text: string): string {
    return encodeURIComponent(text).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
}

function headersOf(rawHeaders: readonly string[]): Headers {
    const headers = new Map<string, string[]>();
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
        const name = (rawHeaders[at] ?? "").toLowerCase();
        const value = (rawHeaders[at + 1] ?? "").trim().replace(/\s+/g, " ");
        const values = headers.get(name);
        if (values === undefined) headers.set(name, [value]);
        else values.push(value);
    }
    return headers;
}

const signingKeys = new Map<string, Buffer>();

function signingKey(secret: string, day: string, region: string, service: string): Buffer {
    const id = [secret, day, region, service].join("\n");
    const known = signingKeys.get(id);
    if (known !== undefined) return known;
    const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
        (previous, part) => hmac(previous, part),
        `AWS4${secret}`,
    ) as Buffer;
    if (signingKeys.size >= 1000) signingKeys.delete(signingKeys.keys().next().value ?? "");
    signingKeys.set(id, key);
    return key;
}

function hmac(key: string | Buffer, text: string): Buffer {
    return createHmac("sha256", key).update(text).digest();
}

function sha256(content: string | Uint8Array): string {
    return createHash("sha256").update(content).digest("hex");
}

function iso(milliseconds: number): string {
    return new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function incomplete(message: string): Refusal {
    return new Refusal("IncompleteSignatureException", message);
}

function invalid(message: string): Refusal {
    return new Refusal("InvalidSignatureException", message);
}
