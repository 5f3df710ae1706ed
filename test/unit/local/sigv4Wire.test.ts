import assert from "node:assert/strict";
import type { SignedRequest } from "../../../local/http/sigv4/verify";
import {
    accessKeyId,
    at,
    date,
    host,
    now,
    secretAccessKey,
    signed,
    verify,
    withHeader,
    withUrl,
} from "./sigv4Fixture";

describe("a SigV4 signature covers what came over the wire, byte by byte:", () => {
    // Node gives headers and URLs as Latin-1, a character for each byte: "é" in UTF-8 is two of them.
    const utf8 = Buffer.from("é").toString("latin1");

    it("a header's bytes, whatever text they are", () => {
        assert.equal(verify(signed(withHeader("X-Custom", utf8, utf8))), "verified");
        assert.equal(verify(signed(withHeader("X-Custom", "\xe9", "\xe9"))), "verified");
    });

    it("a no-break space, which is no white space of HTTP's", () => {
        const request = signed(withHeader("X-Custom", "a\xa0b\xa0", "a\xa0b\xa0"));
        assert.equal(verify(request), "verified");
        const changed = request.rawHeaders.map((text) => text.replaceAll("\xa0", " "));
        assert.match(verify({ ...request, rawHeaders: changed }), /^403 InvalidSignature/);
    });

    it("a folded header, as one line", () => {
        assert.equal(
            verify(signed(withHeader("X-Custom", "a\r\n\t b\r\n c", "a b c"))),
            "verified",
        );
    });

    it("a path's and a query's bytes over 0x7F", () => {
        const request = signed(withUrl(`/${utf8}?${utf8}=%c3\xa9`, "/%C3%A9", "%C3%A9=%C3%A9"));
        assert.equal(verify(request), "verified");
    });

    it("a control character, as two digits", () => {
        assert.equal(verify(signed(withUrl("/\t?\t=1", "/%09", "%09=1"))), "verified");
    });

    it("an empty target as the root", () => {
        assert.equal(verify(signed(withUrl("", "/"))), "verified");
    });

    it("and nothing that is no byte", () => {
        const expected = /^400 Incomplete.*a character over U\+00FF/;
        assert.match(verify(signed(withUrl("/\u0161", "/a"))), expected);
        assert.match(verify(signed(withUrl("/?\u0161", "/", "a="))), expected);
        assert.match(verify(signed(withHeader("X-Custom", "\u0161", "a"))), expected);
    });

    it("a path that ends in dots as the folder without a slash, as the SDKs have it", () => {
        assert.equal(verify(signed(withUrl("/a/b/..", "/a"))), "verified");
        assert.equal(verify(signed(withUrl("/a/.", "/a"))), "verified");
        assert.equal(verify(signed(withUrl("/a/./", "/a/"))), "verified");
        assert.equal(verify(signed(withUrl("/..", "/"))), "verified");
        assert.equal(verify(signed(withUrl("/...", "/..."))), "verified");
    });
});

describe("a SigV4 signature is refused in AWS's words", () => {
    const refusals: [name: string, request: SignedRequest, expected: RegExp][] = [
        [
            "for a target that is a whole URL",
            signed(withUrl("http://127.0.0.1:4780/mcp", "/mcp")),
            /^400 Incomplete.*must be a path, not 'http:\/\/127\.0\.0\.1:4780\/mcp'\.$/,
        ],
        [
            "for a target that is an asterisk",
            signed(withUrl("*", "/*")),
            /^400 Incomplete.*must be a path, not '\*'\.$/,
        ],
        [
            "for each part that is missing",
            { ...signed(), rawHeaders: [...host, "Authorization", "AWS4-HMAC-SHA256"] },
            /^400 IncompleteSignatureException: Authorization header requires 'Credential' parameter\. Authorization header requires 'Signature' parameter\. Authorization header requires 'SignedHeaders' parameter\. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. Authorization=AWS4-HMAC-SHA256$/,
        ],
        [
            "for a space before the key's id",
            signed({}, (text) => text.replace("Credential=", "Credential= ")),
            /^400 Incomplete.*'Credential= AKIA.*' not a valid key=value pair in Authorization header\.$/,
        ],
        [
            "for a space within a part",
            signed({}, (text) => text.replace("host;", "host; ")),
            /^400 Incomplete.*'SignedHeaders=host; x-amz-date' not a valid key=value pair/,
        ],
        [
            "for a word before a part",
            signed({}, (text) => text.replace("Signature=", "x Signature=")),
            /^400 Incomplete.*'x Signature=\w+' not a valid key=value pair/,
        ],
        [
            "for everything that is wrong with the scope at once",
            signed({ day: "20261120" }, (text) =>
                text.replace("us-east-1/bedrock-agentcore/aws4_request", "mars/s3/aws4"),
            ),
            /^403 InvalidSignatureException: Credential should be scoped to a valid region, not 'mars'\. Credential should be scoped to correct service: 'bedrock-agentcore'\. Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'\. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261120' != '20261121', from '20261121T120000Z'\.$/,
        ],
        [
            "for a Date that is not in the calendar",
            dated("Sat, 31 Feb 2026 12:00:00 GMT"),
            /^400 Incomplete.*Got 'Sat, 31 Feb 2026 12:00:00 GMT'/,
        ],
        [
            "for a Date with another day of the week",
            dated("Mon, 21 Nov 2026 12:00:00 GMT"),
            /^400 Incomplete.*Got 'Mon, 21 Nov 2026/,
        ],
        ["for a Date in words", dated("Invalid Date"), /^400 Incomplete.*Got 'Invalid Date'/],
    ];

    function dated(value: string): SignedRequest {
        return signed({
            headers: [host, ["Date", value]],
            signedHeaders: "date;host",
            canonicalHeaders: [`date:${value}`, "host:127.0.0.1:4780"],
        });
    }

    for (const [name, request, expected] of refusals) {
        it(name, () => {
            assert.match(verify(request), expected);
        });
    }
});

describe("a SigV4 signature is refused for the first reason in AWS's order:", () => {
    const wrong = (text: string) => text.replace(/Signature=.*/, `Signature=${"0".repeat(64)}`);
    const session = { accessKeyId, secretAccessKey, sessionToken: "t" };
    const withToken = (token: string) => withHeader("X-Amz-Security-Token", token, token);

    it("the date's form before the scope", () => {
        const request = signed({ ...at("20261121T11550Z"), day: "20261120" }, wrong);
        assert.match(verify(request), /^400 Incomplete.*Date must be/);
    });

    it("the time before the scope", () => {
        const request = signed({ ...at("20261121T115459Z"), day: "20261120" }, wrong);
        assert.match(verify(request), /^403 Invalid.*Signature expired/);
    });

    it("the scope before the key", () => {
        const change = { services: ["sts"], keyOf: () => undefined };
        assert.match(verify(signed({}, wrong), change), /correct service: 'sts'/);
    });

    it("the token before the signature: without it, the key is not known", () => {
        const keyOf = () => session;
        assert.match(verify(signed({}, wrong), { keyOf }), /^403 UnrecognizedClientException/);
        assert.match(
            verify(signed(withToken("other"), wrong), { keyOf }),
            /^403 UnrecognizedClientException/,
        );
        assert.match(verify(signed(withToken("t"), wrong), { keyOf }), /^403 InvalidSignature/);
        assert.equal(verify(signed(withToken("t")), { keyOf }), "verified");
    });

    it("the session's end before the signature", () => {
        const keyOf = () => ({ ...session, expiresAt: now });
        assert.match(
            verify(signed(withToken("t"), wrong), { keyOf }),
            /^403 ExpiredTokenException/,
        );
        // Who does not have the token learns nothing of the session.
        assert.match(verify(signed({}, wrong), { keyOf }), /^403 UnrecognizedClientException/);
    });

    it("the token that is not signed before the signature", () => {
        const request = signed({ headers: [host, date, ["X-Amz-Security-Token", "t"]] }, wrong);
        assert.match(
            verify(request, { keyOf: () => session }),
            /not signed: x-amz-security-token\.$/,
        );
    });
});
