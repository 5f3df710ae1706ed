import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/server";
import { buildSync } from "esbuild";
import { BuildContext } from "../../../local/services/buildContext";
import { listenAddress } from "../../../workloads/mcp-server/src/address";
import { compileArguments } from "../../../workloads/mcp-server/src/arguments";
import { serverFactory } from "../../../workloads/mcp-server/src/server";
import {
    answer,
    dockerfile,
    imageFlags as flags,
    jsonHeaders as json,
    mcpServerFolder as folder,
    McpServerProcess,
    type RpcAnswer,
} from "../../helpers/mcpServerProcess";

const declarations = JSON.parse(readFileSync(join(folder, "tools.json"), "utf8")) as unknown;
const legacyRevisions = ["2024-10-07", "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
const meta = "io.modelcontextprotocol/";
const modernMeta = {
    [`${meta}protocolVersion`]: "2026-07-28",
    [`${meta}clientInfo`]: { name: "test", version: "1" },
    [`${meta}clientCapabilities`]: {},
};

describe("The MCP server of a tool that throws", () => {
    it("answers that it failed and what to do, and logs where, without the message", async () => {
        const lines: object[] = [];
        const server = serverFactory({
            ...{ name: "test", version: "1", now: () => 0 },
            declarations: [{ name: "boom", inputSchema: { type: "object" } }],
            tools: {
                boom: () => {
                    throw new TypeError("secret");
                },
            },
            log: (line) => lines.push(line),
        })();
        const [here, there] = InMemoryTransport.createLinkedPair();
        const client = new Client({ name: "test", version: "1" });
        await Promise.all([server.connect(there), client.connect(here)]);
        const answered = await client.callTool({ name: "boom", arguments: {} });
        await client.close();
        assert.equal(answered.isError, true);
        assert.deepEqual(answered.content, [
            {
                type: "text",
                text: "boom failed. Try again later; if it fails again, tell whoever runs this server.",
            },
        ]);
        assert.doesNotMatch(JSON.stringify([answered, lines]), /secret/);
        const [line] = lines as { outcome: string; error: string; at: string }[];
        assert.deepEqual([line?.outcome, line?.error], ["Failed", "TypeError"]);
        assert.match(line?.at ?? "", /^at .*mcpServer\.test\.ts/);
    });
});

describe("The MCP server", () => {
    let server: McpServerProcess;

    before(async () => {
        buildSync({
            absWorkingDir: folder,
            entryPoints: ["src/main.ts"],
            outfile: "dist/server.mjs",
            bundle: true,
            platform: "node",
            format: "esm",
            target: "node22",
            charset: "utf8",
            minify: true,
            legalComments: "none",
        });
        server = await McpServerProcess.start();
    });

    after(() => server.stop());

    for (const revision of legacyRevisions) {
        it(`takes ${revision} in initialize`, async () => {
            const { body } = await server.rpc({
                method: "initialize",
                params: {
                    protocolVersion: revision,
                    capabilities: {},
                    clientInfo: { name: "test", version: "1" },
                },
            });
            assert.equal(body.result.protocolVersion, revision);
        });

        it(`answers a call that says ${revision}, without a session`, async () => {
            const { status, body } = await server.call(
                "add_numbers",
                { a: 2, b: 3 },
                { "mcp-protocol-version": revision },
            );
            assert.equal(status, 200);
            assert.deepEqual(body.result.structuredContent, { result: 5 });
        });
    }

    it("speaks every revision that the SDK does", () => {
        assert.deepEqual([...SUPPORTED_PROTOCOL_VERSIONS].sort(), legacyRevisions);
    });

    it("tells its revision to server/discover", async () => {
        const { body } = await server.rpc(
            { method: "server/discover", params: { _meta: modernMeta } },
            { "mcp-protocol-version": "2026-07-28", "mcp-method": "server/discover" },
        );
        assert.ok(body.result.supportedVersions?.includes("2026-07-28"));
    });

    it("answers a call of 2026-07-28 with JSON", async () => {
        const { status, headers, text } = await server.send(
            "POST",
            "/mcp",
            {
                ...json,
                "mcp-protocol-version": "2026-07-28",
                "mcp-method": "tools/call",
                "mcp-name": "multiply_numbers",
            },
            JSON.stringify({
                jsonrpc: "2.0",
                id: "x",
                method: "tools/call",
                params: {
                    name: "multiply_numbers",
                    arguments: { a: 6, b: -7 },
                    _meta: modernMeta,
                },
            }),
        );
        assert.equal(status, 200);
        assert.match(headers["content-type"] ?? "", /^application\/json/);
        assert.deepEqual((JSON.parse(text) as RpcAnswer).result.structuredContent, {
            result: -42,
        });
    });

    it("refuses a revision that it does not speak", async () => {
        const { status } = await server.call(
            "add_numbers",
            { a: 1, b: 1 },
            { "mcp-protocol-version": "1999-01-01" },
        );
        assert.equal(status, 400);
    });

    it("lists what tools.json declares, in full", async () => {
        const { body } = await server.rpc({ method: "tools/list" });
        assert.deepEqual(body.result.tools, declarations);
    });

    it("declares without $ref or $defs, which AgentCore Gateway refuses", () => {
        assert.doesNotMatch(JSON.stringify(declarations), /\$(ref|defs)/);
    });

    for (const [tool, args, result] of [
        ["add_numbers", { a: 2, b: 3 }, 5],
        ["add_numbers", { a: 2, b: -2, more: "x" }, 0],
        ["multiply_numbers", { a: -4, b: 5 }, -20],
        ["multiply_numbers", { a: -1, b: 0 }, 0],
        ["greet_user", { name: "Ada" }, "Hello, Ada! Welcome to AgentCore Runtime."],
        ["greet_user", { name: "" }, "Hello, ! Welcome to AgentCore Runtime."],
    ] as const) {
        it(`answers ${tool} ${JSON.stringify(args)} with ${result}`, async () => {
            const { body } = await server.call(tool, args);
            assert.deepEqual(body.result, {
                content: [{ type: "text", text: String(result) }],
                structuredContent: { result },
            });
        });
    }

    const integer = "an integer between -9007199254740991 and 9007199254740991";
    for (const [tool, args, problems] of [
        ["add_numbers", {}, `a: is missing; must be ${integer}; b: is missing; must be ${integer}`],
        [
            "add_numbers",
            { a: "1", b: 1.5 },
            `a: got a value of type string; must be ${integer}; b: got 1.5; must be ${integer}`,
        ],
        ["multiply_numbers", { a: 1, b: null }, `b: got null; must be ${integer}`],
        ["multiply_numbers", { a: [], b: 1 }, `a: got an array; must be ${integer}`],
        ["add_numbers", { a: 2 ** 53, b: 1 }, `a: got 9007199254740992; must be ${integer}`],
        ["greet_user", { name: 7 }, "name: got 7; must be a string"],
        ["greet_user", undefined, "name: is missing; must be a string"],
        [
            "multiply_numbers",
            { a: 2 ** 52, b: 2 },
            "the result must lie between -9007199254740991 and 9007199254740991",
        ],
    ] as const) {
        it(`names what is wrong in ${tool} ${JSON.stringify(args)}`, async () => {
            const { body } = await server.call(tool, args);
            assert.equal(body.result.isError, true);
            assert.deepEqual(body.result.content, [
                { type: "text", text: `${tool}: ${problems}. See the tool's input schema.` },
            ]);
            assert.equal(body.result.structuredContent, undefined);
        });
    }

    for (const name of ["other", "constructor", ""]) {
        it(`refuses the tool ${JSON.stringify(name)}, and names those it has`, async () => {
            const { body } = await server.call(name, {});
            assert.deepEqual(body.error, {
                code: -32602,
                message: `Unknown tool: ${name}. This server has: add_numbers, multiply_numbers, greet_user.`,
            });
        });
    }

    it("refuses arguments that are no object", async () => {
        for (const args of [[1, 2], "1", null]) {
            assert.ok((await server.call("add_numbers", args)).body.error);
        }
    });

    it("takes a session id that it has not given out", async () => {
        const { status, body } = await server.call(
            "greet_user",
            { name: "Ada" },
            { "mcp-session-id": "f3b1c6d8-0000-4000-8000-platform00001" },
        );
        assert.equal(status, 200);
        assert.equal(body.error, undefined);
    });

    for (const [method, path] of [
        ["GET", "/mcp"],
        ["DELETE", "/mcp"],
        ["PUT", "/mcp"],
        ["POST", "/ping"],
    ] as const) {
        it(`answers 405 to ${method} ${path}`, async () => {
            const accept = { accept: "text/event-stream", "mcp-session-id": "x" };
            assert.equal((await server.send(method, path, accept)).status, 405);
        });
    }

    it("says that it is healthy", async () => {
        const { status, headers, text } = await server.send("GET", "/ping");
        assert.deepEqual([status, text], [200, '{"status":"Healthy"}']);
        assert.equal(headers["content-type"], "application/json");
    });

    it("answers 404 elsewhere, and to a longer path", async () => {
        for (const path of ["/", "/mcp/x", "/invocations"]) {
            assert.equal((await server.send("POST", path, json, "{}")).status, 404);
        }
    });

    it("has no stream of changes, and says so", async () => {
        const { body } = await server.rpc(
            {
                method: "subscriptions/listen",
                params: { notifications: { toolsListChanged: true }, _meta: modernMeta },
            },
            { "mcp-protocol-version": "2026-07-28", "mcp-method": "subscriptions/listen" },
        );
        assert.match(body.error?.message ?? "", /limit/);
    });

    it("refuses web pages, and on loopback other names than loopback's", async () => {
        for (const headers of [{ origin: "https://example.com" }, { host: "example.com" }]) {
            assert.equal((await server.call("add_numbers", { a: 1, b: 1 }, headers)).status, 403);
        }
        const origin = { origin: "http://localhost:3000" };
        assert.equal((await server.call("add_numbers", { a: 1, b: 1 }, origin)).status, 200);
    });

    it("takes any host name where others than loopback can reach it", async () => {
        const open = await McpServerProcess.start({ HOST: "0.0.0.0" });
        try {
            const { status } = await open.call(
                "add_numbers",
                { a: 1, b: 1 },
                { host: "a.example" },
            );
            assert.equal(status, 200);
        } finally {
            await open.stop();
        }
    });

    it("refuses a body over 64 KiB, with its length said before or not", async () => {
        const name = "x".repeat(64 * 1024);
        assert.equal((await server.call("greet_user", { name })).status, 413);
        const chunked = { "transfer-encoding": "chunked" };
        assert.equal((await server.call("greet_user", { name }, chunked)).status, 413);
        assert.equal((await server.call("greet_user", { name: "A" }, chunked)).status, 200);
    });

    for (const [status, type, body] of [
        [400, "application/json", "{"],
        [400, "application/json", ""],
        [400, "application/json", "null"],
        [400, "application/json", "7"],
        [400, "application/json; charset=utf-8", '{"jsonrpc":"1.0"}'],
        [415, "text/plain", "{}"],
    ] as const) {
        it(`answers ${status} to the ${type} ${JSON.stringify(body)}`, async () => {
            const headers = { ...json, "content-type": type };
            assert.equal((await server.send("POST", "/mcp", headers, body)).status, status);
        });
    }

    it("reads characters that are cut between two packets", async () => {
        const message = { jsonrpc: "2.0", id: 1, method: "tools/call" };
        const params = { name: "greet_user", arguments: { name: "Zoë 😀" } };
        const bytes = Buffer.from(JSON.stringify({ ...message, params }));
        const headers = { ...json, "content-length": String(bytes.length) };
        const sent = server.begin({ method: "POST", headers });
        const cut = bytes.indexOf("😀") + 2;
        sent.setNoDelay(true);
        await new Promise((resolve) => sent.write(bytes.subarray(0, cut), resolve));
        sent.end(bytes.subarray(cut));
        assert.match((await answer(sent)).text, /Hello, Zoë 😀!/);
    });

    it("goes on when a client goes away in the middle of a message", async () => {
        const sent = server.begin({
            method: "POST",
            headers: { ...json, "content-length": "100", expect: "100-continue" },
        });
        sent.flushHeaders();
        await once(sent, "continue");
        sent.on("error", () => undefined);
        sent.destroy();
        assert.equal((await server.call("add_numbers", { a: 1, b: 1 })).status, 200);
    });

    it("logs one line per call, without arguments, names of its caller's or results", async () => {
        const own = await McpServerProcess.start();
        const headers = {
            "mcp-session-id": "session-1",
            "x-amzn-bedrock-agentcore-runtime-request-id": "request-1",
        };
        await own.call("greet_user", { name: "Secret-1" }, headers);
        await own.call("greet_user", { name: ["Secret-2"] });
        await own.call("Secret-3", { name: "Secret-4" });
        await own.rpc({ method: "tools/list" });
        await own.stop();
        const calls = own.lines
            .map((line) => JSON.parse(line) as Record<string, unknown>)
            .filter((line) => line["event"] === undefined);
        assert.deepEqual(
            calls.map(({ durationMs, ...line }) => [typeof durationMs, line]),
            [
                [
                    "number",
                    {
                        requestId: "request-1",
                        sessionId: "session-1",
                        tool: "greet_user",
                        outcome: "ok",
                    },
                ],
                ["number", { tool: "greet_user", outcome: "InvalidArguments" }],
                ["number", { outcome: "UnknownTool" }],
            ],
        );
        assert.doesNotMatch(own.lines.join("\n"), /Secret/);
    });

    it("at SIGTERM stops listening, answers what has begun, and exits with 0", async () => {
        const own = await McpServerProcess.start();
        const idle = own.begin({ agent: undefined, path: "/ping" });
        idle.end();
        await answer(idle);
        const body = JSON.stringify({
            jsonrpc: "2.0",
            id: 1,
            method: "tools/call",
            params: { name: "add_numbers", arguments: { a: 20, b: 22 } },
        });
        const headers = { ...json, "content-length": String(body.length), expect: "100-continue" };
        const running = own.begin({ method: "POST", headers });
        running.flushHeaders();
        // The server has the request's head, and waits for its body.
        await once(running, "continue");
        running.write(body.slice(0, 20));
        own.child.kill("SIGTERM");
        await own.refusesConnections();
        running.end(body.slice(20));
        assert.match((await answer(running)).text, /"structuredContent":\{"result":42\}/);
        assert.deepEqual(await own.exit, [0, null]);
    });

    it("says why it cannot start", async () => {
        for (const [PORT, message] of [
            ["http", 'PORT: got "http"; must be 0-65535, or unset for 8000'],
            ["65536", 'PORT: got "65536"; must be 0-65535, or unset for 8000'],
            [
                String(server.port),
                `listen EADDRINUSE: address already in use 127.0.0.1:${server.port}`,
            ],
        ] as const) {
            const child = spawn(process.execPath, [join(folder, "dist", "server.mjs")], {
                env: { ...process.env, HOST: "127.0.0.1", PORT },
                stdio: ["ignore", "ignore", "pipe"],
            });
            const [said, ended] = (await Promise.all([
                once(createInterface(child.stderr), "line"),
                once(child, "exit"),
            ])) as [[string], [number]];
            assert.deepEqual(JSON.parse(said[0]), { event: "failed", message });
            assert.equal(ended[0], 1);
        }
    });
});

describe("The MCP server's address", () => {
    it("is by default where AgentCore Runtime calls", () => {
        for (const environment of [{}, { HOST: "", PORT: "" }]) {
            assert.deepEqual(listenAddress(environment), {
                host: "0.0.0.0",
                port: 8000,
                isLoopback: false,
            });
        }
    });

    it("is what HOST and PORT say", () => {
        for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1"]) {
            assert.deepEqual(listenAddress({ HOST: host, PORT: "8123" }), {
                host,
                port: 8123,
                isLoopback: true,
            });
        }
        assert.equal(listenAddress({ HOST: "127.0.0.1.example" }).isLoopback, false);
    });
});

describe("The MCP server's check of arguments", () => {
    it("refuses a schema with a type that it would not check", () => {
        assert.throws(() => compileArguments({ properties: { at: { type: "array" } } }), {
            message: "Argument at: no check for type array",
        });
    });

    it("lets an optional argument be absent, and takes none from the prototype", () => {
        const type = "string";
        const check = compileArguments({ properties: { constructor: { type }, b: { type } } });
        assert.deepEqual(check({}), []);
        assert.deepEqual(check({ b: 1 }), ["b: got 1; must be a string"]);
    });

    it("wants an object", () => {
        for (const args of [null, [], "x"]) {
            assert.deepEqual(compileArguments({})(args), ["arguments: must be an object"]);
        }
    });
});

describe("The MCP server's image", () => {
    it("is built by copying one bundle onto a base that a digest pins", () => {
        const lines = dockerfile();
        assert.deepEqual(
            lines.map(({ keyword }) => keyword),
            ["FROM", "WORKDIR", "COPY", "ENV", "USER", "EXPOSE", "CMD"],
        );
        const argument = Object.fromEntries(lines.map(({ keyword, text }) => [keyword, text]));
        assert.match(
            argument["FROM"] ?? "",
            /^public\.ecr\.aws\/docker\/library\/node:24\.\d+\.\d+-slim@sha256:[0-9a-f]{64}$/,
        );
        assert.deepEqual([argument["USER"], argument["EXPOSE"]], ["node", "8000"]);
        assert.ok(flags().every((flag) => flag.startsWith("--")));
    });

    it("gets only the bundle as its context", () => {
        const { entries } = new BuildContext(folder, [join(folder, ".dockerignore")]);
        const files = entries.filter(({ kind }) => kind !== "folder");
        assert.deepEqual(
            files.map(({ path }) => path),
            ["dist/server.mjs"],
        );
    });

    it("has a bundle of at most 1.5 MB", () => {
        const { size } = statSync(join(folder, "dist", "server.mjs"));
        assert.ok(size < 1.5e6, `${size} bytes`);
    });
});
