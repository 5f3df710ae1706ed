import { canonicalRequest, headersOf, targetOf } from "../http/sigv4/canonicalRequest";
import { algorithm, basicDate, terminator } from "../http/sigv4/claim";
import { hmac, sha256, signingKey } from "../http/sigv4/signingKey";
import type { AccessKey } from "../http/sigv4/verify";

/** What a signature is for. */
export interface SigningScope {
    service: string;
    region: string;
}

/**
 * The headers of a POST with its SigV4 signature, which covers them all
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). On the verifier's own
 * parts, and so a fifth of the time of AWS's signer, which every call of a tool would pay.
 */
export function signedHeaders(
    post: { url: URL; headers: Readonly<Record<string, string>>; body: string },
    key: AccessKey,
    { service, region }: SigningScope,
    now: number,
): Record<string, string> {
    const { url, body } = post;
    const date = basicDate(now);
    const payloadHash = sha256(body);
    const headers: Record<string, string> = {
        ...post.headers,
        host: url.host,
        "x-amz-content-sha256": payloadHash,
        "x-amz-date": date,
        ...(key.sessionToken !== undefined && { "x-amz-security-token": key.sessionToken }),
    };
    const names = Object.keys(headers).sort();
    const canonical = canonicalRequest({
        method: "POST",
        ...targetOf(url.pathname + url.search),
        headers: headersOf(Object.entries(headers).flat()),
        signedHeaders: names,
        payloadHash,
    });
    const day = date.slice(0, 8);
    const scope = `${day}/${region}/${service}/${terminator}`;
    const signature = hmac(
        signingKey(key.secretAccessKey, day, region, service),
        `${algorithm}\n${date}\n${scope}\n${sha256(canonical)}`,
    ).toString("hex");
    headers["authorization"] =
        `${algorithm} Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
    return headers;
}
