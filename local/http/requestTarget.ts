import { AwsError } from "../awsError";
import { malformed } from "./earlyRefusal";
import type { HttpRequest } from "./exchange";

/** A request without its body, however it came. */
export type RequestHead = Pick<HttpRequest, "method" | "url" | "rawHeaders" | "headers">;

/** A request's target apart. */
export interface RequestTarget {
    /** Path and query, which the signature covers. */
    url: string;
    vpcEndpointId: string | undefined;
    /** Names the service. */
    prefix: string;
    rest: string;
}

const loopbackHosts = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** A request's target, once it is one that the local cloud may serve. @throws AwsError */
export function targetOf(head: Pick<RequestHead, "url" | "rawHeaders">): RequestTarget {
    // `http://host/path`, as to a proxy, is the same as `/path` (RFC 9112, 3.2.2).
    const [, authority, url = "/"] = /^(?:https?:\/\/([^/?#]*))?(.*)$/is.exec(head.url) ?? [];
    const hosts = head.rawHeaders.filter(
        (value, at) => at % 2 === 1 && head.rawHeaders[at - 1]?.toLowerCase() === "host",
    );
    const [host] = hosts;
    if (host === undefined || hosts.length > 1) {
        throw malformed(`Host: got ${hosts.length} of it; must be there once`);
    }
    // A page in a browser could reach loopback by a name of its own: only loopback names are served.
    for (const name of authority === undefined ? [host] : [host, authority]) {
        if (!loopbackHosts.has(name.replace(/:\d+$/, "").toLowerCase())) {
            throw new AwsError("AccessDeniedException", `Host ${name} is not a loopback name`, 403);
        }
    }
    // A signature covers the path without these, so they must not lead elsewhere than what was signed.
    if (/\/\/|\/\.{1,2}(?:[/?]|$)/.test(url.split("?")[0] ?? "") || isMalformed(url)) {
        throw malformed(`${url} is no normal path: no empty or dot segments, and only %XX`);
    }
    // `/vpce-…/<service>`: the same services, as through a VPC endpoint with that id.
    const [, vpcEndpointId, prefix = "", rest = ""] =
        /^(?:\/(vpce-[0-9a-f]{8,17}))?\/([^/?]*)(.*)$/s.exec(url) ?? [];
    return { url, vpcEndpointId, prefix, rest };
}

/** Whether a URL has a percent sign that encodes nothing, or bytes that are not UTF-8. */
function isMalformed(url: string): boolean {
    if (!url.includes("%")) return false;
    try {
        decodeURIComponent(url);
        return false;
    } catch {
        return true;
    }
}
