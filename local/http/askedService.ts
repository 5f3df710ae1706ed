import type { RequestHead } from "./requestTarget";

/** What a request asks for that goes to no service of the local cloud, named as far as it says so itself. */
export function askedService(
    { method, headers }: Pick<RequestHead, "method" | "headers">,
    url: string,
): string {
    const target = headers["x-amz-target"];
    const names = [signedService(headers["authorization"], url), target].filter(
        (name) => typeof name === "string" && /^[\w.-]{1,128}$/.test(name),
    );
    const place = `${method} ${url}`;
    return names.length === 0 ? place : `${place} (${names.join(" ")})`;
}

/** The service of a signature's scope, `<date>/<region>/<service>/aws4_request`. */
function signedService(authorization = "", url: string): string | undefined {
    const query = /[?&]X-Amz-Credential=([^&]*)/.exec(url)?.[1] ?? "";
    const credential = /Credential=([^,\s]+)/.exec(authorization)?.[1] ?? decodeURIComponent(query);
    return /\/\d{8}\/[^/]+\/([^/]+)\/aws4_request$/.exec(credential)?.[1];
}
