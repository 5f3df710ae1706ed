import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { AwsError } from "../../../local/awsError";
import type { HttpRequest } from "../../../local/http/exchange";
import { HttpServer } from "../../../local/http/server";

/** A body that says how it ends. */
class Body {
    parts = 0;
    readonly ended: Promise<void>;
    #end = (): void => undefined;

    constructor(private readonly source: (body: Body) => AsyncIterable<Uint8Array>) {
        this.ended = new Promise((resolve) => {
            this.#end = resolve;
        });
    }

    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
        try {
            for await (const part of this.source(this)) {
                this.parts++;
                yield part;
            }
        } finally {
            this.#end();
        }
    }
}

describe("an answer of the local cloud that streams", () => {
    const errors: unknown[] = [];
    let server: HttpServer;
    let port: number;
    let body: Body;
    let request: HttpRequest;
    before(async () => {
        server = new HttpServer(
            {
                stream: (given) => {
                    request = given;
                    return { httpStatus: 200, headers: { "content-type": "text/x" }, body };
                },
                bytes: () => ({ httpStatus: 200, headers: {}, body: Buffer.from([0xff, 0xfe]) }),
            },
            (error) => errors.push(error),
        );
        port = await server.listen(0);
    });
    after(() => server.close());
    afterEach(() => {
        errors.length = 0;
    });

    const two = async function* () {
        yield Buffer.from("one,");
        await Promise.resolve();
        yield Buffer.from("two");
    };
    const failing = (error: Error) =>
        async function* () {
            yield Buffer.from("one,");
            await Promise.resolve();
            throw error;
        };
    const get = (path = "/stream") => fetch(`http://127.0.0.1:${port}${path}`);
    /** All that is answered to a request line. */
    const raw = async (line: string) => {
        const socket = connect(port, "127.0.0.1");
        socket.write(`${line}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
        const parts: Buffer[] = [];
        for await (const part of socket) parts.push(part as Buffer);
        return Buffer.concat(parts).toString();
    };

    it("comes in chunks, and its connection goes on", async () => {
        body = new Body(two);
        const response = await get();
        assert.equal(response.headers.get("content-type"), "text/x");
        assert.equal(response.headers.get("content-length"), null);
        assert.equal(await response.text(), "one,two");
        assert.equal(request.signal.aborted, false);
    });

    it("ends with the connection for HTTP/1.0, and has no body for HEAD", async () => {
        body = new Body(two);
        const old = await raw("GET /stream HTTP/1.0");
        assert.match(old, /^HTTP\/1\.1 200 OK\r\n/);
        assert.doesNotMatch(old, /transfer-encoding/i);
        assert.ok(old.endsWith("\r\n\r\none,two"));
        body = new Body(two);
        const head = await raw("HEAD /stream HTTP/1.1");
        assert.match(head, /content-type: text\/x/);
        assert.ok(head.endsWith("\r\n\r\n"));
        assert.equal(body.parts, 0);
    });

    it("is of bytes too where it is whole", async () => {
        const response = await get("/bytes");
        assert.equal(response.headers.get("content-length"), "2");
        assert.deepEqual([...new Uint8Array(await response.arrayBuffer())], [0xff, 0xfe]);
    });

    it("is made no faster than it is read, and left with its client", async () => {
        body = new Body(async function* () {
            for (let at = 0; at < 4000; at++) yield await Promise.resolve(Buffer.alloc(64 * 1024));
        });
        const socket = connect(port, "127.0.0.1");
        socket.write("GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        await once(socket, "readable");
        let before = -1;
        while (before !== body.parts) {
            before = body.parts;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        assert.ok(body.parts < 2000, `${body.parts} parts of 64 KB were made`);
        socket.destroy();
        await body.ended;
        assert.equal(request.signal.aborted, true);
        assert.deepEqual(errors, []);
    });

    it("tells a maker that waits that its client has left", async () => {
        body = new Body(async function* () {
            yield Buffer.from("one");
            await once(request.signal, "abort");
        });
        const socket = connect(port, "127.0.0.1");
        socket.write("GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        await once(socket, "readable");
        socket.destroy();
        await body.ended;
    });

    it("cuts the connection where it fails: only a fault of the local cloud is reported", async () => {
        for (const [error, reported] of [
            [new AwsError("ModelStreamErrorException", "the other side broke off", 424), 0],
            [new TypeError("a fault"), 1],
        ] as const) {
            body = new Body(failing(error));
            const response = await get();
            await assert.rejects(response.text(), { message: "terminated" });
            await body.ended;
            assert.equal(errors.splice(0).length, reported, error.name);
        }
    });
});
