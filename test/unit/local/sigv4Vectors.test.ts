import assert from "node:assert/strict";
import { verifySigV4, type SignedRequest } from "../../../local/http/sigv4/verify";
import vectors from "../../cases/sigv4/vectors.json";

/**
 * AWS's published test suite: its requests, and the signatures that it publishes, in headers and presigned. The
 * cases with `presigned` are those that AWS keeps today (aws-c-auth, tests/aws-signing-test-suite/v4), the others
 * those of the older aws-sig-v4-test-suite.
 */
interface Vector {
    name: string;
    method: string;
    url: string;
    headers: string[];
    body: string;
    signedHeaders: string;
    signature: string;
    presigned?: { url: string; headers: string[] };
    sessionToken?: string;
    /** `false` where the path is signed as S3 alone has it. */
    normalize?: boolean;
    tokenAddedAfterSigning?: boolean;
}

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

/** What a server is given of a text: a character for each byte. */
const onTheWire = (text: string) => Buffer.from(text).toString("latin1");

function inHeaders(vector: Vector): SignedRequest {
    const { method, url, headers, signedHeaders, body, signature } = vector;
    const credential = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
    return {
        method,
        url: onTheWire(url),
        rawHeaders: [
            ...headers,
            "Authorization",
            `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
        ],
        body: Buffer.from(body),
    };
}

function inQuery({ method, body }: Vector, presigned: { url: string; headers: string[] }) {
    return {
        method,
        url: onTheWire(presigned.url),
        rawHeaders: presigned.headers,
        body: Buffer.from(body),
    };
}

function* changes(request: SignedRequest): Generator<[string, SignedRequest]> {
    const { url, body, rawHeaders } = request;
    yield ["method", { ...request, method: "PUT" }];
    yield ["path", { ...request, url: `/x${url}` }];
    yield ["query", { ...request, url: `${url}${url.includes("?") ? "&" : "?"}x=1` }];
    yield ["body", { ...request, body: Buffer.concat([body, Buffer.from("x")]) }];
    for (let at = 0; at < rawHeaders.length; at += 2) {
        const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
        const others = rawHeaders.toSpliced(at, 2);
        yield [`${name} changed`, { ...request, rawHeaders: [...others, name, `${value}x`] }];
        yield [`${name} removed`, { ...request, rawHeaders: others }];
        yield [`${name} doubled`, { ...request, rawHeaders: [...rawHeaders, name, value] }];
    }
}

function assertHolds(request: SignedRequest, sessionToken: string | undefined): void {
    assert.equal(verify(request, sessionToken), "verified");
    for (const [what, changed] of changes(request)) {
        assert.notEqual(verify(changed, sessionToken), "verified", what);
    }
    assert.match(verify(request, `${sessionToken ?? ""}x`), /security token .* invalid/);
}

/** A path that is in normal form already is signed alike by S3's rule. */
const sameByBothRules = "get-space-unnormalized";

describe("AWS's published SigV4 test vectors", () => {
    for (const vector of vectors as Vector[]) {
        const { name, sessionToken, normalize, tokenAddedAfterSigning, presigned } = vector;
        if (normalize === false && name !== sameByBothRules) {
            it(`${name} is refused, because only S3 leaves the path as it is`, () => {
                assert.match(verify(inHeaders(vector)), /signature we calculated/);
                const query = inQuery(vector, presigned ?? assert.fail());
                assert.match(verify(query), /signature we calculated/);
            });
        } else if (tokenAddedAfterSigning === true) {
            it(`${name} is refused, because its token is not signed`, () => {
                assert.match(
                    verify(inHeaders(vector), sessionToken),
                    /not signed: x-amz-security-token/,
                );
                const query = inQuery(vector, presigned ?? assert.fail());
                assert.match(verify(query, sessionToken), /signature we calculated/);
            });
        } else {
            it(`${name} is verified, and refused with each thing changed`, () => {
                assertHolds(inHeaders(vector), sessionToken);
                if (presigned !== undefined) {
                    assertHolds(inQuery(vector, presigned), sessionToken);
                }
            });
        }
    }
});
