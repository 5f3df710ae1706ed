import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import aws4 from "aws4";
import fc from "fast-check";
import {
    verifySigV4,
    type AccessKey,
    type SigV4Options,
    type SignedRequest,
} from "../../../local/http/sigv4/verify";

const now = Date.UTC(2026, 10, 21, 12, 0, 0);
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const accessKeyId = "AKIAEXAMPLE000000001";
const options: SigV4Options<AccessKey> = {
    services: ["bedrock-agentcore"],
    regions: ["us-east-1"],
    keyOf: (id) => (id === accessKeyId ? { accessKeyId, secretAccessKey } : undefined),
    now: () => now,
};

function verify(request: SignedRequest, change: Partial<typeof options> = {}): string {
    const verified = verifySigV4(request, { ...options, ...change });
    return verified.result === "verified"
        ? "verified"
        : `${verified.error.httpStatus} ${verified.error.code}: ${verified.error.message}`;
}

interface Parts {
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

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A request signed step by step as AWS's page says, so that each step can be another. */
function signed(change: Partial<Parts> = {}, authorize = (text: string) => text): SignedRequest {
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

const host: [string, string] = ["Host", "127.0.0.1:4780"];
const date: [string, string] = ["X-Amz-Date", "20261121T120000Z"];
const withHeader = (name: string, value: string, canonical: string): Partial<Parts> => ({
    headers: [host, date, [name, value]],
    signedHeaders: ["host", "x-amz-date", name.toLowerCase()].sort().join(";"),
    canonicalHeaders: [
        "host:127.0.0.1:4780",
        "x-amz-date:20261121T120000Z",
        `${name.toLowerCase()}:${canonical}`,
    ].sort(),
});
const withUrl = (url: string, path: string, query = ""): Partial<Parts> => ({
    url,
    canonical: [path, query],
});

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

function at(time: string): Partial<Parts> {
    return {
        date: time,
        headers: [host, ["X-Amz-Date", time]],
        canonicalHeaders: ["host:127.0.0.1:4780", `x-amz-date:${time}`],
    };
}

const refused: [
    name: string,
    Partial<Parts>,
    expected: RegExp,
    authorize?: (text: string) => string,
][] = [
    [
        "five minutes and a second ago",
        at("20261121T115459Z"),
        /^403 InvalidSignatureException: Signature expired: 20261121T115459Z is now earlier than 20261121T115500Z\.$/,
    ],
    [
        "five minutes and a second ahead",
        at("20261121T120501Z"),
        /^403 InvalidSignatureException: Signature not yet current: 20261121T120501Z is still later than 20261121T120500Z\.$/,
    ],
    [
        "a day that is not in the calendar",
        at("20260231T120000Z"),
        /^400 Incomplete.* '20260231T120000Z' is not in the calendar/,
    ],
    [
        "a date in another format",
        at("2026-11-21T12:00:00Z"),
        /^400 Incomplete.*must be YYYYMMDDTHHMMSSZ, not '2026-11-21T12:00:00Z'/,
    ],
    [
        "another day in the scope",
        { day: "20261120" },
        /^403 InvalidSignatureException: Date in Credential scope does not match YYYYMMDD .*'20261120' != '20261121'/,
    ],
    [
        "no date at all",
        { headers: [host], signedHeaders: "host", canonicalHeaders: ["host:127.0.0.1:4780"] },
        /^400 Incomplete.*either an 'X-Amz-Date' or a 'Date' header/,
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
        /^400 Incomplete.*'Host' must be a signed header/,
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
        /^400 Incomplete.*not 'AWS4-ECDSA-P256-SHA256'\. SigV4a is not emulated/,
    ],
    [
        "the algorithm in lower case",
        { algorithm: "aws4-hmac-sha256" },
        /^400 Incomplete.*not 'aws4-hmac-sha256'\.$/,
    ],
    [
        "a bearer token",
        {},
        /^400 Incomplete.*must be AWS4-HMAC-SHA256, not 'Bearer'\.$/,
        () => "Bearer eyJ",
    ],
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
        /^400 Incomplete.*Credential must be/,
        (text) => text.replace("/aws4_request", "/x/aws4_request"),
    ],
    [
        "a credential without its parts",
        {},
        /^400 Incomplete.*Credential must be/,
        (text) => text.replace(/Credential=[^,]*/, "Credential=x"),
    ],
    [
        "an empty signature",
        {},
        /^400 Incomplete.*requires 'Signature'/,
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
        /^400 Incomplete.*Credential must be/,
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
});

describe("signatures made by aws4", () => {
    const text = fc.string({ unit: fc.constantFrom(..."abz09-._~ /?&=+%:@!'()*,;é".split("")) });

    it("are verified whatever the query, headers and body are, and refused with a byte changed", () => {
        fc.assert(
            fc.property(
                fc.array(fc.tuple(text, text), { maxLength: 4 }),
                text,
                fc.string(),
                fc.constantFrom("GET", "POST", "DELETE"),
                (pairs, value, body, method) => {
                    const search = pairs
                        .map(
                            ([name, one]) =>
                                `${encodeURIComponent(`q${name}`)}=${encodeURIComponent(one)}`,
                        )
                        .join("&");
                    const request = aws4.sign(
                        {
                            host: "127.0.0.1:4780",
                            method,
                            path: `/gateway/tools/mcp${search === "" ? "" : `?${search}`}`,
                            service: "bedrock-agentcore",
                            region: "us-east-1",
                            headers: {
                                "X-Amz-Date": "20261121T120000Z",
                                "Content-Type": "application/json",
                                "x-custom": value.replace(/[^ -~]/g, "").trim(),
                            },
                            body,
                        },
                        { accessKeyId, secretAccessKey },
                    );
                    const sent: SignedRequest = {
                        method,
                        url: request.path ?? "",
                        rawHeaders: Object.entries(request.headers ?? {}).flatMap(([name, one]) => [
                            name,
                            String(one),
                        ]),
                        body: Buffer.from(body),
                    };
                    assert.equal(verify(sent), "verified");
                    const changed = { ...sent, body: Buffer.concat([sent.body, Buffer.from([0])]) };
                    assert.match(verify(changed), /^403/);
                    assert.match(verify({ ...sent, url: `${sent.url}~` }), /^403/);
                },
            ),
            { numRuns: 300 },
        );
    });
});
