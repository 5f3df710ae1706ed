import { incomplete } from "./refusal";

/** Header values by lower-case name, each as it is signed: trimmed, inner white space as one space. */
export type Headers = ReadonlyMap<string, readonly string[]>;
/** Query parameters in canonical form, in the order of the URL. */
export type Query = readonly (readonly [name: string, value: string])[];

/** The headers of a request, repeated ones in the order in which they came. */
export function headersOf(rawHeaders: readonly string[]): Headers {
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

/**
 * A header that a signature rests on, and that must not be there twice: it would be a matter of taste which
 * of them counts.
 *
 * @throws SigV4Refusal
 */
export function singleHeader(headers: Headers, name: string): string | undefined {
    const values = headers.get(name) ?? [];
    if (values.length > 1) throw incomplete(`The header '${name}' must be there once.`);
    return values[0];
}

/** A request's target apart: the raw path, and the query in canonical form. */
export function targetOf(url: string): { path: string; query: Query } {
    const start = url.indexOf("?");
    const path = start < 0 ? url : url.slice(0, start);
    const query = start < 0 ? "" : url.slice(start + 1);
    return {
        path,
        query: query
            .split("&")
            .filter((part) => part !== "")
            .map((part) => {
                const at = part.indexOf("=");
                return at < 0
                    ? [canonicalText(part), ""]
                    : [canonicalText(part.slice(0, at)), canonicalText(part.slice(at + 1))];
            }),
    };
}

/**
 * The canonical request
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
export function canonicalRequest(parts: {
    method: string;
    path: string;
    query: Query;
    headers: Headers;
    signedHeaders: readonly string[];
    payloadHash: string;
}): string {
    const { method, path, query, headers, signedHeaders, payloadHash } = parts;
    return [
        method,
        canonicalPath(path),
        canonicalQuery(query),
        ...signedHeaders.map((name) => `${name}:${(headers.get(name) ?? []).join(",")}`),
        "",
        signedHeaders.join(";"),
        payloadHash,
    ].join("\n");
}

/**
 * The path as every service but S3 has it signed: without dot segments and doubled slashes, and encoded once
 * more than it is on the wire.
 */
function canonicalPath(path: string): string {
    const segments: string[] = [];
    for (const segment of path.split("/")) {
        if (segment === "..") segments.pop();
        else if (segment !== "" && segment !== ".") segments.push(segment);
    }
    const end = segments.length > 0 && /\/\.{0,2}$/.test(path) ? "/" : "";
    return `/${segments.map(encodeAgain).join("/")}${end}`;
}

function canonicalQuery(query: Query): string {
    return [...query]
        .sort(([name, value], [other, otherValue]) => {
            return compare(name, other) || compare(value, otherValue);
        })
        .map(([name, value]) => `${name}=${value}`)
        .join("&");
}

function compare(one: string, other: string): number {
    return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * A name or value of the query: unreserved characters as they are, all others as `%XX`. It is done byte by
 * byte, so that no two different texts become the same; a plus stays a plus, `%2B`.
 */
function canonicalText(text: string): string {
    if (/^[\w.~-]*$/.test(text)) return text;
    return text.replace(/%(..?)?|[^\w.~-]/gs, (part: string, hex: string | undefined) => {
        if (!part.startsWith("%")) return encodeAgain(part);
        if (hex === undefined || !/^[0-9a-f]{2}$/i.test(hex)) {
            throw incomplete(`The query has '${part}', which is no percent-encoding.`);
        }
        const character = String.fromCharCode(parseInt(hex, 16));
        return /[\w.~-]/.test(character) ? character : `%${hex.toUpperCase()}`;
    });
}

/** Percent-encodes all but unreserved characters, per cent signs too. Node gives a URL's bytes as Latin-1. */
function encodeAgain(text: string): string {
    return text.replace(/[^\w.~-]/g, (character) =>
        [...Buffer.from(character, "latin1")]
            .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
            .join(""),
    );
}
