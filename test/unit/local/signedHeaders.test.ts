import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import assert from "node:assert/strict";
import { signedHeaders } from "../../../local/gateway/signedHeaders";
import { runtimeUrl } from "../../../agentcore/runtime";

const key = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };
const scope = { service: "bedrock-agentcore", region: "eu-west-1" };
const now = Date.UTC(2026, 6, 28, 12, 34, 56);
const runtimeArn = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/calc-0123456789";
const aws = new SignatureV4({ ...scope, credentials: key, sha256: Sha256 });

/** The same request, signed by AWS's own signer. */
async function authorizationOf(url: URL, headers: Record<string, string>, body: string) {
    const query = Object.fromEntries(url.searchParams);
    const request = { protocol: url.protocol, hostname: url.hostname, path: url.pathname, query };
    const signed = await aws.sign(
        { method: "POST", ...request, headers: { ...headers, host: url.host }, body },
        { signingDate: new Date(now) },
    );
    return signed.headers;
}

describe("A gateway's signature", () => {
    const cases: [what: string, url: string, headers: Record<string, string>, body: string][] = [
        ["an encoded ARN", runtimeUrl(runtimeArn), { accept: "a/b, c/d" }, '{"jsonrpc":"2.0"}'],
        ["a port", "http://127.0.0.1:4566/bedrock-agentcore/runtimes/x/invocations", {}, "{}"],
        [
            "a query out of order",
            "https://host/mcp?b=2&a=1%202&a%2F=é",
            { "x-a": "b  c" },
            "Zähler",
        ],
        ["no body", "https://host/", { "mcp-name": "=?base64?WsOk?=" }, ""],
    ];
    for (const [what, text, headers, body] of cases) {
        it(`is AWS's own of ${what}`, async () => {
            const url = new URL(text);
            const expected = await authorizationOf(url, headers, body);
            const signed = signedHeaders({ url, headers, body }, key, scope, now);
            assert.deepEqual(signed, { ...headers, ...expected });
        });
    }

    it("needs no session token", () => {
        const { sessionToken: _token, ...user } = key;
        const post = { url: new URL("https://host/"), headers: {}, body: "" };
        const signed = signedHeaders(post, user, scope, now);
        assert.equal("x-amz-security-token" in signed, false);
        assert.doesNotMatch(signed["authorization"] ?? "", /token/);
    });
});
