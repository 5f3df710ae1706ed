import { singleHeader, type Headers, type Query } from "./canonicalRequest";
import { incomplete, SigV4Refusal } from "./refusal";

/** What a request says of its signature, in the Authorization header or in a presigned URL. */
export interface Claim {
    form: "header" | "presigned";
    accessKeyId: string;
    /** The scope's parts: `YYYYMMDD`, region, service. */
    day: string;
    region: string;
    service: string;
    /** Must be `aws4_request`. */
    terminator: string;
    signedHeaders: readonly string[];
    signature: string;
    /** As it is signed, `YYYYMMDDTHHMMSSZ`. */
    date: string;
    token: string | undefined;
    /** What the request says of its body's digest, if it says so. */
    payload: string | undefined;
    /** How long a presigned URL holds; NaN where it does not say so, and in a header. */
    expiresSeconds: number;
}

export const algorithm = "AWS4-HMAC-SHA256";
export const terminator = "aws4_request";

/**
 * Reads a request's claim.
 *
 * @throws SigV4Refusal where there is none, or it is not whole.
 */
export function claimOf(headers: Headers, query: Query): Claim {
    const authorization = singleHeader(headers, "authorization");
    const presigned = query.some(([name]) => name === "X-Amz-Algorithm");
    if (authorization !== undefined && presigned) {
        throw incomplete(
            "Only one of the Authorization header and query authentication is allowed.",
        );
    }
    if (presigned) return presignedClaim(headers, query);
    if (authorization === undefined || authorization === "") {
        throw new SigV4Refusal(
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        );
    }
    return headerClaim(headers, authorization);
}

function headerClaim(headers: Headers, authorization: string): Claim {
    const [name = "", ...rest] = authorization.split(" ");
    checkAlgorithm(name);
    const parts = partsOf(rest.join(" "));
    const date = dateOf(headers);
    const missing = ["Credential", "Signature", "SignedHeaders"]
        .filter((part) => !parts.has(part))
        .map((part) => `Authorization header requires '${part}' parameter.`);
    if (date === undefined) {
        missing.push(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        );
    }
    if (missing.length > 0) throw incomplete(`${missing.join(" ")} Authorization=${name}`);
    return {
        form: "header",
        ...credentialOf(parts.get("Credential") ?? ""),
        signature: parts.get("Signature") ?? "",
        signedHeaders: (parts.get("SignedHeaders") ?? "").split(";"),
        date: date ?? "",
        token: singleHeader(headers, "x-amz-security-token"),
        payload: singleHeader(headers, "x-amz-content-sha256"),
        expiresSeconds: NaN,
    };
}

function partsOf(text: string): Map<string, string> {
    const parts = new Map<string, string>();
    for (const part of text === "" ? [] : text.split(",")) {
        const [pair, key = "", value = ""] = /^ ?([^ =]+)=([^ ]+) ?$/.exec(part) ?? [];
        if (pair === undefined) {
            throw incomplete(
                `'${part.trim()}' not a valid key=value pair in Authorization header.`,
            );
        }
        if (!["Credential", "SignedHeaders", "Signature"].includes(key)) {
            throw incomplete(`Authorization has '${part.trim()}', which is no part of it.`);
        }
        if (parts.has(key)) throw incomplete(`Authorization has '${key}' twice.`);
        parts.set(key, value);
    }
    return parts;
}

function presignedClaim(headers: Headers, query: Query): Claim {
    const once = (name: string) => {
        const values = query.filter(([key]) => key === name);
        if (values.length > 1) throw incomplete(`'${name}' must be in the query once.`);
        return decodedBytes(values[0]?.[1] ?? "");
    };
    checkAlgorithm(once("X-Amz-Algorithm"));
    const [credential = "", signature = "", signedHeaders = "", date = "", expires = ""] =
        presignedParts.map(once);
    const missing = presignedParts
        .filter((name) => once(name) === "")
        .map((name) => `AWS query-string parameters must include '${name}'.`);
    if (missing.length > 0) {
        throw incomplete(`${missing.join(" ")} Re-examine the query-string parameters.`);
    }
    return {
        form: "presigned",
        ...credentialOf(credential),
        signature,
        signedHeaders: signedHeaders.split(";"),
        date,
        token: once("X-Amz-Security-Token"),
        // AWS's JavaScript signer moves the header into the query.
        payload: once("X-Amz-Content-Sha256") || singleHeader(headers, "x-amz-content-sha256"),
        expiresSeconds: /^\d{1,9}$/.test(expires) ? Number(expires) : NaN,
    };
}

const presignedParts = [
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "X-Amz-Date",
    "X-Amz-Expires",
];

function checkAlgorithm(name: string): void {
    if (name === algorithm) return;
    const why = name.startsWith("AWS4-ECDSA-") ? " SigV4a is not emulated." : "";
    throw incomplete(`Unsupported AWS 'algorithm': '${name}'.${why}`);
}

function credentialOf(
    credential: string,
): Pick<Claim, "accessKeyId" | "day" | "region" | "service" | "terminator"> {
    const parts = credential.split("/");
    if (parts.length !== 5) {
        throw incomplete(
            `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'.`,
        );
    }
    const [accessKeyId = "", day = "", region = "", service = "", terminator = ""] = parts;
    return { accessKeyId, day, region, service, terminator };
}

/** `X-Amz-Date`, or else `Date`, which is an HTTP date or in the same basic format. */
function dateOf(headers: Headers): string | undefined {
    const own = singleHeader(headers, "x-amz-date");
    if (own !== undefined) return own;
    const date = singleHeader(headers, "date");
    const time = Date.parse(date ?? "");
    // Date.parse takes much for a date, even one that is not in the calendar.
    if (Number.isNaN(time) || new Date(time).toUTCString() !== date) return date;
    return basicDate(time);
}

/** `YYYYMMDDTHHMMSSZ`. */
export function basicDate(milliseconds: number): string {
    return new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

/** The text behind `%XX`; it stands for Latin-1, in which Node gives headers too. */
function decodedBytes(text: string): string {
    return text.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
        String.fromCharCode(parseInt(hex, 16)),
    );
}
