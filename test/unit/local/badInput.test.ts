import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { maxRequestBytes } from "../../../agentcore/mcp";
import { HttpServer } from "../../../local/http/server";
import { LocalHub, toolsList } from "../../helpers/localHub";

const spokeAccount = "444455556666";

interface JsonRpcAnswer {
    error?: { code: number; message: string };
    result?: { content?: { text: string }[]; isError?: boolean };
}

describe("bad input to a gateway", () => {
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start();
        await hub.deployAll();
    });
    after(() => hub.stop());

    const post = async (body: string | Uint8Array) => {
        const response = await hub.post(hub.session(spokeAccount, "developer"), body);
        return { status: response.status, body: (await response.json()) as JsonRpcAnswer };
    };
    /** A call of the echo tool whose body has exactly this many bytes. */
    const callOf = (bytes: number) => {
        const text = (message: string) =>
            JSON.stringify({
                jsonrpc: "2.0",
                id: 1,
                method: "tools/call",
                params: { name: "echo-tools___echo_message", arguments: { message } },
            });
        return text("x".repeat(bytes - text("").length));
    };

    it("takes 6 MB, and refuses a byte more", async () => {
        const most = await post(callOf(maxRequestBytes));
        assert.equal(most.status, 200);
        assert.equal(most.body.error, undefined);
        const over = await post(callOf(maxRequestBytes + 1));
        assert.equal(over.status, 413);
        assert.match(over.body.error?.message ?? "", /got 6291457 bytes, at most 6291456/);
    });

    for (const [name, body, status, code] of [
        ["a batch", JSON.stringify([toolsList, toolsList]), 400, -32600],
        ["an empty batch", "[]", 400, -32600],
        ["an empty body", "", 400, -32700],
        ["a hundred thousand levels", "[".repeat(100_000) + "]".repeat(100_000), 400, -32600],
        ["levels that are not closed", '{"a":'.repeat(100_000), 400, -32700],
        ["a NUL after the message", `${JSON.stringify(toolsList)}\0`, 400, -32700],
        ["a byte order mark before the message", `\ufeff${JSON.stringify(toolsList)}`, 200, 0],
        ["a text", '"tools/list"', 400, -32600],
        ["a number", "1", 400, -32600],
        ["null", "null", 400, -32600],
        ["an id that is an object", '{"jsonrpc":"2.0","id":{},"method":"ping"}', 400, -32600],
        ["another version of JSON-RPC", '{"jsonrpc":"1.0","id":1,"method":"ping"}', 400, -32600],
        ["a method of the prototype", '{"jsonrpc":"2.0","id":1,"method":"__proto__"}', 200, -32601],
        [
            "params that are a list",
            '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}',
            400,
            -32600,
        ],
    ] as const) {
        it(`answers ${name} by the protocol`, async () => {
            const answer = await post(body);
            assert.deepEqual([answer.status, answer.body.error?.code ?? 0], [status, code]);
        });
    }

    it("answers bytes that are not UTF-8 by the protocol", async () => {
        const answer = await post(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
        assert.deepEqual([answer.status, answer.body.error?.code], [400, -32700]);
    });

    it("gives the tool what counts of a key that is there twice: the last one", async () => {
        const answer = await post(
            '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"no___such","name":"echo-tools___echo_message","arguments":{"message":"first","message":"last"}}}',
        );
        assert.match(answer.body.result?.content?.[0]?.text ?? "", /last/);
        assert.doesNotMatch(answer.body.result?.content?.[0]?.text ?? "", /first/);
    });

    it("gives a NUL in a text to the tool, and back", async () => {
        const answer = await post(
            JSON.stringify({
                jsonrpc: "2.0",
                id: 1,
                method: "tools/call",
                params: { name: "echo-tools___echo_message", arguments: { message: "a\0b" } },
            }),
        );
        assert.equal(answer.body.result?.content?.[0]?.text, '{"message":"a\\u0000b"}');
    });

    it("answers arguments of a hundred thousand levels by the protocol", async () => {
        const levels = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
        const answer = await post(
            `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo-tools___echo_message","arguments":${levels}}}`,
        );
        assert.deepEqual([answer.status, answer.body.error?.code], [400, -32600]);
        assert.match(answer.body.error?.message ?? "", /more than 1000 levels/);
    });

    for (const path of [
        "//gateway/x/mcp",
        "/gateway/../gateway/x/mcp",
        "/gateway/./x/mcp",
        "/gateway/x/mcp/..",
        "/gateway/%zz/mcp",
        "/gateway/%ff/mcp",
        "/gateway/x/mcp?a=%",
        "/lambda/2015-03-31/functions/%e0%a4%a",
    ]) {
        it(`refuses the path ${path} with 400`, async () => {
            const answer = await raw(
                hub.cloud.url,
                `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
            );
            assert.match(answer, /^HTTP\/1\.1 400 .*is no normal path/s);
        });
    }

    for (const [name, request, status] of [
        [
            "headers of 64 KB",
            `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ${"x".repeat(65536)}\r\n\r\n`,
            431,
        ],
        ["no HTTP at all", "\x16\x03\x01\0\0\r\n\r\n", 400],
        [
            "two lengths",
            "POST /gateway/x/mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            400,
        ],
        [
            "a length beside chunks",
            "POST /gateway/x/mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ],
        ["no host", "GET /gateway/x/mcp HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
        [
            "another host",
            "GET /gateway/x/mcp HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
            403,
        ],
        [
            "a name of the prototype as a service",
            "GET /constructor HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
            501,
        ],
    ] as const) {
        it(`answers ${status} to ${name}`, async () => {
            assert.match(await raw(hub.cloud.url, request), new RegExp(`^HTTP/1\\.1 ${status} `));
        });
    }

    it("serves others while a client goes away in the middle of its body", async () => {
        const { hostname, port } = new URL(hub.cloud.url);
        const socket = connect(Number(port), hostname);
        await new Promise<void>((resolve) => socket.once("connect", resolve));
        socket.write(
            "POST /gateway/x/mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{",
        );
        socket.destroy();
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 200);
    });

    it("answers a thousand connections at once", async () => {
        const { hostname, port } = new URL(hub.cloud.url);
        const sockets = await Promise.all(
            Array.from({ length: 1000 }, () => {
                const socket = connect(Number(port), hostname);
                return new Promise<Socket>((resolve, reject) => {
                    socket.once("connect", () => {
                        resolve(socket);
                    });
                    socket.once("error", reject);
                });
            }),
        );
        const answers = await Promise.all(
            sockets.map((socket) =>
                answerOf(
                    socket,
                    "POST /gateway/x/mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                ),
            ),
        );
        assert.equal(answers.filter((answer) => answer.startsWith("HTTP/1.1 404 ")).length, 1000);
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 200);
    }).timeout(20_000);
});

describe("a slow client", () => {
    it("is answered 408 and cut off, in its headers and in its body", async () => {
        const server = new HttpServer(
            {
                echo: (request) => ({
                    httpStatus: 200,
                    headers: {},
                    body: String(request.body.length),
                }),
            },
            (error) => {
                throw error;
            },
            { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 },
        );
        const url = `http://127.0.0.1:${await server.listen(0)}`;
        for (const start of [
            "POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\n",
            "POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nabc",
        ]) {
            assert.match(await raw(url, start), /^HTTP\/1\.1 408 /);
        }
        await server.close();
    });
});

/** What a server answers to these bytes, until it closes the connection. */
async function raw(url: string, request: string): Promise<string> {
    const { hostname, port } = new URL(url);
    return answerOf(connect(Number(port), hostname), request);
}

function answerOf(socket: Socket, request: string): Promise<string> {
    return new Promise((resolve) => {
        let answer = "";
        socket.on("data", (data: Buffer) => {
            answer += data.toString("latin1");
        });
        socket.once("close", () => {
            resolve(answer);
        });
        socket.on("error", () => undefined);
        socket.write(request, "latin1");
    });
}
