import assert from "node:assert/strict";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";
import fc from "fast-check";
import type { SignedRequest } from "../../../local/http/sigv4/verify";
import { changes, signedHeaders } from "./sigv4Changes";
import { accessKeyId, now, secretAccessKey, verify } from "./sigv4Fixture";

const host = "127.0.0.1:4780";
const signer = new SignatureV4({
    service: "bedrock-agentcore",
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
});

interface Unsigned {
    method: string;
    path: string;
    query: [name: string, value: string][];
    headers: Record<string, string>;
    body: Uint8Array;
}

/** The request that @smithy/signature-v4 signs, as it goes over the wire with that spelling of its query. */
async function signedBySmithy(
    { method, path, query, headers, body }: Unsigned,
    spelled: (text: string) => string = encodeURIComponent,
): Promise<SignedRequest> {
    const bag: Record<string, string[]> = {};
    for (const [name, value] of query) (bag[name] ??= []).push(value);
    const signed = await signer.sign(
        {
            method,
            protocol: "http:",
            hostname: "127.0.0.1",
            path,
            query: bag,
            headers: { host, ...headers },
            body,
        },
        { signingDate: new Date(now) },
    );
    const search = query.map(([name, value]) => `${spelled(name)}=${spelled(value)}`).join("&");
    return {
        method,
        url: search === "" ? path : `${path}?${search}`,
        rawHeaders: Object.entries(signed.headers).flat(),
        body,
    };
}

const segment = fc
    .array(
        fc.constantFrom("a", "Z", "0", ".", "..", "%20", "%2F", "%2f", "%C3%A9", "%zz", "%", "+"),
        { maxLength: 4 },
    )
    .map((pieces) => pieces.join(""));
const path = fc
    .array(fc.oneof(segment, fc.constantFrom("", ".", "..", "(*)", "!'", ":@", "$&,;=", "-_~")), {
        maxLength: 5,
    })
    .map((segments) => `/${segments.join("/")}`);
const text = fc.string({ unit: fc.constantFrom(..."abZ09-._~ /?&=+%:@!'()*,;é☃\t\n".split("")) });
// Objects that JavaScript's signers take would lose it.
const name = text.filter((one) => one !== "__proto__");
const headerValue = fc.string({ unit: fc.constantFrom(..."aZ09 \t,;\"'=+/%-_.".split("")) });
const unsigned: fc.Arbitrary<Unsigned> = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"),
    path,
    query: fc.array(fc.tuple(name, text), { maxLength: 4 }),
    headers: fc.dictionary(
        fc.constantFrom("content-type", "accept", "x-amz-meta", "X-Custom", "mcp-session-id"),
        headerValue,
    ),
    body: fc.uint8Array({ maxLength: 40 }),
});

describe("signatures made by @smithy/signature-v4", () => {
    it("are verified whatever the method, path, query, headers and body are", () =>
        fc.assert(
            fc.asyncProperty(unsigned, async (request) => {
                assert.equal(verify(await signedBySmithy(request)), "verified");
            }),
            { numRuns: 500 },
        ));

    it("are refused with any one thing changed that they cover", () =>
        fc.assert(
            fc.asyncProperty(unsigned, fc.nat(), async (request, number) => {
                const signed = await signedBySmithy({ ...request, path: "/gateway/tools/mcp" });
                const covered = signedHeaders(signed);
                const all = [...changes(signed)].filter(
                    ({ header }) =>
                        header === undefined || header === "authorization" || covered.has(header),
                );
                const { what = "", request: changed = signed } = all[number % all.length] ?? {};
                assert.notEqual(verify(changed), "verified", what);
            }),
            { numRuns: 200 },
        ));

    it("are verified however the query is spelled", () =>
        fc.assert(
            fc.asyncProperty(unsigned, fc.infiniteStream(fc.nat(2)), async (request, choices) => {
                const spelled = (one: string) =>
                    [...Buffer.from(one)]
                        .map((byte) => {
                            const { value: choice } = choices.next() as { value: number };
                            const letter = String.fromCharCode(byte);
                            if (choice === 0 && /[\w.~-]/.test(letter)) return letter;
                            const hex = byte.toString(16).padStart(2, "0");
                            return `%${choice === 1 ? hex : hex.toUpperCase()}`;
                        })
                        .join("");
                assert.equal(verify(await signedBySmithy(request, spelled)), "verified");
            }),
            { numRuns: 300 },
        ));

    const piece = fc.constantFrom(
        ..."a b / . .. %61 %2F %2f %2E + %2B %20 = & ? %3D %26 %25 %2541".split(" "),
    );
    const pieces = (maxLength: number) =>
        fc.array(piece, { maxLength }).map((texts) => texts.join(""));
    const urls = fc.oneof(
        fc.tuple(pieces(7), pieces(7)),
        // Two that differ in one place often read the same.
        fc
            .tuple(pieces(4), piece, piece, pieces(4))
            .map(([start, one, other, end]) => [start + one + end, start + other + end] as const),
    );

    it("hold for another URL exactly where it reads the same", async () => {
        let alike = 0;
        await fc.assert(
            fc.asyncProperty(urls, async (ends) => {
                const [one = "", other = ""] = ends.map((end) => `/${end}`);
                const signed = await signedBySmithy({
                    method: "GET",
                    path: one.split("?")[0] ?? "",
                    query: pairsOf(one),
                    headers: {},
                    body: new Uint8Array(),
                });
                assert.equal(verify({ ...signed, url: one }), "verified");
                const same = readingOf(one) === readingOf(other);
                alike += same ? 1 : 0;
                assert.equal(verify({ ...signed, url: other }) === "verified", same);
            }),
            { numRuns: 2000 },
        );
        assert.ok(alike > 50 && alike < 1000, `${alike} of 2000 pairs read the same`);
    });
});

/** What a server reads of a query: a plus is a plus. */
function pairsOf(url: string): [string, string][] {
    const at = url.indexOf("?");
    const query = at < 0 ? "" : url.slice(at + 1);
    return query
        .split("&")
        .filter((part) => part !== "")
        .map((part) => {
            const [name = "", ...value] = part.split("=").map(decodeURIComponent);
            return [name, value.join("=")];
        });
}

/** What a server reads of a URL: the path without dot segments, still encoded, and the parameters. */
function readingOf(url: string): string {
    const path = url.split("?")[0] ?? "";
    const segments: string[] = [];
    for (const segment of path.split("/")) {
        if (segment === "..") segments.pop();
        else if (!["", "."].includes(segment)) segments.push(segment);
    }
    const folder = segments.length > 0 && path.endsWith("/");
    const pairs = pairsOf(url).map((pair) => JSON.stringify(pair));
    return JSON.stringify([segments, folder, pairs.sort()]);
}

describe("signatures made by aws4", () => {
    const pieces = fc.string({
        unit: fc.constantFrom(..."abz09-._~ /?&=+%:@!'()*,;é".split("")),
    });

    it("are verified whatever the query, headers and body are, and refused with a byte changed", () => {
        fc.assert(
            fc.property(
                fc.array(fc.tuple(pieces, pieces), { maxLength: 4 }),
                pieces,
                fc.string(),
                fc.constantFrom("GET", "POST", "DELETE"),
                (pairs, value, body, method) => {
                    const search = pairs
                        .map(
                            ([one, other]) =>
                                `q${encodeURIComponent(one)}=${encodeURIComponent(other)}`,
                        )
                        .join("&");
                    const request = aws4.sign(
                        {
                            host,
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
                        rawHeaders: Object.entries(request.headers ?? {}).flatMap(
                            ([one, other]) => [one, String(other)],
                        ),
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
