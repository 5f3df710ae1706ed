import type { SignedRequest } from "../../../local/http/sigv4/verify";

/** A request with one thing changed. */
export interface Change {
    what: string;
    request: SignedRequest;
    /** The header that was touched, in lower case. */
    header?: string;
}

/** A request with one thing changed at a time: each character, byte, parameter and header. */
export function* changes(request: SignedRequest): Generator<Change> {
    yield { what: "method", request: { ...request, method: `${request.method}X` } };
    yield* urlChanges(request);
    for (let at = 0; at < request.body.length; at++) {
        const body = Uint8Array.from(request.body);
        body[at] = (body[at] ?? 0) ^ 1;
        yield { what: `body at ${at}`, request: { ...request, body } };
    }
    const more = Buffer.concat([request.body, Buffer.from(" ")]);
    yield { what: "a body byte more", request: { ...request, body: more } };
    yield* headerChanges(request);
}

function* urlChanges(request: SignedRequest): Generator<Change> {
    const { url } = request;
    for (let at = 0; at < url.length; at++) {
        for (const other of url[at] === "~" ? ["a"] : ["~", "", `${url[at] ?? ""}~`]) {
            const changed = url.slice(0, at) + other + url.slice(at + 1);
            if (isSameByTheRules(url, changed)) continue;
            yield { what: `URL ${changed}`, request: { ...request, url: changed } };
        }
    }
    const [path = "", query] = url.split("?");
    const parts = query?.split("&") ?? [];
    for (const at of parts.keys()) {
        for (const others of [parts.toSpliced(at, 1), parts.toSpliced(at, 0, parts[at] ?? "")]) {
            const changed = `${path}?${others.join("&")}`;
            yield { what: `URL ${changed}`, request: { ...request, url: changed } };
        }
    }
}

/** An equals sign that ends an empty parameter may be left out. */
function isSameByTheRules(one: string, other: string): boolean {
    const [first, second] = [one, other].map((url) => url.replace(/=(?=&|$)/g, ""));
    return first === second;
}

function* headerChanges(request: SignedRequest): Generator<Change> {
    const { rawHeaders } = request;
    for (let at = 0; at < rawHeaders.length; at += 2) {
        const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
        const header = name.toLowerCase();
        const others = rawHeaders.toSpliced(at, 2);
        const variants: Record<string, string[]> = {
            changed: [...others, name, `${value}x`],
            removed: others,
            doubled: [...rawHeaders, name, value],
            "doubled by another": [...rawHeaders, name, `${value}x`],
            renamed: [...others, `${name}x`, value],
        };
        for (const [how, changed] of Object.entries(variants)) {
            yield {
                what: `${name} ${how}`,
                header,
                request: { ...request, rawHeaders: changed },
            };
        }
    }
    yield* authorizationChanges(request);
}

/** Each character of the Authorization header: the scope's parts, the key, the signature. */
function* authorizationChanges(request: SignedRequest): Generator<Change> {
    const { rawHeaders } = request;
    const at = rawHeaders.findIndex((entry) => entry.toLowerCase() === "authorization") + 1;
    const authorization = at === 0 ? "" : (rawHeaders[at] ?? "");
    for (let place = 0; place < authorization.length; place++) {
        const was = authorization[place] ?? "";
        for (const other of ["", was === "0" ? "1" : "0"]) {
            const changed = authorization.slice(0, place) + other + authorization.slice(place + 1);
            // A space between two parts is not needed.
            if (changed.replace(/, /g, ",") === authorization.replace(/, /g, ",")) continue;
            yield {
                what: `Authorization ${changed}`,
                request: { ...request, rawHeaders: rawHeaders.with(at, changed) },
            };
        }
    }
}

/** The names that a request's signature covers, by its own word. */
export function signedHeaders(request: SignedRequest): ReadonlySet<string> {
    const { rawHeaders, url } = request;
    const at = rawHeaders.findIndex((entry) => entry.toLowerCase() === "authorization");
    const text = at < 0 ? decodeURIComponent(url) : (rawHeaders[at + 1] ?? "");
    return new Set(/SignedHeaders=([^,&]+)/.exec(text)?.[1]?.split(";") ?? []);
}
