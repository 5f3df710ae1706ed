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
    signedHeaders: readonly string[];
    signature: string;
    /** As it is signed, `YYYYMMDDTHHMMSSZ`. */
    date: string;
    token: string | undefined;
    /** How long a presigned URL holds; NaN where it does not say so, and in a header. */
    expiresSeconds: number;
}

export const algorithm = "AWS4-HMAC-SHA256";

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
    if (presigned) return presignedClaim(query);
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
    const parts = new Map<string, string>();
    for (const part of rest.join(" ").split(",")) {
        const at = part.indexOf("=");
        const key = part.slice(0, Math.max(at, 0)).trim();
        if (!["Credential", "SignedHeaders", "Signature"].includes(key)) {
            throw incomplete(`Authorization has '${part.trim()}', which is no part of it.`);
        }
        if (parts.has(key)) throw incomplete(`Authorization has '${key}' twice.`);
        parts.set(key, part.slice(at + 1).trim());
    }
    return {
        form: "header",
        ...credentialOf(required(parts.get("Credential"), "Credential")),
        signature: required(parts.get("Signature"), "Signature"),
        signedHeaders: required(parts.get("SignedHeaders"), "SignedHeaders").split(";"),
        date: dateOf(headers),
        token: singleHeader(headers, "x-amz-security-token"),
        expiresSeconds: NaN,
    };
}

function presignedClaim(query: Query): Claim {
    const once = (name: string) => {
        const values = query.filter(([key]) => key === name);
        if (values.length > 1) throw incomplete(`'${name}' must be in the query once.`);
        return values[0] === undefined ? undefined : decodeURIComponentBytes(values[0][1]);
    };
    checkAlgorithm(once("X-Amz-Algorithm") ?? "");
    const expires = required(once("X-Amz-Expires"), "X-Amz-Expires");
    return {
        form: "presigned",
        ...credentialOf(required(once("X-Amz-Credential"), "X-Amz-Credential")),
        signature: required(once("X-Amz-Signature"), "X-Amz-Signature"),
        signedHeaders: required(once("X-Amz-SignedHeaders"), "X-Amz-SignedHeaders").split(";"),
        date: required(once("X-Amz-Date"), "X-Amz-Date"),
        token: once("X-Amz-Security-Token"),
        expiresSeconds: /^\d{1,9}$/.test(expires) ? Number(expires) : NaN,
    };
}

function checkAlgorithm(name: string): void {
    if (name === algorithm) return;
    const why = name.startsWith("AWS4-ECDSA-") ? " SigV4a is not emulated." : "";
    throw incomplete(`The signing algorithm must be ${algorithm}, not '${name}'.${why}`);
}

function credentialOf(
    credential: string,
): Pick<Claim, "accessKeyId" | "day" | "region" | "service"> {
    const match = /^([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential);
    if (match === null) {
        throw incomplete("Credential must be <key>/<date>/<region>/<service>/aws4_request.");
    }
    const [, accessKeyId = "", day = "", region = "", service = ""] = match;
    return { accessKeyId, day, region, service };
}

/** `X-Amz-Date`, or else `Date`, which is an HTTP date or in the same basic format. */
function dateOf(headers: Headers): string {
    const own = singleHeader(headers, "x-amz-date");
    if (own !== undefined) return own;
    const date = singleHeader(headers, "date");
    if (date === undefined) {
        throw incomplete("Authorization requires either an 'X-Amz-Date' or a 'Date' header.");
    }
    const time = /^[A-Z][a-z]{2}, .* GMT$/.test(date) ? Date.parse(date) : NaN;
    return Number.isNaN(time) ? date : basicDate(time);
}

/** `YYYYMMDDTHHMMSSZ`. */
export function basicDate(milliseconds: number): string {
    return new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function required(value: string | undefined, name: string): string {
    if (value === undefined || value === "") throw incomplete(`Authorization requires '${name}'.`);
    return value;
}

/** The text behind `%XX`; it stands for Latin-1, in which Node gives headers too. */
function decodeURIComponentBytes(text: string): string {
    return text.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
        String.fromCharCode(parseInt(hex, 16)),
    );
}
