import assert from "node:assert/strict";
import { AwsError } from "../../../local/awsError";
import {
    xmlError,
    type HttpRequest,
    type HttpResponse,
    type OwnRequest,
} from "../../../local/http/exchange";
import { HttpServer } from "../../../local/http/server";

const ids = /^[0-9a-f-]{36}$/;

describe("A request that the local cloud makes of itself", () => {
    const errors: unknown[] = [];
    let request: HttpRequest | undefined;
    const body = new Uint8Array([1, 2, 3]);
    const keep = (given: HttpRequest): HttpResponse => {
        request = given;
        return { httpStatus: 202, headers: { "x-a": "b" }, body };
    };
    const server = new HttpServer(
        {
            keep,
            sts: { answer: keep, refuse: xmlError, maxBodyBytes: 3 },
            fails: () => {
                throw new Error("a fault");
            },
            refuses: () => {
                throw new AwsError("Refused", "no", 409);
            },
        },
        (error) => errors.push(error),
    );
    beforeEach(() => {
        request = undefined;
    });
    afterEach(() => {
        assert.deepEqual(errors.splice(0), []);
    });

    const { signal } = new AbortController();
    const host = "127.0.0.1:4566";
    const ask = (url: string, more: Partial<OwnRequest> = {}) =>
        server.answer({ ...{ method: "POST", url, headers: { host }, body, signal }, ...more });
    const textOf = ({ body: text }: HttpResponse) => {
        assert.equal(typeof text, "string");
        return text as string;
    };
    const message = (answer: HttpResponse) =>
        (JSON.parse(textOf(answer)) as { message: string }).message;

    it("comes to its service as over a connection", async () => {
        const headers = { host, "x-a": "b", "user-agent": "gateway/1" };
        const answer = await ask("/keep/a%2Fb?c=d", { headers });
        assert.match(answer.headers["x-amzn-requestid"] ?? "", ids);
        const { requestId, ...rest } = request ?? assert.fail();
        assert.equal(requestId, answer.headers["x-amzn-requestid"]);
        assert.deepEqual(
            { ...rest },
            {
                ...{ method: "POST", url: "/keep/a%2Fb?c=d", path: "/a%2Fb?c=d", headers, body },
                rawHeaders: ["host", host, "x-a", "b", "user-agent", "gateway/1"],
                origin: { sourceIp: "127.0.0.1", userAgent: "gateway/1" },
                signal,
            },
        );
        assert.equal(rest.signal, signal);
        assert.equal(answer.body, body);
        assert.equal(answer.httpStatus, 202);
        assert.equal(answer.headers["x-a"], "b");
    });

    it("comes through a VPC endpoint where its path says so", async () => {
        await ask("/vpce-01234567/keep");
        assert.deepEqual(request?.origin, {
            ...{ sourceIp: "127.0.0.1", vpcEndpointId: "vpce-01234567" },
        });
    });

    const refused: [what: string, url: string, more: Partial<OwnRequest>, status: number][] = [
        ["to a host that is not loopback", "/keep", { headers: { host: "example.com" } }, 403],
        ["to a proxied host that is not loopback", "http://example.com/keep", {}, 403],
        ["without a host", "/keep", { headers: {} }, 400],
        ["with dot segments", "/keep/../sts", {}, 400],
        ["with an escape that is none", "/keep/%zz", {}, 400],
        ["with headers over 16 KB", "/keep", { headers: { host, a: "b".repeat(16 * 1024) } }, 431],
        ["to a service that is not there", "/dynamodb", {}, 501],
    ];
    for (const [what, url, more, status] of refused) {
        it(`is refused ${what}`, async () => {
            const answer = await ask(url, more);
            assert.equal(answer.httpStatus, status, textOf(answer));
            assert.match(answer.headers["x-amzn-requestid"] ?? "", ids);
            assert.equal(request, undefined);
        });
    }

    it("is refused in the service's words where its body is over the service's bound", async () => {
        assert.equal((await ask("/sts")).httpStatus, 202);
        request = undefined;
        const answer = await ask("/sts", { body: new Uint8Array(4) });
        assert.equal(answer.httpStatus, 413);
        assert.match(textOf(answer), /^<ErrorResponse>.*got 4 bytes or more; must be at most 3/s);
        assert.equal(request, undefined);
    });

    it("is answered by what its service throws", async () => {
        const answer = await ask("/refuses");
        assert.equal(answer.httpStatus, 409);
        assert.equal(message(answer), "no");
    });

    it("is answered by a failure of the local cloud", async () => {
        const answer = await ask("/fails");
        assert.equal(answer.httpStatus, 500);
        assert.match(message(answer), /a fault/);
        assert.match(String(errors.splice(0)), /a fault/);
    });

    it("is not read when it has been left", async () => {
        const left = AbortSignal.abort(new Error("left"));
        await assert.rejects(ask("/keep", { signal: left }), /left/);
        assert.equal(request, undefined);
    });
});
