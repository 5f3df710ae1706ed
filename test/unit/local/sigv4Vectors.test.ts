import assert from "node:assert/strict";
import { verifySigV4, type SignedRequest } from "../../../local/http/sigv4/verify";
import vectors from "../../cases/sigv4/vectors.json";

/** AWS's published test suite, aws-sig-v4-test-suite: its requests, and the signatures that it publishes. */
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

function verify(request: SignedRequest, sessionToken?: string): string {
    const verified = verifySigV4(request, {
        services: ["service"],
        keyOf: (accessKeyId) => ({
            accessKeyId,
            secretAccessKey,
            ...(sessionToken !== undefined && { sessionToken }),
        }),
        now: () => Date.UTC(2015, 7, 30, 12, 36),
    });
    return verified.result === "verified" ? "verified" : verified.error.message;
}

type Vector = (typeof vectors)[number] & { sessionToken?: string };

function requestOf({
    method,
    url,
    headers,
    signedHeaders,
    body,
    signature,
}: Vector): SignedRequest {
    const credential = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
    return {
        method,
        url,
        rawHeaders: [
            ...headers,
            "Authorization",
            `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
        ],
        body: Buffer.from(body),
    };
}

describe("AWS's published SigV4 test vectors", () => {
    for (const vector of vectors as Vector[]) {
        const { name, sessionToken } = vector;
        it(`${name} is verified, and refused with each thing changed`, () => {
            const request = requestOf(vector);
            assert.equal(verify(request, sessionToken), "verified");
            const changed: Record<string, SignedRequest> = {
                method: { ...request, method: "PUT" },
                path: { ...request, url: `/x${request.url}` },
                query: {
                    ...request,
                    url: `${request.url}${request.url.includes("?") ? "&" : "?"}x=1`,
                },
                body: { ...request, body: Buffer.concat([request.body, Buffer.from("x")]) },
            };
            vector.headers.forEach((value, at) => {
                if (at % 2 === 0) return;
                const rawHeaders = request.rawHeaders.with(at, `${value}x`);
                changed[`header ${vector.headers[at - 1] ?? ""}`] = { ...request, rawHeaders };
            });
            for (const [what, wrong] of Object.entries(changed)) {
                assert.notEqual(verify(wrong, sessionToken), "verified", what);
            }
            if (sessionToken !== undefined) {
                assert.match(verify(request, `${sessionToken}x`), /security token .* invalid/);
            }
        });
    }
});
