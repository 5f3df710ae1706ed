import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { verifySigV4, type SignedRequest } from "../../local/http/sigv4/verify";
import { pythonOrSkip } from "./python";

const key = {
    accessKeyId: "ASIAEXAMPLE000000001",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    sessionToken: "token/with+characters==",
};

function verify(request: SignedRequest): string {
    const verified = verifySigV4(request, {
        services: ["bedrock-agentcore", "sts"],
        regions: ["us-east-1"],
        keyOf: (id) => (id === key.accessKeyId ? key : undefined),
        now: Date.now,
    });
    return verified.result === "verified" ? "verified" : verified.error.code;
}

/** Keeps each request as it came over the wire. */
class Capture {
    readonly requests: SignedRequest[] = [];
    readonly #server: Server = createServer((incoming, outgoing) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
            this.requests.push({
                method: incoming.method ?? "",
                url: incoming.url ?? "",
                rawHeaders: incoming.rawHeaders,
                body: Buffer.concat(chunks),
            });
            outgoing.end("{}");
        });
    });

    async start(): Promise<string> {
        await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    stop(): void {
        this.#server.closeAllConnections();
        this.#server.close();
    }
}

/** Every request with one thing changed, and the name of what was changed. */
function* changes(request: SignedRequest): Generator<[string, SignedRequest]> {
    yield ["method", { ...request, method: request.method === "PUT" ? "GET" : "PUT" }];
    const [path = "", query] = request.url.split("?");
    for (let at = 1; at < path.length; at++) {
        const changed = `${path.slice(0, at)}~${path.slice(at + 1)}`;
        yield [
            `path at ${at}`,
            { ...request, url: query === undefined ? changed : `${changed}?${query}` },
        ];
    }
    for (const [at, part] of (query?.split("&") ?? []).entries()) {
        const parts = query?.split("&") ?? [];
        for (const [how, other] of [
            ["changed", [`${part}x`]],
            ["removed", []],
            ["doubled", [part, part]],
        ] as const) {
            const url = `${path}?${[...parts.slice(0, at), ...other, ...parts.slice(at + 1)].join("&")}`;
            yield [`query ${part} ${how}`, { ...request, url }];
        }
    }
    for (let at = 0; at < request.body.length; at++) {
        const body = Uint8Array.from(request.body);
        body[at] = (body[at] ?? 0) ^ 1;
        yield [`body at ${at}`, { ...request, body }];
    }
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
        const [name = "", value = ""] = request.rawHeaders.slice(at, at + 2);
        const [before, after] = [request.rawHeaders.slice(0, at), request.rawHeaders.slice(at + 2)];
        const pair = [name, value];
        yield [
            `header ${name} changed`,
            { ...request, rawHeaders: [...before, name, `${value}x`, ...after] },
        ];
        yield [`header ${name} removed`, { ...request, rawHeaders: [...before, ...after] }];
        yield [
            `header ${name} doubled`,
            { ...request, rawHeaders: [...before, ...pair, ...pair, ...after] },
        ];
        if (name.toLowerCase() !== "authorization") continue;
        for (const part of value.split(/[ ,/=;]+/)) {
            const text = value.replace(part, part.startsWith("0") ? `1${part}` : `0${part}`);
            yield [
                `Authorization's ${part}`,
                { ...request, rawHeaders: [...before, name, text, ...after] },
            ];
        }
    }
}

/** Headers that a client does not sign are outside of its signature by SigV4's own rules. */
function isOutside(request: SignedRequest, change: string): boolean {
    const name = /^header (\S+)/.exec(change)?.[1]?.toLowerCase();
    const at = request.rawHeaders.findIndex((entry) => entry.toLowerCase() === "authorization");
    const authorization = request.rawHeaders[at + 1] ?? "";
    const signed =
        /SignedHeaders=([^,&]+)/.exec(
            at < 0 ? decodeURIComponent(request.url) : authorization,
        )?.[1] ?? "";
    return name !== undefined && name !== "authorization" && !signed.split(";").includes(name);
}

function assertHolds(request: SignedRequest): void {
    assert.equal(verify(request), "verified");
    let outside = 0;
    let refused = 0;
    for (const [what, changed] of changes(request)) {
        if (isOutside(request, what)) {
            assert.equal(verify(changed), "verified", what);
            outside++;
        } else {
            assert.notEqual(verify(changed), "verified", what);
            refused++;
        }
    }
    assert.ok(refused > 40 && outside > 0, `${refused} refused, ${outside} outside`);
}

describe("signatures of real clients, with each thing changed", () => {
    const capture = new Capture();
    let url: string;
    before(async () => {
        url = await capture.start();
    });
    after(() => {
        capture.stop();
    });

    it("hold for the AWS SDK for JavaScript", async () => {
        const client = new STSClient({
            endpoint: url,
            region: "us-east-1",
            credentials: key,
            maxAttempts: 1,
        });
        await client.send(new GetCallerIdentityCommand({})).catch(() => undefined);
        assertHolds(capture.requests.pop() ?? assert.fail("nothing came"));
    });

    it("hold for botocore, in headers and presigned, and for mcp-proxy-for-aws", async function () {
        const python = await pythonOrSkip(this, "requirements-newest.txt");
        const { code, stderr } = await python.script("signed_requests.py", [url], {
            AWS_ACCESS_KEY_ID: key.accessKeyId,
            AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
            AWS_SESSION_TOKEN: key.sessionToken,
        });
        assert.equal(code, 0, stderr);
        assert.equal(capture.requests.length, 3);
        for (const request of capture.requests) assertHolds(request);
    });
});
