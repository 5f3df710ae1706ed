import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect, type Socket } from "node:net";
import { HttpServer } from "../../../local/http/server";

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/** An empty SETTINGS frame, which every client begins with after the preface. */
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

describe("The local cloud's port", () => {
    const errors: unknown[] = [];
    let server: HttpServer;
    let port: number;
    let signal: AbortSignal | undefined;
    before(async () => {
        server = new HttpServer(
            {
                mirror: ({ method, url, body, headers }) => ({
                    httpStatus: 200,
                    headers: { connection: "close", "x-host": headers["host"] ?? "" },
                    body: JSON.stringify({ method, url, bytes: body.length }),
                }),
                empty: () => ({ httpStatus: 204, headers: {}, body: "" }),
                endless: (request) => {
                    ({ signal } = request);
                    return { httpStatus: 200, headers: {}, body: endless(request.signal) };
                },
            },
            (error) => errors.push(error),
            { headersTimeout: 300, requestTimeout: 300, connectionsCheckingInterval: 50 },
        );
        port = await server.listen(0);
    });
    afterEach(() => {
        assert.deepEqual(errors.splice(0), []);
    });
    after(() => server.close());

    async function* endless(left: AbortSignal): AsyncGenerator<Uint8Array> {
        yield Buffer.from("begun");
        await once(left, "abort");
    }

    /** A request over a connection of its own, and its answer. */
    const ask = async (headers: Record<string, string>, body = "") => {
        const session = connectHttp2(`http://127.0.0.1:${port}`);
        const stream = session.request({ ":method": "POST", ...headers });
        const answered = once(stream, "response") as Promise<[IncomingHttpHeaders]>;
        stream.end(body);
        const [response] = await answered;
        let text = "";
        for await (const part of stream) text += String(part);
        session.destroy();
        return { status: response[":status"], headers: response, text };
    };
    /** What comes on a socket until it closes. */
    const rest = async (socket: Socket): Promise<string> => {
        let text = "";
        for await (const part of socket) text += String(part);
        return text;
    };

    it("answers HTTP/2 with prior knowledge as it does HTTP/1.1", async () => {
        const { status, headers, text } = await ask({ ":path": "/mirror/x?y=1" }, "abc");
        assert.equal(status, 200);
        assert.equal(text, '{"method":"POST","url":"/mirror/x?y=1","bytes":3}');
        assert.equal(headers["x-host"], `127.0.0.1:${port}`);
        assert.equal((await fetch(`http://127.0.0.1:${port}/mirror`)).status, 200);
    });

    it("answers statuses without a body, and refusals", async () => {
        assert.deepEqual((await ask({ ":path": "/empty" })).status, 204);
        assert.equal((await ask({ ":path": "/nowhere" })).status, 501);
        assert.equal((await ask({ ":path": "/mirror//x" })).status, 400);
        assert.equal((await ask({ ":path": "/mirror", ":authority": "a.example" })).status, 403);
        assert.equal((await ask({ ":path": "/mirror", host: "a.example" })).status, 400);
        assert.equal((await ask({ ":path": "/mirror" }, "x".repeat(7_400_000))).status, 413);
    });

    it("knows HTTP/2 by a beginning that comes byte by byte", async () => {
        const socket = connect(port, "127.0.0.1").setNoDelay(true);
        for (const byte of preface) {
            await new Promise<void>((resolve) =>
                socket.write(byte, () => {
                    resolve();
                }),
            );
        }
        socket.write(settings);
        const [first] = (await once(socket, "data")) as [Buffer];
        assert.equal(first[3], 4, "the server's SETTINGS");
        socket.destroy();
    });

    it("takes for HTTP/1.1 whatever begins otherwise", async () => {
        const socket = connect(port, "127.0.0.1").setNoDelay(true);
        const request = "PROPFIND /mirror HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        for (const byte of request) {
            await new Promise<void>((resolve) =>
                socket.write(byte, () => {
                    resolve();
                }),
            );
        }
        assert.match(await rest(socket), /^HTTP\/1\.1 200 .*"method":"PROPFIND"/s);
        const wrong = connect(port, "127.0.0.1");
        wrong.write("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
        assert.match(await rest(wrong), /^HTTP\/1\.1 400 .*MalformedHttpRequestException/s);
    });

    it("answers 408 to who says nothing, or not enough", async () => {
        for (const begun of ["", "PRI * HT"]) {
            const socket = connect(port, "127.0.0.1");
            socket.write(begun);
            assert.match(await rest(socket), /^HTTP\/1\.1 408 /, begun);
        }
    });

    it("closes with who leaves before it said what it is", async () => {
        const socket = connect(port, "127.0.0.1");
        socket.end();
        assert.equal(await rest(socket), "");
        const half = connect(port, "127.0.0.1");
        half.end("PRI *");
        assert.match(await rest(half), /^HTTP\/1\.1 400 /);
    });

    it("resets a stream of HTTP/2 whose body does not come", async () => {
        const session = connectHttp2(`http://127.0.0.1:${port}`);
        const stream = session.request({ ":method": "POST", ":path": "/mirror" });
        stream.on("error", () => undefined).resume();
        await once(stream, "close");
        assert.equal(stream.rstCode, 8);
        session.destroy();
    });

    for (const how of ["resets its stream", "closes its connection"]) {
        it(`tells its service when a client of HTTP/2 ${how}`, async () => {
            const session = connectHttp2(`http://127.0.0.1:${port}`);
            const stream = session.request({ ":path": "/endless" });
            stream.on("error", () => undefined);
            await once(stream, "data");
            const own = signal ?? assert.fail();
            assert.equal(own.aborted, false);
            const aborted = once(own, "abort");
            if (how === "resets its stream") stream.close(8);
            else session.destroy();
            await aborted;
            session.destroy();
        });
    }

    it("closes with connections of both versions open", async () => {
        const other = new HttpServer({}, (error) => errors.push(error));
        const at = await other.listen(0);
        const session = connectHttp2(`http://127.0.0.1:${at}`);
        await once(session, "connect");
        const silent = connect(at, "127.0.0.1");
        await once(silent, "connect");
        const closed = Promise.all([once(session, "close"), once(silent.resume(), "close")]);
        await other.close();
        await closed;
    });
});
