import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable } from "node:stream";
import {
    AnswerTooLarge,
    AnswerTooLate,
    ClientLeft,
    ownPost,
    type OutgoingPost,
} from "../../../local/gateway/ownPost";
import type { HttpBody, HttpResponse, OwnRequest } from "../../../local/http/exchange";

const maxBytes = 6 * 1024 * 1024;
const events = { "content-type": "text/event-stream" };
const asked = 'data: {"jsonrpc":"2.0","id":1,"method":"roots/list"}\n\n';
const told = 'data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n';

describe("A gateway's POST to its own cloud", () => {
    let request: OwnRequest;

    /** Sends it to what answers so. */
    const post = (
        answer: (request: OwnRequest) => Promise<HttpResponse>,
        more: Partial<OutgoingPost> = {},
    ) =>
        ownPost((given) => {
            request = given;
            return answer(given);
        })({
            url: new URL("http://127.0.0.1:4566/bedrock-agentcore/runtimes/x%3Ay?qualifier=A"),
            ...{ headers: { host: "127.0.0.1:4566" }, body: "Zähler", timeoutMs: 10_000 },
            ...more,
        });
    const answers = (body: HttpBody, headers: Record<string, string> = {}) =>
        post(() => Promise.resolve({ httpStatus: 200, headers, body }));
    const never = () => new Promise<HttpResponse>(() => undefined);
    /** A stream that goes on until it is destroyed. */
    const openStream = (...parts: string[]) => {
        const stream = new Readable({ read: () => undefined });
        for (const part of parts) stream.push(part);
        return stream;
    };

    it("is the same as over the wire", async () => {
        await answers("");
        const { method, url, headers, body, signal } = request;
        assert.deepEqual(
            { method, url, headers, body: String(body), aborted: signal.aborted },
            {
                method: "POST",
                url: "/bedrock-agentcore/runtimes/x%3Ay?qualifier=A",
                headers: { host: "127.0.0.1:4566" },
                body: "Zähler",
                aborted: false,
            },
        );
    });

    it("gives a text as it is, and the text of bytes", async () => {
        const bytes = Buffer.from("-ü-");
        for (const [body, text] of [
            ["ü", "ü"],
            [new Uint8Array(bytes.buffer, bytes.byteOffset + 1, 2), "ü"],
        ] as const) {
            const headers = { "mcp-session-id": "1" };
            assert.deepEqual(await answers(body, headers), {
                ...{ httpStatus: 200, headers, body: text },
            });
        }
    });

    it("reads a stream to its end, whose characters may come in parts", async () => {
        const bytes = Buffer.from("aüb");
        const { body } = await answers(Readable.from([bytes.subarray(0, 2), bytes.subarray(2)]));
        assert.equal(body, "aüb");
        async function* generated() {
            yield Buffer.from("one,");
            await Promise.resolve();
            yield Buffer.from("two");
        }
        assert.equal((await answers(generated())).body, "one,two");
    });

    it("reads events as they come, to their end", async () => {
        const read = await answers(Readable.from([told.slice(0, 9), told.slice(9)]), events);
        assert.deepEqual(read.events, ['{"jsonrpc":"2.0","method":"notifications/message"}']);
        assert.equal(read.body, "");
    });

    it("ends events at the first request of the server's, and tells who answers", async () => {
        const body = openStream(told, asked);
        const read = await answers(body, events);
        assert.equal(read.events?.length, 2);
        assert.equal(body.destroyed, true);
        assert.equal(request.signal.aborted, true);
    });

    it("reads 6 MB and no more, whole or as they come", async () => {
        const most = Buffer.alloc(maxBytes, "x");
        const halves = [most.subarray(0, maxBytes / 2), most.subarray(maxBytes / 2)];
        for (const body of [most, most.toString(), Readable.from(halves)]) {
            assert.equal((await answers(body)).body.length, maxBytes);
        }
        const more = Buffer.alloc(maxBytes + 1, "x");
        for (const body of [more, more.toString(), Readable.from([...halves, Buffer.from("x")])]) {
            await assert.rejects(answers(body), AnswerTooLarge);
            assert.equal(request.signal.aborted, true);
        }
        const wide = "ü".repeat(maxBytes / 2 + 1);
        await assert.rejects(answers(wide), AnswerTooLarge);
    });

    it("destroys a stream that is too large", async () => {
        const body = openStream("x".repeat(maxBytes), "x");
        await assert.rejects(answers(body), AnswerTooLarge);
        assert.equal(body.destroyed, true);
    });

    it("fails with what breaks an answer off", async () => {
        const reset = Object.assign(new Error("aborted"), { code: "ECONNRESET" });
        for (const [error, code] of [
            [reset, "ECONNRESET"],
            [undefined, "ERR_STREAM_PREMATURE_CLOSE"],
        ] as const) {
            const body = openStream("one,");
            const reading = once(body, "resume");
            const refused = assert.rejects(answers(body), { code });
            await reading;
            body.destroy(error);
            await refused;
        }
        await assert.rejects(
            post(() => Promise.reject(reset)),
            reset,
        );
    });

    describe("that takes too long", () => {
        it("fails, and stops the work for it", async () => {
            await assert.rejects(post(never, { timeoutMs: 20 }), AnswerTooLate);
            assert.equal(request.signal.aborted, true);
        });

        it("fails in the middle of a stream, which it destroys", async () => {
            const body = openStream("one,");
            const answer = { httpStatus: 200, headers: {}, body };
            await assert.rejects(
                post(() => Promise.resolve(answer), { timeoutMs: 20 }),
                AnswerTooLate,
            );
            assert.equal(body.destroyed, true);
        });

        it("destroys a stream that comes after that", async () => {
            const body = openStream("one,");
            const closed = once(body, "close");
            const late = async ({ signal }: OwnRequest) => {
                await once(signal, "abort");
                return { httpStatus: 200, headers: {}, body };
            };
            await assert.rejects(post(late, { timeoutMs: 20 }), AnswerTooLate);
            await closed;
        });
    });

    describe("whose client leaves", () => {
        it("is not sent when it has left before", async () => {
            const sent = post(() => assert.fail("it was sent"), { leaving: AbortSignal.abort() });
            await assert.rejects(sent, ClientLeft);
        });

        it("fails, and stops the work for it", async () => {
            const client = new AbortController();
            const sent = post(never, { leaving: client.signal });
            client.abort();
            await assert.rejects(sent, ClientLeft);
            assert.equal(request.signal.aborted, true);
        });

        it("destroys the stream that it reads", async () => {
            const client = new AbortController();
            const body = openStream("one,");
            const reading = once(body, "resume");
            const answer = { httpStatus: 200, headers: {}, body };
            const sent = post(() => Promise.resolve(answer), { leaving: client.signal });
            await reading;
            client.abort();
            await assert.rejects(sent, ClientLeft);
            assert.equal(body.destroyed, true);
        });

        it("changes nothing after the answer", async () => {
            const client = new AbortController();
            const answer = { httpStatus: 200, headers: {}, body: "whole" };
            await post(() => Promise.resolve(answer), { leaving: client.signal });
            client.abort();
            assert.equal(request.signal.aborted, false);
        });
    });
});
