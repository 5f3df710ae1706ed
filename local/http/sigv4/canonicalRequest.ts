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
        const value = trimmed(rawHeaders[at + 1] ?? "");
        const values = headers.get(name);
        if (values === undefined) headers.set(name, [value]);
        else values.push(value);
    }
    return headers;
}

/** HTTP's white space only: a no-break space is a byte of the value, not a space. */
function trimmed(value: string): string {
    if (!/^ |[\t\r\n]|  | $/.test(value)) return value;
    return value.replace(/[ \t\r\n]+/g, " ").replace(/^ | $/g, "");
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

/**
 * A request's target apart: the raw path, and the query in canonical form.
 *
 * @throws SigV4Refusal where it is not a path and query (`http://host/`, `*`), or has a malformed escape.
 */
export function targetOf(url: string): { path: string; query: Query } {
    if (!/^(?:[/?]|$)/.test(url)) {
        throw incomplete(`The request's target must be a path, not '${url}'.`);
    }
    const start = url.indexOf("?");
    if (start < 0) return { path: url, query: [] };
    return {
        path: url.slice(0, start),
        query: url
            .slice(start + 1)
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
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), as bytes: what
 * came over the wire is signed, whatever text it stands for.
 *
 * @throws SigV4Refusal where a character is no byte, which nothing that came over a wire has.
 */
export function canonicalRequest(parts: {
    method: string;
    path: string;
    query: Query;
    headers: Headers;
    signedHeaders: readonly string[];
    payloadHash: string;
}): Buffer {
    const { method, path, query, headers, signedHeaders, payloadHash } = parts;
    let canonical = `${method}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n`;
    for (const name of signedHeaders) {
        canonical += `${name}:${(headers.get(name) ?? []).join(",")}\n`;
    }
    canonical += `\n${signedHeaders.join(";")}\n${payloadHash}`;
    if (/[^\0-\xff]/.test(canonical)) throw incomplete("The request has a character over U+00FF.");
    return Buffer.from(canonical, "latin1");
}

/**
 * The path as every service but S3 has it signed: without dot segments and doubled slashes, and encoded once
 * more than it is on the wire. As in AWS's SDKs, only a slash at the end keeps one there: `/a/b/..` is `/a`.
 */
function canonicalPath(path: string): string {
    const segments: string[] = [];
    for (const segment of path.split("/")) {
        if (segment === "..") segments.pop();
        else if (segment !== "" && segment !== ".") segments.push(segment);
    }
    const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
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
 * byte, so that no two different texts become the same. A plus is a plus, `%2B`, as AWS's SDKs found that
 * services have it (https://github.com/smithy-lang/smithy-rs/issues/4227): who reads a query after this must
 * not read it as a space, or `+` and `%2B` would be two things with one signature.
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

/** Percent-encodes all bytes but unreserved characters, per cent signs too. Node gives a URL's bytes as Latin-1. */
function encodeAgain(text: string): string {
    return text.replace(
        /[^\w.~\u0100-\uffff-]/g,
        (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );
}
