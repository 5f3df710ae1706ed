import assert from "node:assert/strict";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";
import { verifySigV4, type SignedRequest } from "../../../local/http/sigv4/verify";
import { sigv4Fetch } from "../../../sigv4-fetch/src/index.js";
import { changes, signedHeaders } from "./sigv4Changes";

const key = {
    accessKeyId: "ASIAEXAMPLE000000001",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    sessionToken: "token/with+characters==",
};
const another = { ...key, accessKeyId: "ASIAEXAMPLE000000000", secretAccessKey: "another" };
const scope = { service: "bedrock-agentcore", region: "us-east-1" };
const host = "127.0.0.1:4780";
const path = "/runtimes/arn%3Aaws%3Ab/invocations";
const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';

function verify(request: SignedRequest): string {
    const verified = verifySigV4(request, {
        services: ["bedrock-agentcore", "sts"],
        regions: ["us-east-1"],
        keyOf: (id) => [key, another].find(({ accessKeyId }) => accessKeyId === id),
        now: Date.now,
    });
    return verified.result === "verified" ? "verified" : verified.error.code;
}

/** What goes over the wire for a request of AWS's JavaScript libraries. */
function onTheWire(request: {
    method: string;
    path: string;
    query?: Record<string, string | string[] | null>;
    headers: Record<string, string>;
    body?: unknown;
}): SignedRequest {
    const query = Object.entries(request.query ?? {}).flatMap(([name, values]) =>
        [values].flat().map((value) => `${encode(name)}=${encode(value ?? "")}`),
    );
    return {
        method: request.method,
        url: query.length === 0 ? request.path : `${request.path}?${query.join("&")}`,
        rawHeaders: Object.entries({ ...request.headers, "user-agent": "test" }).flat(),
        body: Buffer.from(typeof request.body === "string" ? request.body : ""),
    };
}

function encode(text: string): string {
    return encodeURIComponent(text);
}

const smithy = new SignatureV4({ ...scope, credentials: key, sha256: Sha256 });
const smithyRequest = {
    method: "POST",
    protocol: "http:",
    hostname: "127.0.0.1",
    path,
    query: { qualifier: "DEFAULT", "a b": ["2", "1", "é+/"] },
    headers: { host, "content-type": "application/json", "x-custom": "a,  b" },
    body,
};

const signers: Record<string, () => Promise<SignedRequest>> = {
    "@smithy/signature-v4": async () => onTheWire(await smithy.sign(smithyRequest)),
    "@smithy/signature-v4, presigned": async () => {
        const { body: _body, ...request } = smithyRequest;
        return onTheWire(await smithy.presign({ ...request, method: "GET" }, { expiresIn: 60 }));
    },
    "the AWS SDK's STS client": async () => {
        let sent: SignedRequest | undefined;
        const client = new STSClient({
            region: "us-east-1",
            endpoint: `http://${host}/sts`,
            credentials: key,
            maxAttempts: 1,
            requestHandler: {
                handle: (request: Parameters<typeof onTheWire>[0]) => {
                    sent = onTheWire(request);
                    return Promise.reject(new Error("captured"));
                },
            },
        });
        const command = new AssumeRoleCommand({
            RoleArn: "arn:aws:iam::444455556666:role/r",
            RoleSessionName: "s",
        });
        await assert.rejects(client.send(command));
        return sent ?? assert.fail("nothing was sent");
    },
    aws4: () => Promise.resolve(aws4Request({})),
    "aws4, presigned": () => Promise.resolve(aws4Request({ signQuery: true, body: "" })),
    "sigv4-fetch": async () => {
        let sent: SignedRequest | undefined;
        const signed = sigv4Fetch({
            ...scope,
            credentials: key,
            fetch: (input, init) => {
                const { pathname, search } = new URL(new Request(input).url);
                const headers = { ...Object.fromEntries(new Headers(init?.headers)), host };
                const url = { path: `${pathname}${search}`, query: {} };
                sent = onTheWire({ method: "POST", ...url, headers, body });
                return Promise.resolve(new Response());
            },
        });
        await signed(`http://${host}${path}?a=1&a=%2B`, { method: "POST", body });
        return sent ?? assert.fail("nothing was sent");
    },
};

function aws4Request(change: { signQuery?: boolean; body?: string }): SignedRequest {
    const { accessKeyId, secretAccessKey, sessionToken } = key;
    const request = aws4.sign(
        {
            host,
            method: change.signQuery === true ? "GET" : "POST",
            path: `${path}?qualifier=DEFAULT&X-Amz-Expires=60&b=%2B`,
            ...scope,
            body,
            headers: change.signQuery === true ? {} : { "content-type": "application/json" },
            ...change,
        },
        { accessKeyId, secretAccessKey, sessionToken },
    );
    const texts = Object.entries(request.headers ?? {}).map(([name, value]) => [
        name,
        String(value),
    ]);
    return onTheWire({
        method: request.method ?? "",
        path: request.path ?? "",
        headers: { Host: host, ...(Object.fromEntries(texts) as Record<string, string>) },
        body: change.body ?? body,
    });
}

describe("a signature made by", () => {
    const saved = { ...process.env };
    before(() => {
        process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
    });
    after(() => {
        process.env = saved;
    });

    for (const [name, sign] of Object.entries(signers)) {
        it(`${name} is verified, and refused with any one thing changed that it covers`, async () => {
            const request = await sign();
            assert.equal(verify(request), "verified");
            const covered = signedHeaders(request);
            const outside = new Set<string>();
            let refused = 0;
            for (const { what, header, request: changed } of changes(request)) {
                // By SigV4's rules a header that is not in SignedHeaders is outside of the signature.
                if (header !== undefined && header !== "authorization" && !covered.has(header)) {
                    assert.equal(verify(changed), "verified", what);
                    outside.add(header);
                } else {
                    assert.notEqual(verify(changed), "verified", what);
                    refused++;
                }
            }
            assert.deepEqual([...outside], ["user-agent"]);
            assert.ok(refused > 400, `${refused} changes were refused`);
        });
    }
});
