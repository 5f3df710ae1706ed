import assert from "node:assert/strict";
import {
    accessKeyId,
    at,
    date,
    host,
    now,
    secretAccessKey,
    sha256,
    signed,
    type Parts,
    verify,
    withHeader,
    withUrl,
} from "./sigv4Fixture";

const accepted: [name: string, Partial<Parts>, authorize?: (text: string) => string][] = [
    ["nothing odd", {}],
    ["parts without spaces between", {}, (text) => text.replaceAll(", ", ",")],
    ["parts with more spaces between", {}, (text) => text.replaceAll(", ", " ,   ")],
    [
        "parts in another order",
        {},
        (text) => {
            const [start = "", signedHeaders = "", signature = ""] = text.split(", ");
            const [algorithm = "", credential = ""] = start.split(" ");
            return `${algorithm} ${signature}, ${signedHeaders}, ${credential}`;
        },
    ],
    ["a path that is encoded on the wire", withUrl("/a%20b%2Fc", "/a%2520b%252Fc")],
    ["lower-case escapes in the path", withUrl("/a%2fc", "/a%252fc")],
    ["dot segments and doubled slashes", withUrl("/a/./b//../c/", "/a/c/")],
    ["more dot segments than there are folders", withUrl("/../../a", "/a")],
    ["an empty path", withUrl("?a=1", "/", "a=1")],
    ["a query that begins with an equals sign", withUrl("/mcp?=1", "/mcp", "=1")],
    ["an empty query", withUrl("/mcp?", "/mcp")],
    ["a key without a value", withUrl("/mcp?b&a=", "/mcp", "a=&b=")],
    ["a key several times", withUrl("/mcp?a=2&a=1&a=", "/mcp", "a=&a=1&a=2")],
    ["keys sorted by their bytes", withUrl("/mcp?b=1&B=1&aa=1&a=1", "/mcp", "B=1&a=1&aa=1&b=1")],
    ["an equals sign in a value", withUrl("/mcp?a=b=c", "/mcp", "a=b%3Dc")],
    ["a plus", withUrl("/mcp?a=b+c", "/mcp", "a=b%2Bc")],
    ["lower-case escapes in the query", withUrl("/mcp?a=%3a", "/mcp", "a=%3A")],
    ["an unreserved character that is encoded", withUrl("/mcp?a=%7E%41", "/mcp", "a=~A")],
    ["bytes that are no UTF-8", withUrl("/mcp?a=%ff", "/mcp", "a=%FF")],
    ["reserved characters", withUrl("/mcp?a=!'()*:@", "/mcp", "a=%21%27%28%29%2A%3A%40")],
    ["a header with inner spaces", withHeader("X-Custom", "  a \t  b  ", "a b")],
    ["a header in quotes", withHeader("X-Custom", '"a   b"', '"a b"')],
    ["an empty header", withHeader("X-Custom", "", "")],
    [
        "a header twice",
        {
            ...withHeader("X-Custom", "a", "a,b"),
            headers: [host, date, ["X-Custom", "a"], ["x-custom", "b"]],
        },
    ],
    ["a stated digest", withHeader("X-Amz-Content-Sha256", sha256("{}"), sha256("{}"))],
    [
        "a Date header in place of X-Amz-Date",
        {
            headers: [host, ["Date", "Sat, 21 Nov 2026 12:00:00 GMT"]],
            signedHeaders: "date;host",
            canonicalHeaders: ["date:Sat, 21 Nov 2026 12:00:00 GMT", "host:127.0.0.1:4780"],
        },
    ],
    [
        "a Date header in the basic format",
        {
            headers: [host, ["Date", "20261121T120000Z"]],
            signedHeaders: "date;host",
            canonicalHeaders: ["date:20261121T120000Z", "host:127.0.0.1:4780"],
        },
    ],
    ["exactly five minutes ago", { ...at("20261121T115500Z") }],
    ["exactly five minutes ahead", { ...at("20261121T120500Z") }],
];

const refused: [
    name: string,
    Partial<Parts>,
    expected: RegExp,
    authorize?: (text: string) => string,
][] = [
    [
        "five minutes and a second ago",
        at("20261121T115459Z"),
        /^403 InvalidSignatureException: Signature expired: 20261121T115459Z is now earlier than 20261121T115500Z \(20261121T120000Z - 5 min\.\)$/,
    ],
    [
        "five minutes and a second ahead",
        at("20261121T120501Z"),
        /^403 InvalidSignatureException: Signature not yet current: 20261121T120501Z is still later than 20261121T120500Z \(20261121T120000Z \+ 5 min\.\)$/,
    ],
    [
        "a day that is not in the calendar",
        at("20260231T120000Z"),
        /^400 Incomplete.* '20260231T120000Z' is not in the calendar/,
    ],
    [
        "a date in another format",
        at("2026-11-21T12:00:00Z"),
        /^400 Incomplete.*Date must be in ISO-8601 'basic format'\. Got '2026-11-21T12:00:00Z'\./,
    ],
    [
        "another day in the scope",
        { day: "20261120" },
        /^403 InvalidSignatureException: Date in Credential scope does not match YYYYMMDD .*'20261120' != '20261121'/,
    ],
    [
        "no date at all",
        { headers: [host], signedHeaders: "host", canonicalHeaders: ["host:127.0.0.1:4780"] },
        /^400 IncompleteSignatureException: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. Authorization=AWS4-HMAC-SHA256$/,
    ],
    [
        "the date twice",
        { headers: [host, date, date] },
        /^400 Incomplete.*'x-amz-date' must be there once/,
    ],
    [
        "the host twice",
        { headers: [host, host, date] },
        /^400 Incomplete.*'host' must be there once/,
    ],
    [
        "the host unsigned",
        { signedHeaders: "x-amz-date", canonicalHeaders: ["x-amz-date:20261121T120000Z"] },
        /^403 Invalid.*'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization\.$/,
    ],
    [
        "a signed header that is not there",
        {
            signedHeaders: "host;x-amz-date;x-other",
            canonicalHeaders: ["host:127.0.0.1:4780", "x-amz-date:20261121T120000Z", "x-other:"],
        },
        /^403 Invalid.*'x-other' is not in the request/,
    ],
    ["signed headers unsorted", { signedHeaders: "x-amz-date;host" }, /^400 Incomplete.*sorted/],
    [
        "signed headers twice",
        { signedHeaders: "host;host;x-amz-date" },
        /^400 Incomplete.*repetition/,
    ],
    [
        "a malformed escape in the query",
        withUrl("/mcp?a=%zz", "/mcp", "a=%25zz"),
        /^400 Incomplete.*'%zz', which is no percent-encoding/,
    ],
    ["half an escape at the end", withUrl("/mcp?a=%4", "/mcp", "a=%254"), /^400 Incomplete.*'%4'/],
    [
        "chunks, by name",
        withHeader(
            "X-Amz-Content-Sha256",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        ),
        /^403 Invalid.*STREAMING-AWS4-HMAC-SHA256-PAYLOAD: signatures of chunks are not emulated/,
    ],
    [
        "a digest of another body",
        {
            ...withHeader("X-Amz-Content-Sha256", sha256("[]"), sha256("[]")),
            payloadHash: sha256("[]"),
        },
        /^403 Invalid.*'x-amz-content-sha256' header does not match/,
    ],
    [
        "SigV4a, by name",
        { algorithm: "AWS4-ECDSA-P256-SHA256" },
        /^400 Incomplete.*Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'\. SigV4a is not emulated\.$/,
    ],
    [
        "the algorithm in lower case",
        { algorithm: "aws4-hmac-sha256" },
        /^400 Incomplete.*'algorithm': 'aws4-hmac-sha256'\.$/,
    ],
    ["a bearer token", {}, /^400 Incomplete.*'algorithm': 'Bearer'\.$/, () => "Bearer eyJ"],
    [
        "an unknown part",
        {},
        /^400 Incomplete.*'Extra=1', which is no part of it/,
        (text) => `${text}, Extra=1`,
    ],
    ["a comma at the end", {}, /^400 Incomplete/, (text) => `${text},`],
    ["a part twice", {}, /^400 Incomplete.*'Signature' twice/, (text) => `${text}, Signature=0`],
    [
        "an empty Authorization header",
        {},
        /^403 MissingAuthenticationTokenException: Missing Authentication Token$/,
        () => "",
    ],
    [
        "a signature in upper case",
        {},
        /^403 InvalidSignatureException: The request signature we calculated/,
        (text) =>
            text.replace(/Signature=(.*)/, (_, hex: string) => `Signature=${hex.toUpperCase()}`),
    ],
    [
        "a signature that is too short",
        {},
        /^403 InvalidSignatureException: The request signature we calculated/,
        (text) => text.slice(0, -2),
    ],
    [
        "a signature that is no hexadecimal",
        {},
        /^403 InvalidSignatureException/,
        (text) => `${text.slice(0, -1)}g`,
    ],
    [
        "a token that the key does not have",
        withHeader("X-Amz-Security-Token", "t", "t"),
        /^403 UnrecognizedClientException/,
    ],
    [
        "a scope with a part more",
        {},
        /^400 Incomplete.*Credential must have exactly 5 slash-delimited elements/,
        (text) => text.replace("/aws4_request", "/x/aws4_request"),
    ],
    [
        "a credential without its parts",
        {},
        /^400 Incomplete.*Credential must have exactly 5 slash-delimited elements/,
        (text) => text.replace(/Credential=[^,]*/, "Credential=x"),
    ],
    [
        "an empty signature",
        {},
        /^400 Incomplete.*'Signature=' not a valid key=value pair in Authorization header\.$/,
        (text) => text.replace(/Signature=[^,]*$/, "Signature="),
    ],
    [
        "no signed headers",
        {},
        /^400 Incomplete.*requires 'SignedHeaders'/,
        (text) => text.replace(/SignedHeaders=[^,]*, /, ""),
    ],
    [
        "a scope with a part less",
        {},
        /^400 Incomplete.*Credential must have exactly 5 slash-delimited elements/,
        (text) => text.replace("/us-east-1", ""),
    ],
];

describe("a SigV4 signature of odd form", () => {
    for (const [name, change, authorize] of accepted) {
        it(`is verified with ${name}`, () => {
            assert.equal(verify(signed(change, authorize)), "verified");
        });
    }

    for (const [name, change, expected, authorize] of refused) {
        it(`is refused with ${name}`, () => {
            assert.match(verify(signed(change, authorize)), expected);
        });
    }

    it("may leave the body out only where the service takes that", () => {
        const request = signed({
            ...withHeader("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD"),
            payloadHash: "UNSIGNED-PAYLOAD",
        });
        assert.match(verify(request), /UNSIGNED-PAYLOAD: the body must be signed/);
        const other = { ...request, body: Buffer.from("another") };
        assert.equal(verify(other, { unsignedPayload: "accepted" }), "verified");
    });

    it("is refused for another service, another region and an unsigned header by name", () => {
        const request = signed();
        assert.match(
            verify(request, { services: ["sts", "iam"] }),
            /^403 InvalidSignatureException: Credential should be scoped to correct service: 'sts' or 'iam'\.$/,
        );
        assert.match(
            verify(request, { regions: ["eu-central-1"] }),
            /^403 InvalidSignatureException: Credential should be scoped to a valid region, not 'us-east-1'\.$/,
        );
        assert.match(
            verify({ ...request, rawHeaders: [...request.rawHeaders, "X-Amz-Target", "x"] }),
            /^403 InvalidSignatureException: There were headers present in the request which were not signed: x-amz-target\.$/,
        );
    });

    it("is expired from the moment when its key is", () => {
        const expiring = (expiresAt: number) =>
            verify(signed(), { keyOf: () => ({ accessKeyId, secretAccessKey, expiresAt }) });
        assert.equal(expiring(now + 1), "verified");
        assert.match(expiring(now), /^403 ExpiredTokenException: The security token .* expired$/);
    });

    it("is refused with another secret, and the first one still holds", () => {
        const another = { keyOf: () => ({ accessKeyId, secretAccessKey: "another" }) };
        assert.match(verify(signed(), another), /^403 InvalidSignatureException/);
        assert.equal(verify(signed()), "verified");
    });

    it("is verified with more secrets than are kept", () => {
        for (let number = 0; number < 1100; number++) {
            verify(signed(), { keyOf: () => ({ accessKeyId, secretAccessKey: String(number) }) });
        }
        assert.equal(verify(signed()), "verified");
    });

    it("lets an error of the key's source through", () => {
        const fail = () => {
            throw new TypeError("no keys");
        };
        assert.throws(() => verify(signed(), { keyOf: fail }), TypeError);
    });

    it("never says the secret", () => {
        for (const [, change, , authorize] of refused) {
            assert.ok(!verify(signed(change, authorize)).includes(secretAccessKey));
        }
    });
});
