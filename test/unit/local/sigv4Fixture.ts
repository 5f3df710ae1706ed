import { createHash, createHmac } from "node:crypto";
import {
    verifySigV4,
    type AccessKey,
    type SigV4Options,
    type SignedRequest,
} from "../../../local/http/sigv4/verify";

export const now = Date.UTC(2026, 10, 21, 12, 0, 0);
export const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
export const accessKeyId = "AKIAEXAMPLE000000001";
const options: SigV4Options<AccessKey> = {
    services: ["bedrock-agentcore"],
    regions: ["us-east-1"],
    keyOf: (id) => (id === accessKeyId ? { accessKeyId, secretAccessKey } : undefined),
    now: () => now,
};

/** `verified`, or the refusal in one line. */
export function verify(request: SignedRequest, change: Partial<typeof options> = {}): string {
    const verified = verifySigV4(request, { ...options, ...change });
    return verified.result === "verified"
        ? "verified"
        : `${verified.error.httpStatus} ${verified.error.code}: ${verified.error.message}`;
}

/** The parts of a request and of its signature. */
export interface Parts {
    method: string;
    url: string;
    /** The canonical path and query, as AWS's page has them made. */
    canonical: [path: string, query: string];
    headers: [name: string, value: string][];
    signedHeaders: string;
    canonicalHeaders: string[];
    body: string;
    payloadHash: string;
    date: string;
    day: string;
    algorithm: string;
}

/** Of text as it is on the wire, a character for each byte. */
export const sha256 = (text: string) => createHash("sha256").update(text, "latin1").digest("hex");

/** A request signed step by step as AWS's page says, so that each step can be another. */
export function signed(
    change: Partial<Parts> = {},
    authorize = (text: string) => text,
): SignedRequest {
    const date = change.date ?? "20261121T120000Z";
    const parts: Parts = {
        method: "POST",
        url: "/mcp",
        canonical: ["/mcp", ""],
        headers: [
            ["Host", "127.0.0.1:4780"],
            ["X-Amz-Date", date],
        ],
        signedHeaders: "host;x-amz-date",
        canonicalHeaders: ["host:127.0.0.1:4780", `x-amz-date:${date}`],
        body: "{}",
        payloadHash: sha256(change.body ?? "{}"),
        date,
        day: date.slice(0, 8),
        algorithm: "AWS4-HMAC-SHA256",
        ...change,
    };
    const canonical = [
        parts.method,
        ...parts.canonical,
        ...parts.canonicalHeaders,
        "",
        parts.signedHeaders,
        parts.payloadHash,
    ].join("\n");
    const scope = `${parts.day}/us-east-1/bedrock-agentcore/aws4_request`;
    const toSign = ["AWS4-HMAC-SHA256", parts.date, scope, sha256(canonical)].join("\n");
    const key = [parts.day, "us-east-1", "bedrock-agentcore", "aws4_request"].reduce<
        string | Buffer
    >(
        (secret, part) => createHmac("sha256", secret).update(part).digest(),
        `AWS4${secretAccessKey}`,
    );
    const signature = createHmac("sha256", key).update(toSign).digest("hex");
    const authorization = `${parts.algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${parts.signedHeaders}, Signature=${signature}`;
    return {
        method: parts.method,
        url: parts.url,
        rawHeaders: [...parts.headers, ["Authorization", authorize(authorization)]].flat(),
        body: Buffer.from(parts.body),
    };
}

export const host: [string, string] = ["Host", "127.0.0.1:4780"];
export const date: [string, string] = ["X-Amz-Date", "20261121T120000Z"];
export const withHeader = (name: string, value: string, canonical: string): Partial<Parts> => ({
    headers: [host, date, [name, value]],
    signedHeaders: ["host", "x-amz-date", name.toLowerCase()].sort().join(";"),
    canonicalHeaders: [
        "host:127.0.0.1:4780",
        "x-amz-date:20261121T120000Z",
        `${name.toLowerCase()}:${canonical}`,
    ].sort(),
});
export const withUrl = (url: string, path: string, query = ""): Partial<Parts> => ({
    url,
    canonical: [path, query],
});

/** What is signed at another time. */
export function at(time: string): Partial<Parts> {
    return {
        date: time,
        headers: [host, ["X-Amz-Date", time]],
        canonicalHeaders: ["host:127.0.0.1:4780", `x-amz-date:${time}`],
    };
}
