import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { HttpServer, type Api } from "../../../local/http/server";
import { xmlError } from "../../../local/http/exchange";
import { refuseMcp } from "../../../local/http/gatewayApi";

/** Says how the request came through. */
const mirror: Api = ({ method, url, body, rawHeaders }) => ({
    httpStatus: 200,
    headers: {},
    body: JSON.stringify({ method, url, bytes: body.length, headers: rawHeaders.length / 2 }),
});

describe("The local cloud's HTTP listener", () => {
    const errors: unknown[] = [];
    let server: HttpServer;
    let port: number;
    before(async () => {
        server = new HttpServer(
            {
                mirror,
                sts: { answer: mirror, refuse: xmlError },
                gateway: { answer: mirror, refuse: refuseMcp },
                fails: () => {
                    throw new Error("a fault");
                },
                slow: () =>
                    new Promise((resolve) => {
                        setTimeout(() => {
                            resolve({ httpStatus: 200, headers: {}, body: "late" });
                        }, 20);
                    }),
            },
            (error) => errors.push(error),
        );
        port = await server.listen(0);
    });
    afterEach(() => {
        assert.deepEqual(errors.splice(0), []);
    });
    after(() => server.close());

    const head = (line: string, ...headers: string[]) =>
        [`${line} HTTP/1.1`, "Host: 127.0.0.1", ...headers, "", ""].join("\r\n");
    const closing = (line: string, ...headers: string[]) =>
        head(line, "Connection: close", ...headers);
    /** What is answered to these bytes until the server closes. */
    const answer = async (bytes: string): Promise<string> => {
        const socket = connect(port, "127.0.0.1");
        socket.write(bytes, "latin1");
        return rest(socket);
    };

    it("takes a body in chunks as one with a length", async () => {
        const chunked = `${closing("POST /mirror", "Transfer-Encoding: chunked")}3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n`;
        assert.match(await answer(chunked), /"bytes":5/);
        assert.match(
            await answer(`${closing("POST /mirror", "Content-Length: 5")}abcde`),
            /"bytes":5/,
        );
    });

    it("answers pipelined requests in their order", async () => {
        const got = await answer(head("GET /slow") + head("GET /mirror/2") + closing("GET /slow"));
        assert.deepEqual(got.match(/late|mirror\/2/g), ["late", "mirror/2", "late"]);
    });

    it("lets a client that asks first send its body", async () => {
        const socket = connect(port, "127.0.0.1");
        socket.write(closing("POST /mirror", "Expect: 100-continue", "Content-Length: 3"));
        const [first] = (await once(socket, "data")) as [Buffer];
        assert.match(first.toString(), /^HTTP\/1\.1 100 Continue\r\n/);
        socket.write("abc");
        assert.match(await rest(socket), /"bytes":3/);
    });

    it("tells a client that asks first that its body is too large", async () => {
        const ask = closing("POST /mirror", "Expect: 100-continue", "Content-Length: 99999999999");
        const got = await answer(ask);
        assert.match(got, /^HTTP\/1\.1 413 .*RequestEntityTooLargeException/s);
        assert.doesNotMatch(got, /100 Continue/);
    });

    for (const [prefix, wording] of [
        ["mirror", /x-amzn-errortype: RequestEntityTooLargeException/],
        ["sts", /<Code>RequestEntityTooLargeException<\/Code>/],
        [
            "gateway",
            /"code":-32600,"message":"Request too large: got 7340033 bytes, at most 6291456"/,
        ],
    ] as const) {
        it(`refuses a body over 7 MB as ${prefix} does, whichever way it comes`, async () => {
            const bytes = 7 * 1024 * 1024 + 1;
            for (const [header, body] of [
                [`Content-Length: ${bytes}`, "x".repeat(bytes)],
                [
                    "Transfer-Encoding: chunked",
                    `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n0\r\n\r\n`,
                ],
            ] as const) {
                const got = await answer(closing(`POST /${prefix}`, header) + body);
                assert.match(got, /^HTTP\/1\.1 413 /);
                assert.match(got, wording);
            }
        });
    }

    it("sees each of 3,000 headers that fit in 16 KB, and refuses those that do not", async () => {
        const headers = Array.from({ length: 3000 }, () => "a:");
        assert.match(await answer(closing("GET /mirror", ...headers)), /"headers":3002/);
        // Node counts names and values, not what stands between them.
        const more = Array.from({ length: 6000 }, () => "abc:");
        assert.match(await answer(closing("GET /mirror", ...more)), /^HTTP\/1\.1 431 /);
    });

    for (const [what, request, status] of [
        ["CONNECT", "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 405],
        ["TRACE", closing("TRACE /mirror"), 200],
        ["OPTIONS of everything", closing("OPTIONS *"), 501],
        [
            "an upgrade",
            head("GET /mirror", "Connection: Upgrade, close", "Upgrade: websocket"),
            200,
        ],
        ["a URL with a loopback host", closing("GET http://localhost:1/mirror"), 200],
        ["a URL with another host", closing("GET http://evil.example/mirror"), 403],
        ["two hosts", closing("GET /mirror", "Host: 127.0.0.1"), 400],
        ["a host in capitals", closing("GET /mirror").replace("127.0.0.1", "LocalHost:80"), 200],
        ["a host that ends like loopback", closing("GET /mirror").replace("t: ", "t: x."), 403],
        ["HTTP/1.0 without a host", "GET /mirror HTTP/1.0\r\n\r\n", 400],
        ["an unknown method", "BREW /mirror HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400],
        ["a request line without a version", "GET /mirror\r\nHost: 127.0.0.1\r\n\r\n", 400],
        ["another protocol", "GET /mirror HTTP/3.0\r\nHost: 127.0.0.1\r\n\r\n", 400],
        ["a length that is no number", `${closing("POST /mirror", "Content-Length: 2x")}{}`, 400],
        ["a negative length", `${closing("POST /mirror", "Content-Length: -1")}{}`, 400],
        [
            "a length that is there twice, the same",
            `${closing("POST /mirror", "Content-Length: 2", "Content-Length: 2")}{}`,
            400,
        ],
        [
            "an encoding that hides the chunks",
            `${closing("POST /mirror", "Transfer-Encoding: chunked, identity")}0\r\n\r\n`,
            400,
        ],
        [
            "a chunk's size that is no number",
            `${closing("POST /mirror", "Transfer-Encoding: chunked")}xyz\r\n`,
            400,
        ],
        ["a header without a colon", closing("GET /mirror", "no colon"), 400],
        ["a header with a space before its colon", closing("GET /mirror", "a : b"), 400],
        ["a folded header", closing("GET /mirror", "a: b\r\n c"), 400],
        ["a NUL in a header", closing("GET /mirror", "a: b\0c"), 400],
        ["an expectation that nobody meets", closing("GET /mirror", "Expect: more"), 417],
    ] as const) {
        it(`answers ${status} to ${what}`, async () => {
            assert.match(await answer(request), new RegExp(`^HTTP/1\\.1 ${status} `));
        });
    }

    it("reads no second request where lengths disagree", async () => {
        const smuggled = "GET /mirror/smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        for (const headers of [
            ["Content-Length: 0", `Content-Length: ${smuggled.length}`],
            [`Content-Length: ${smuggled.length}`, "Transfer-Encoding: chunked"],
            ["Transfer-Encoding: xchunked", "Content-Length: 0"],
            ["Transfer-Encoding : chunked", "Content-Length: 0"],
        ]) {
            const got = await answer(head("POST /mirror/outer", ...headers) + smuggled);
            assert.doesNotMatch(got, /smuggled/, headers.join(" and "));
        }
    });

    it("says that it failed, and to its owner why", async () => {
        assert.match(await answer(closing("GET /fails")), /^HTTP\/1\.1 500 .*InternalFailure/s);
        assert.match(String(errors.pop()), /a fault/);
    });

    it("has no socket left of a thousand clients, however they went", async () => {
        const sockets = () =>
            process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
        const usedBytes = () => {
            setFlagsFromString("--expose_gc");
            (runInNewContext("gc") as () => void)();
            return process.memoryUsage().heapUsed;
        };
        const round = async (count: number) => {
            await Promise.all(
                Array.from({ length: count }, async (_, index) => {
                    const socket = connect(port, "127.0.0.1");
                    socket.on("error", () => undefined);
                    await once(socket, "connect");
                    if (index % 4 === 0) {
                        socket.write(closing("GET /mirror"));
                        assert.match(await rest(socket), /^HTTP\/1\.1 200 /);
                    } else if (index % 4 === 1) {
                        // In the middle of its body, of its answer, of its headers
                        socket.write(`${head("POST /mirror", "Content-Length: 9")}abc`);
                        socket.destroy();
                    } else if (index % 4 === 2) {
                        socket.write(head("GET /slow"));
                        socket.resetAndDestroy();
                    } else {
                        socket.end("GET /mi");
                        await rest(socket);
                    }
                }),
            );
            while (sockets() > before) await new Promise((resolve) => setImmediate(resolve));
        };
        const before = sockets();
        await round(200);
        const bytes = usedBytes();
        await round(1000);
        assert.ok(usedBytes() - bytes < 4 * 1024 * 1024, `grew by ${usedBytes() - bytes} bytes`);
    });
});

function rest(socket: Socket): Promise<string> {
    return new Promise((resolve) => {
        let text = "";
        socket.on("data", (data: Buffer) => {
            text += data.toString("latin1");
        });
        socket.on("error", () => undefined);
        socket.once("close", () => {
            resolve(text);
        });
    });
}
