import assert from "node:assert/strict";
import fc from "fast-check";
import type { Asked, FuzzCloud, Signed } from "./fuzzCloud";
import { mutated, mutations, type Mutation } from "./mutations";
import { signedText } from "./naiveSignedRequest";
import { converse, type RawResponse } from "./rawSocket";
import { restyled, styles, type Style } from "./restyle";
import { target, withInput, type FuzzTarget } from "./target";

/** What heads are written with, and what a reader of them may stumble over. */
const words = [
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\r\n ",
    " ",
    "\t",
    "\0",
    "\x80",
    ":",
    ";",
    ",",
    "=",
    "%",
    "%2F",
    "%2e%2e",
    "%00",
    "%zz",
    "%C3%28",
    "/",
    "//",
    "/../",
    "?",
    "&",
    "#",
    "+",
    "GET",
    "PUT",
    "HEAD",
    "OPTIONS",
    "CONNECT",
    "HTTP/1.0",
    "HTTP/2.0",
    "http://127.0.0.1",
    "http://evil.example",
    "localhost",
    "/vpce-0123456789abcdef0",
    "/sts",
    "/iam",
    "/_hub",
    "/lambda",
    "__proto__",
    "\r\nContent-Length: 0",
    "\r\nContent-Length: 7",
    "\r\nContent-Length: 99999999999",
    "\r\nTransfer-Encoding: chunked",
    "\r\nConnection: keep-alive",
    "\r\nExpect: 100-continue",
    "\r\nUpgrade: websocket",
    "\r\nHost: 127.0.0.1",
    "\r\nX-Amz-Date: 20261121T120000Z",
    "\r\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD",
    "\r\nX-Amz-Security-Token: x",
    "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0",
    "\r\nAuthorization: Basic eDp5",
    "AWS4-HMAC-SHA256",
    "AWS4-ECDSA-P256-SHA256",
    "aws4_request",
    "Credential=",
    "SignedHeaders=",
    "Signature=",
    "host;x-amz-date",
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&",
    "X-Amz-Signature=",
    "X-Amz-Expires=604801",
    "us-east-1",
    "execute-api",
];

const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
const forms = {
    header: {},
    query: { signQuery: true },
    "unsigned payload": { headers: { "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" } },
} as const satisfies Record<string, Partial<Asked>>;
type Form = keyof typeof forms;

interface Input {
    isGranted: boolean;
    form: Form;
    part: "whole" | "head" | "signature" | "body";
    style: Style;
    mutation: Mutation;
}

/**
 * A request to a gateway whose head or signature is changed is answered by HTTP; it succeeds only where it is
 * still the same to SigV4, and never for whom the policies deny.
 */
export function headers(cloud: FuzzCloud): FuzzTarget {
    const path = new URL(cloud.hub.gateway().gatewayUrl).pathname;
    const check = async ({ isGranted, form, part, style, mutation }: Input): Promise<void> => {
        const key = cloud.caller(isGranted ? "granted" : "denied");
        const signed = cloud.sign(key, { path, body, ...forms[form] });
        const original = onTheWire(signed);
        const same = restyled(original, style);
        const sent = withPartChanged(same, part, (text) => mutated(text, mutation));
        const { responses, received, closedBy } = await converse(cloud.port, sent);
        withInput(`${form} of who is ${isGranted ? "granted" : "denied"}`, sent, () => {
            cloud.assertNoFault();
            assert.ok(responses !== undefined, `no HTTP response: ${JSON.stringify(received)}`);
            assert.ok(responses.length > 0 || closedBy === "client" || sent === "", "no answer");
            for (const { httpStatus } of responses) {
                assert.ok(statuses.has(httpStatus), `status ${httpStatus}`);
            }
            if (sent === same) assert.equal(responses[0]?.httpStatus, isGranted ? 200 : 403);
            if (!responses.some(isAuthenticated)) return;
            assert.ok(isGranted || !responses.some(isServed), `served who is denied: ${received}`);
            const read = (bytes: string) =>
                signedText(bytes, signedNames(signed), form !== "unsigned payload");
            assert.equal(read(sent), read(original), "took for signed what was not");
        });
    };
    const inputs: fc.Arbitrary<Input> = fc.record({
        isGranted: fc.boolean(),
        form: fc.constantFrom<Form>("header", "header", "query", "unsigned payload"),
        part: fc.constantFrom("whole", "head", "signature", "signature", "body"),
        style: styles,
        mutation: mutations(words, { hasStrings: false }),
    });
    return target("headers", inputs, check);
}

/** What the local cloud answers before a gateway is asked, and a gateway before its targets are. */
const statuses: ReadonlySet<number> = new Set([
    ...[200, 202],
    ...[400, 401, 403, 404, 405, 408, 413, 417, 431],
    // NotEmulated: no such service.
    501,
]);

/** Whether the gateway took who asks for the caller, whatever it answered then. */
function isAuthenticated({ httpStatus, body }: RawResponse): boolean {
    const isRefused = httpStatus === 401 || httpStatus === 413 || body.includes('"code":-32001,');
    return httpStatus < 300 || (body.includes('"jsonrpc"') && !isRefused);
}

function isServed(response: RawResponse): boolean {
    return isAuthenticated(response) && !response.body.includes('"code":-32002,');
}

function onTheWire({ method, path, headers, body }: Signed): string {
    const lines = Object.entries({ ...headers, Connection: "close", "Content-Length": body.length })
        .filter(([name], index, all) => lastOf(all, name) === index)
        .map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/** Where a header stands last, whatever the case of its name. */
function lastOf(all: readonly [string, unknown][], name: string): number {
    return all.findLastIndex(([other]) => other.toLowerCase() === name.toLowerCase());
}

function withPartChanged(
    request: string,
    part: Input["part"],
    change: (text: string) => string,
): string {
    const headEnd = request.indexOf("\r\n\r\n");
    const [signature = ""] = /Authorization:[^\r]*|X-Amz-[^ ]*/i.exec(request) ?? [];
    const at = request.indexOf(signature);
    switch (part) {
        case "whole":
            return change(request);
        case "head":
            return change(request.slice(0, headEnd)) + request.slice(headEnd);
        case "body": {
            const start = headEnd + "\r\n\r\n".length;
            return request.slice(0, start) + change(request.slice(start));
        }
        case "signature":
            return request.slice(0, at) + change(signature) + request.slice(at + signature.length);
    }
}

function signedNames({ headers, path }: Signed): string[] {
    const text = `${headers["Authorization"] ?? ""}&${decodeURIComponent(path)}`;
    return /SignedHeaders=([^,&]+)/.exec(text)?.[1]?.split(";") ?? [];
}
