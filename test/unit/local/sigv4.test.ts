import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import {
    verifySigV4,
    type AccessKey,
    type SigV4Error,
    type SignedRequest,
} from "../../../local/http/sigv4/verify";
import { sigv4Fetch } from "../../../sigv4-fetch/src/index.js";

const now = Date.UTC(2026, 10, 21, 12, 0, 0);
const key: AccessKey = {
    accessKeyId: "ASIAEXAMPLE000000001",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    sessionToken: "token/with+characters==",
    expiresAt: now + 3600_000,
};
const other: AccessKey = { accessKeyId: "AKIAOTHER00000000001", secretAccessKey: "another" };

function verify(
    request: SignedRequest,
    options: { at?: number; keys?: AccessKey[] } = {},
): "verified" | SigV4Error["code"] {
    const verified = verifySigV4(request, {
        services: ["bedrock-agentcore"],
        regions: ["us-east-1"],
        keyOf: (id) => (options.keys ?? [key, other]).find(({ accessKeyId }) => accessKeyId === id),
        now: () => options.at ?? now,
    });
    return verified.result === "verified" ? "verified" : verified.error.code;
}

/** What a server sees of a request that {@link sigv4Fetch} signed and sent. */
async function captured(
    path: string,
    init: RequestInit = {},
    options: { credentials?: AccessKey; service?: string; region?: string } = {},
): Promise<SignedRequest> {
    const { secretAccessKey, accessKeyId, sessionToken } = options.credentials ?? key;
    let seen: Promise<SignedRequest> | undefined;
    const server = createServer((incoming, outgoing) => {
        seen = requestOf(incoming);
        outgoing.end();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const signed = sigv4Fetch({
        service: options.service ?? "bedrock-agentcore",
        region: options.region ?? "us-east-1",
        credentials: {
            accessKeyId,
            secretAccessKey,
            ...(sessionToken !== undefined && { sessionToken }),
        },
        now: () => now,
    });
    const { port } = server.address() as AddressInfo;
    await (await signed(`http://127.0.0.1:${port}${path}`, init)).arrayBuffer();
    server.closeAllConnections();
    server.close();
    return seen ?? assert.fail("nothing came");
}

async function requestOf(incoming: IncomingMessage): Promise<SignedRequest> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    return {
        method: incoming.method ?? "",
        url: incoming.url ?? "",
        rawHeaders: incoming.rawHeaders,
        body: Buffer.concat(chunks),
    };
}

function header(request: SignedRequest, name: string): string {
    const at = request.rawHeaders.findIndex((entry) => entry.toLowerCase() === name);
    return request.rawHeaders[at + 1] ?? "";
}

function withHeader(request: SignedRequest, name: string, value: string): SignedRequest {
    const rawHeaders = [...request.rawHeaders];
    const at = rawHeaders.findIndex((entry, i) => i % 2 === 0 && entry.toLowerCase() === name);
    if (at < 0) rawHeaders.push(name, value);
    else rawHeaders[at + 1] = value;
    return { ...request, rawHeaders };
}

function withAuthorization(
    request: SignedRequest,
    change: (authorization: string) => string,
): SignedRequest {
    return withHeader(request, "authorization", change(header(request, "authorization")));
}

const post: RequestInit = {
    method: "POST",
    headers: { "content-type": "application/json", "mcp-protocol-version": "2025-11-25" },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
};

describe("a SigV4 signature", () => {
    it("is AWS's own for its published get-vanilla vector", () => {
        const vector: SignedRequest = {
            method: "GET",
            url: "/",
            rawHeaders: [
                "Host",
                "example.amazonaws.com",
                "X-Amz-Date",
                "20150830T123600Z",
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ],
            body: new Uint8Array(),
        };
        const verified = verifySigV4(vector, {
            services: ["service"],
            keyOf: (accessKeyId) => ({
                accessKeyId,
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            }),
            now: () => Date.UTC(2015, 7, 30, 12, 36),
        });
        assert.equal(verified.result, "verified");
    });

    for (const [path, init] of [
        ["/gateway/tools-abcdefghij/mcp", post],
        ["/", {}],
        [
            "/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A1%3Aruntime%2Fm/invocations?qualifier=DEFAULT",
            post,
        ],
        ["/a%20b/(c)*'!/~d", {}],
        ["/a?b=2&a=1&b=1&c", {}],
        ["/a?plus=%2B&space=%20&equals=%3D&utf=%C3%A9", {}],
        ["/binary", { method: "PUT", body: new Uint8Array([0, 255, 128, 10]) }],
        ["/form", { method: "POST", body: new URLSearchParams({ Action: "GetCallerIdentity" }) }],
        ["/spaces", { headers: { "x-custom": "  a   b  " } }],
    ] as [string, RequestInit][]) {
        it(`is verified for ${init.method ?? "GET"} ${path}`, async () => {
            assert.equal(verify(await captured(path, init)), "verified");
        });
    }

    it("is verified with a key that has no session token", async () => {
        assert.equal(verify(await captured("/", post, { credentials: other })), "verified");
    });

    it("is verified in a presigned URL, and refused when it is changed or over", async () => {
        const signer = new SignatureV4({
            service: "bedrock-agentcore",
            region: "us-east-1",
            sha256: Sha256,
            credentials: { ...key, sessionToken: key.sessionToken ?? "" },
        });
        const presigned = await signer.presign(
            {
                method: "GET",
                protocol: "http:",
                hostname: "127.0.0.1",
                path: "/runtimes/a%3Ab/ws",
                query: { qualifier: "DEFAULT" },
                headers: { host: "127.0.0.1" },
            },
            { signingDate: new Date(now), expiresIn: 60 },
        );
        const query = Object.entries(presigned.query ?? {})
            .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
            .join("&");
        const request: SignedRequest = {
            method: "GET",
            url: `/runtimes/a%3Ab/ws?${query}`,
            rawHeaders: ["host", "127.0.0.1"],
            body: new Uint8Array(),
        };
        assert.equal(verify(request), "verified");
        assert.equal(verify(request, { at: now + 59_000 }), "verified");
        assert.equal(verify(request, { at: now + 61_000 }), "InvalidSignatureException");
        const changed = { ...request, url: request.url.replace("DEFAULT", "DEFAULU") };
        assert.equal(verify(changed), "InvalidSignatureException");
    });

    describe("is refused when one thing is changed:", () => {
        let request: SignedRequest;
        before(async () => {
            request = await captured("/gateway/tools-abcdefghij/mcp?a=1&b=2", post);
            assert.equal(verify(request), "verified");
        });

        it("the method", () => {
            assert.equal(verify({ ...request, method: "PUT" }), "InvalidSignatureException");
        });

        it("any character of the path or the query", () => {
            for (let at = 1; at < request.url.length; at++) {
                const url = `${request.url.slice(0, at)}~${request.url.slice(at + 1)}`;
                assert.equal(verify({ ...request, url }), "InvalidSignatureException", url);
            }
        });

        it("any byte of the body, or a byte more", () => {
            for (let at = 0; at < request.body.length; at++) {
                const body = Uint8Array.from(request.body);
                body[at] = (body[at] ?? 0) ^ 1;
                assert.equal(verify({ ...request, body }), "InvalidSignatureException");
            }
            const body = Buffer.concat([request.body, Buffer.from(" ")]);
            assert.equal(verify({ ...request, body }), "InvalidSignatureException");
        });

        it("any signed header", () => {
            const names = /SignedHeaders=([^,]*)/.exec(header(request, "authorization"))?.[1];
            for (const name of names?.split(";") ?? []) {
                const changed = withHeader(request, name, `${header(request, name)}x`);
                assert.notEqual(verify(changed), "verified", name);
            }
        });

        it("any character of the signature", () => {
            const signature = /Signature=(\w+)/.exec(header(request, "authorization"))?.[1] ?? "";
            assert.equal(signature.length, 64);
            for (let at = 0; at < signature.length; at++) {
                const digit = signature[at] === "0" ? "1" : "0";
                const wrong = signature.slice(0, at) + digit + signature.slice(at + 1);
                const changed = withAuthorization(request, (text) =>
                    text.replace(signature, wrong),
                );
                assert.equal(verify(changed), "InvalidSignatureException");
            }
        });

        it("the key, to one that is not there or to another's", () => {
            const unknown = withAuthorization(request, (text) =>
                text.replace(key.accessKeyId, "ASIAEXAMPLE000000002"),
            );
            assert.equal(verify(unknown), "UnrecognizedClientException");
            const another = withAuthorization(request, (text) =>
                text.replace(key.accessKeyId, other.accessKeyId),
            );
            // Its token is not the other key's, which AWS looks at first.
            assert.equal(verify(another), "UnrecognizedClientException");
            const { sessionToken = "" } = key;
            assert.equal(
                verify(another, { keys: [{ ...other, sessionToken }] }),
                "InvalidSignatureException",
            );
        });

        it("the session token, also where only the key's owner changed", () => {
            const changed = withHeader(request, "x-amz-security-token", "another");
            assert.equal(verify(changed), "UnrecognizedClientException");
            const reissued = { ...key, sessionToken: "issued since" };
            assert.equal(verify(request, { keys: [reissued] }), "UnrecognizedClientException");
        });

        it("an x-amz header that is added and not signed", () => {
            const added = withHeader(request, "x-amz-meta", "1");
            assert.equal(verify(added), "InvalidSignatureException");
        });

        it("the clock, by more than five minutes", () => {
            const minutes = 60_000;
            assert.equal(verify(request, { at: now + 4 * minutes }), "verified");
            assert.equal(verify(request, { at: now - 4 * minutes }), "verified");
            assert.equal(verify(request, { at: now + 6 * minutes }), "InvalidSignatureException");
            assert.equal(verify(request, { at: now - 6 * minutes }), "InvalidSignatureException");
        });

        it("the form of the Authorization header", () => {
            for (const change of [
                (text: string) => text.replace(/Credential=[^,]*, /, ""),
                (text: string) => text.replace(/SignedHeaders=[^,]*, /, ""),
                (text: string) => text.replace(/, Signature=\w+/, ""),
                (text: string) => text.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
                (text: string) => text.replace("/aws4_request", ""),
                (text: string) => text.replace("SignedHeaders=", "SignedHeaders=z;"),
                (text: string) => `${text}, ${text.slice(17)}`,
            ]) {
                assert.equal(
                    verify(withAuthorization(request, change)),
                    "IncompleteSignatureException",
                );
            }
            const twice = {
                ...request,
                rawHeaders: [
                    ...request.rawHeaders,
                    "Authorization",
                    header(request, "authorization"),
                ],
            };
            assert.equal(verify(twice), "IncompleteSignatureException");
        });
    });

    it("may have an ordinary header that is not signed", async () => {
        const request = await captured("/", post);
        assert.equal(verify(withHeader(request, "x-forwarded-for", "10.0.0.1")), "verified");
    });

    it("is refused for another service and another region by name", async () => {
        const service = await captured("/", post, { service: "execute-api" });
        assert.equal(verify(service), "InvalidSignatureException");
        const region = await captured("/", post, { region: "us-west-2" });
        assert.equal(verify(region), "InvalidSignatureException");
    });

    it("is missed where there is none", () => {
        assert.equal(
            verify({ method: "POST", url: "/", rawHeaders: ["host", "a"], body: new Uint8Array() }),
            "MissingAuthenticationTokenException",
        );
    });

    it("is expired when its key is", async () => {
        const request = await captured("/", post);
        const expired = { ...key, expiresAt: now - 1 };
        assert.equal(verify(request, { keys: [expired] }), "ExpiredTokenException");
    });
});
