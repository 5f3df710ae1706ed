import assert from "node:assert/strict";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";
import type { SignedRequest } from "../../../local/http/sigv4/verify";
import { accessKeyId, now, secretAccessKey, sha256, verify } from "./sigv4Fixture";

describe("a presigned URL", () => {
    const query = (change: Record<string, string> = {}) => ({
        "X-Amz-Expires": "60",
        "X-Amz-Date": "20261121T120000Z",
        ...change,
    });
    const presigned = (change: Record<string, string> = {}): SignedRequest => {
        const search = new URLSearchParams(query(change)).toString();
        const request = aws4.sign(
            {
                host: "127.0.0.1:4780",
                path: `/ws?${search}`,
                service: "bedrock-agentcore",
                region: "us-east-1",
                signQuery: true,
            },
            { accessKeyId, secretAccessKey },
        );
        return {
            method: "GET",
            url: request.path ?? "",
            rawHeaders: ["Host", "127.0.0.1:4780"],
            body: new Uint8Array(),
        };
    };

    it("is verified until it is over", () => {
        assert.equal(verify(presigned()), "verified");
        assert.equal(verify(presigned(), { now: () => now + 60_000 }), "verified");
        assert.match(
            verify(presigned(), { now: () => now + 60_001 }),
            /^403 Invalid.*expired: 20261121T120000Z and 60 s/,
        );
        assert.match(
            verify(presigned(), { now: () => now - 300_001 }),
            /^403 Invalid.*not yet current/,
        );
    });

    it("holds from a second to seven days", () => {
        assert.equal(verify(presigned({ "X-Amz-Expires": "1" })), "verified");
        assert.equal(verify(presigned({ "X-Amz-Expires": "604800" })), "verified");
        for (const seconds of ["0", "604801", "-1", "1.5", "x", "9999999999"]) {
            assert.match(
                verify(presigned({ "X-Amz-Expires": seconds })),
                /^400 Incomplete.*X-Amz-Expires must be 1-604800 seconds/,
            );
        }
    });

    it("is refused with a part missing, twice, or beside a header", () => {
        const request = presigned();
        const change = (url: string, headers: string[] = []) =>
            verify({ ...request, url, rawHeaders: [...request.rawHeaders, ...headers] });
        for (const name of ["Credential", "SignedHeaders", "Signature", "Date", "Expires"]) {
            assert.match(
                change(
                    request.url.replace(
                        new RegExp(`&X-Amz-${name}=[^&]*|X-Amz-${name}=[^&]*&`),
                        "",
                    ),
                ),
                new RegExp(`^400 Incomplete.*'X-Amz-${name}'`),
            );
            assert.match(change(`${request.url}&X-Amz-${name}=1`), /^400 Incomplete.*once/);
        }
        assert.match(
            change(request.url, ["Authorization", "AWS4-HMAC-SHA256 x"]),
            /^400 Incomplete.*Only one/,
        );
        assert.match(
            change(request.url.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")),
            /^400 Incomplete.*SigV4a/,
        );
        assert.match(change(`${request.url}&more=1`), /^403 InvalidSignature/);
        assert.match(change(request.url.replace("/ws", "/wt")), /^403 InvalidSignature/);
    });

    it("says every part that is missing", () => {
        assert.match(
            verify({ ...presigned(), url: "/ws?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=" }),
            /^400 IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-Credential'\. AWS query-string parameters must include 'X-Amz-Signature'\. AWS query-string parameters must include 'X-Amz-SignedHeaders'\. AWS query-string parameters must include 'X-Amz-Date'\. AWS query-string parameters must include 'X-Amz-Expires'\. Re-examine the query-string parameters\.$/,
        );
    });

    it("may say its body's digest in the query, as AWS's JavaScript signer does", async () => {
        const body = Buffer.from("{}");
        const stating = async (digest: string, unhoistable: string[] = []) => {
            const { query: signed = {}, headers } = await new SignatureV4({
                service: "bedrock-agentcore",
                region: "us-east-1",
                credentials: { accessKeyId, secretAccessKey },
                sha256: Sha256,
            }).presign(
                {
                    method: "PUT",
                    protocol: "http:",
                    hostname: "127.0.0.1",
                    path: "/ws",
                    headers: { host: "127.0.0.1:4780", "X-Amz-Content-Sha256": digest },
                },
                { signingDate: new Date(now), unhoistableHeaders: new Set(unhoistable) },
            );
            const search = Object.entries(signed).map(
                ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
            );
            const url = `/ws?${search.join("&")}`;
            return { method: "PUT", url, rawHeaders: Object.entries(headers).flat(), body };
        };
        assert.equal(verify(await stating(sha256("{}"))), "verified");
        assert.match(verify(await stating(sha256("[]"))), /^403 Invalid.*does not match what was/);
        const unsigned = await stating("UNSIGNED-PAYLOAD");
        assert.match(verify(unsigned), /^403 Invalid.*UNSIGNED-PAYLOAD: the body must be signed/);
        assert.equal(verify(unsigned, { unsignedPayload: "accepted" }), "verified");
        const inHeader = await stating("UNSIGNED-PAYLOAD", ["x-amz-content-sha256"]);
        assert.match(verify(inHeader), /^403 Invalid.*UNSIGNED-PAYLOAD: the body must be signed/);
        const chunks = await stating("STREAMING-UNSIGNED-PAYLOAD-TRAILER");
        assert.match(verify(chunks), /STREAMING-UNSIGNED-PAYLOAD-TRAILER: signatures of chunks/);
    });

    it("is over when its session is", () => {
        const keyOf = () => ({ accessKeyId, secretAccessKey, expiresAt: now + 30_000 });
        const request = presigned();
        assert.equal(verify(request, { keyOf, now: () => now + 29_999 }), "verified");
        assert.match(
            verify(request, { keyOf, now: () => now + 30_000 }),
            /^403 ExpiredTokenException/,
        );
    });
});
