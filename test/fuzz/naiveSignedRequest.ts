/**
 * What a signature says of a request, read as plainly as can be: two requests with one text here are the same to
 * SigV4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 *
 * @param bytes the request as it goes over the wire, a character for each byte.
 * @param signedHeaders the names that the signature covers.
 */
export function signedText(
    bytes: string,
    signedHeaders: readonly string[],
    isBodySigned: boolean,
): string {
    const [head = "", ...rest] = bytes.replace(/^[\r\n]+/, "").split("\r\n\r\n");
    const [line = "", ...fields] = head.split("\r\n");
    const [method = "", target = "", version = ""] = line.split(/ +/);
    const headers = headersOf(fields);
    const length = Number(headers.get("content-length")?.[0] ?? 0);
    return JSON.stringify([
        method,
        version.startsWith("HTTP/1."),
        ...targetOf(target),
        signedHeaders.map((name) => [name, headers.get(name)]),
        (headers.get("authorization") ?? []).map(authorizationOf),
        isBodySigned ? rest.join("\r\n\r\n").slice(0, length) : "",
    ]);
}

function headersOf(fields: readonly string[]): Map<string, string[]> {
    const headers = new Map<string, string[]>();
    for (const field of fields) {
        const [, name = "", value = ""] = /^([^:]*):(.*)$/s.exec(field) ?? [];
        const values = headers.get(name.toLowerCase()) ?? [];
        headers.set(name.toLowerCase(), [...values, value.trim().replace(/ +/g, " ")]);
    }
    return headers;
}

/** The path, and the parameters in order; each way to encode a character is the same. */
function targetOf(target: string): [path: string, query: string[]] {
    const [path = "", ...query] = target.replace(/^https?:\/\/[^/?#]*/i, "").split("?");
    const parameters = query
        .join("?")
        .split("&")
        .filter((parameter) => parameter !== "")
        .map((parameter) => {
            const [name = "", ...value] = parameter.split("=");
            return `${decoded(name)}=${decoded(value.join("="))}`;
        });
    return [decoded(path), parameters.sort()];
}

function decoded(text: string): string {
    return text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
        String.fromCharCode(parseInt(hex, 16)),
    );
}

/** The header's parts in order, whatever the space between them. */
function authorizationOf(value: string): string[] {
    return value
        .replace(/^AWS4-HMAC-SHA256\s+/, "AWS4-HMAC-SHA256,")
        .split(",")
        .map((part) => part.trim())
        .sort();
}
