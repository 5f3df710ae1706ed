import assert from "node:assert/strict";
import { McpServerFailure } from "../../../local/gateway/mcpServerFailure";
import { McpServerTarget, type SendToServer } from "../../../local/gateway/mcpServerTarget";
import { addNumbers, five, McpServerFixture, type Behaviour } from "./mcpServerFixture";

const accepted = ["2025-11-25", "2025-06-18"];
const client = (stateless = false) =>
    new McpServerTarget({ offered: "2025-11-25", accepted, stateless });
const args = { a: 2, b: 3 };

describe("A gateway as the client of an MCP server", () => {
    let server: McpServerFixture;
    const send: SendToServer = async (body, headers) => {
        const answer = await fetch(server.url, { method: "POST", body, headers });
        return {
            httpStatus: answer.status,
            headers: Object.fromEntries(answer.headers),
            body: await answer.text(),
        };
    };
    const list = (target = client()) => target.listTools(send);
    const call = (target = client(), name = "add_numbers") => target.callTool(name, args, send);

    beforeEach(async () => {
        server = await new McpServerFixture().start();
    });
    afterEach(() => server.stop());

    /** What the server's behaviour is refused for, in AWS's words and in ours. */
    const refused = async (
        behaviour: Behaviour,
        expected: { kind: string; reason?: string; detail: RegExp },
        ask: () => Promise<unknown> = () => list(),
    ): Promise<void> => {
        server.behaviour = behaviour;
        await assert.rejects(ask(), (error) => {
            assert.ok(error instanceof McpServerFailure, String(error));
            const { kind, reason, detail } = error;
            assert.equal(kind, expected.kind, error.message);
            assert.match(detail, expected.detail);
            if (expected.reason !== undefined) assert.equal(reason, expected.reason);
            return true;
        });
    };

    for (const form of ["json", "sse"] as const) {
        describe(`that answers in ${form}`, () => {
            beforeEach(() => {
                server.behaviour = { form };
            });

            it("shakes hands and lists the tools as they are", async () => {
                assert.deepEqual(await list(), [addNumbers()]);
                assert.deepEqual(server.methods, [
                    "initialize",
                    "notifications/initialized",
                    "tools/list",
                ]);
            });

            it("passes a result on as it is", async () => {
                assert.deepEqual(await call(), five);
                assert.deepEqual(server.received.at(-1)?.params, {
                    name: "add_numbers",
                    arguments: args,
                });
            });

            it("passes a tool's own failure on as it is", async () => {
                const failed = { content: [{ type: "text", text: "a must be" }], isError: true };
                server.behaviour.react = ({ method }) =>
                    method === "tools/call" ? { result: failed } : undefined;
                assert.deepEqual(await call(), failed);
            });

            it("names the error of a server that refuses a request", async () => {
                const react: Behaviour["react"] = ({ method }) =>
                    method === "tools/list"
                        ? { error: { code: -32603, message: "out of tools" } }
                        : undefined;
                await refused(
                    { form, react },
                    { kind: "answer", reason: "out of tools", detail: /JSON-RPC error -32603/ },
                );
            });
        });
    }

    it("shakes hands once, however many call at once", async () => {
        const target = client();
        await Promise.all(Array.from({ length: 20 }, () => call(target)));
        await list(target);
        assert.equal(server.methods.filter((method) => method === "initialize").length, 1);
        const ids = server.received.flatMap(({ id }) => id ?? []);
        assert.equal(new Set(ids).size, ids.length);
    });

    it("asks for its newest revision and goes on with the server's", async () => {
        server.behaviour = { revision: "2025-06-18" };
        await call();
        const said = server.received.map(({ headers }) => headers["mcp-protocol-version"]);
        assert.deepEqual(said, ["2025-11-25", "2025-06-18", "2025-06-18"]);
        assert.deepEqual(server.received[0]?.params, {
            protocolVersion: "2025-11-25",
            capabilities: {},
            clientInfo: { name: "agentcore-gateway", version: "1.0.0" },
        });
        for (const { headers } of server.received) {
            assert.equal(headers.accept, "application/json, text/event-stream");
            assert.equal(headers["content-type"], "application/json");
        }
    });

    it("refuses a server with which it has no revision in common", async () => {
        await refused(
            { revision: "2024-11-05" },
            {
                kind: "revision",
                reason: "Unsupported protocol version",
                detail: /asked for 2025-11-25 and got 2024-11-05; must be one of 2025-11-25, 2025-06-18$/,
            },
        );
    });

    it("refuses a server without tools", async () => {
        const result = { protocolVersion: "2025-11-25", capabilities: { prompts: {} } };
        await refused(
            { react: () => ({ result }) },
            { kind: "tools", detail: /^capabilities: got no tools/ },
        );
    });

    it("tries again after a handshake that failed", async () => {
        const target = client();
        server.behaviour = { react: () => ({ status: 500 }) };
        await assert.rejects(call(target), /Received error \(500\) from runtime/);
        server.behaviour = {};
        assert.deepEqual(await call(target), five);
    });

    describe("with sessions", () => {
        it("names the session that the server gave, and only then", async () => {
            server.behaviour = { sessionId: "session-1" };
            await call();
            const said = server.received.map(({ headers }) => headers["mcp-session-id"]);
            assert.deepEqual(said, [undefined, "session-1", "session-1"]);
        });

        for (const [what, status, body] of [
            ["a server", 404, ""],
            ["a server", 400, ""],
            [
                "a server behind Runtime",
                200,
                '{"jsonrpc":"2.0","id":null,"error":{"code":-32010,"message":"Received error (404) from runtime."}}',
            ],
            ["a server behind Runtime", 424, '{"message":"Received error (400) from runtime."}'],
        ] as const) {
            it(`shakes hands anew with ${what} that has forgotten it, ${status}`, async () => {
                const target = client();
                server.behaviour = { sessionId: "old" };
                await call(target);
                server.behaviour = {
                    sessionId: "new",
                    react: ({ headers }) =>
                        headers["mcp-session-id"] === "old" ? { status, body } : undefined,
                };
                const results = await Promise.all([call(target), call(target), call(target)]);
                assert.deepEqual(results, [five, five, five]);
                assert.equal(server.methods.filter((method) => method === "initialize").length, 2);
            });
        }

        it("calls a tool no second time where the first one may have run", async () => {
            const target = client();
            await list(target);
            const sent = server.received.length;
            await refused(
                { react: () => ({ status: 424, body: '{"message":"Received error (500)"}' }) },
                { kind: "refused", detail: /^HTTP 424: Received error \(500\)$/ },
                () => call(target),
            );
            assert.equal(server.received.length, sent + 1);
        });

        it("calls a tool no second time where Runtime says so over MCP", async () => {
            const target = client();
            await list(target);
            const sent = server.received.length;
            const error = { code: -32010, message: "Received error (500) from runtime." };
            await refused(
                { react: () => ({ error }) },
                {
                    kind: "answer",
                    reason: error.message,
                    detail: /^JSON-RPC error -32010, HTTP 200$/,
                },
                () => call(target),
            );
            assert.equal(server.received.length, sent + 1);
        });

        it("gives up on a server that forgets it at once", async () => {
            const target = client();
            await list(target);
            await refused(
                {
                    react: ({ method }) => (method === "tools/call" ? { status: 404 } : undefined),
                },
                { kind: "refused", detail: /^HTTP 404$/ },
                () => call(target),
            );
            const calls = server.methods.filter((method) => method === "tools/call");
            assert.equal(calls.length, 2);
        });
    });

    describe("of 2026-07-28", () => {
        const discovered = {
            supportedVersions: ["2026-07-28"],
            capabilities: { tools: {} },
            resultType: "complete",
        };
        const strict: Behaviour["react"] = ({ method }) => {
            if (method === "initialize") return { status: 400, body: "" };
            if (method === "server/discover") return { result: discovered };
            if (method !== "tools/call") return undefined;
            const _meta = { "io.modelcontextprotocol/serverInfo": { name: "x" }, own: 1 };
            return { result: { ...five, resultType: "complete", _meta } };
        };

        it("is spoken to without a handshake where it refuses one", async () => {
            server.behaviour = { react: strict };
            const target = client(true);
            assert.deepEqual(await call(target, "Zähler"), { ...five, _meta: { own: 1 } });
            const [, discover, called] = server.received;
            assert.equal(discover?.method, "server/discover");
            assert.equal(discover.headers["mcp-method"], "server/discover");
            assert.equal(called?.headers["mcp-method"], "tools/call");
            assert.equal(called.headers["mcp-name"], "=?base64?WsOkaGxlcg==?=");
            assert.deepEqual(called.params["_meta"], {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {
                    name: "agentcore-gateway",
                    version: "1.0.0",
                },
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            await call(target);
            assert.equal(server.received.at(-1)?.headers["mcp-name"], "add_numbers");
            assert.equal(server.received.length, 4);
        });

        it("is refused where the gateway shakes hands only", async () => {
            await refused(
                { react: strict },
                {
                    kind: "refused",
                    reason: "Received error (400) from runtime.",
                    detail: /^HTTP 400$/,
                },
            );
        });

        it("is not asked back for more", async () => {
            server.behaviour = {
                react: (message) =>
                    message.method === "tools/call"
                        ? { result: { resultType: "input_required", content: [] } }
                        : strict(message),
            };
            await assert.rejects(call(client(true)), /resultType: got input_required/);
        });
    });

    describe("reading the tools", () => {
        const tools = (count: number) =>
            Array.from({ length: count }, (_, index) => addNumbers({ name: `t${index}` }));

        it("reads all pages", async () => {
            server.behaviour = { tools: tools(1000), perPage: 300 };
            const listed = await list();
            assert.deepEqual(
                listed.map(({ name }) => name),
                tools(1000).map(({ name }) => name),
            );
            const cursors = server.received.slice(2).map(({ params }) => params["cursor"]);
            assert.deepEqual(cursors, [undefined, "300", "600", "900"]);
        });

        const inSchema = (part: object) =>
            addNumbers({ inputSchema: { type: "object", properties: { a: part } } });
        const cases: [what: string, tools: unknown[], detail: RegExp][] = [
            ["1,001 tools", tools(1001), /^tools: got 1001 or more; must be at most 1000$/],
            [
                "two tools of one name",
                [addNumbers(), addNumbers()],
                /^tools\[1\]\.name: got "add_numbers"; another tool has it already$/,
            ],
            [
                "a schema with $ref",
                [inSchema({ items: { $ref: "#/$defs/x" } })],
                /^add_numbers: got inputSchema\.properties\.a\.items\.\$ref; must be a schema without references$/,
            ],
            [
                "a schema with $defs",
                [addNumbers({ outputSchema: { type: "object", $defs: {} } })],
                /^add_numbers: got outputSchema\.\$defs;/,
            ],
            [
                "a $ref in one of many",
                [inSchema({ anyOf: [{ type: "string" }, { $ref: "#/x" }] })],
                /inputSchema\.properties\.a\.anyOf\[1\]\.\$ref;/,
            ],
            ["a tool without a name", [{ inputSchema: {} }], /^tools\[0\]\.name: got nothing;/],
            [
                "a name of 257 characters",
                [addNumbers({ name: "a".repeat(257) })],
                /must be 1-256 characters$/,
            ],
            [
                "a tool without a schema",
                [addNumbers({ inputSchema: undefined })],
                /^add_numbers: inputSchema must be a JSON schema of type object$/,
            ],
            ["what is no tool", ["add"], /^tools\[0\]: got "add"; must be a tool$/],
        ];
        for (const [what, listed, detail] of cases) {
            it(`refuses ${what}`, () =>
                refused(
                    { tools: listed, perPage: 500 },
                    {
                        kind: "tools",
                        reason: "The MCP server's tools cannot be taken",
                        detail,
                    },
                ));
        }

        it("takes a property that is named $ref, and values that have one", async () => {
            const schema = {
                type: "object",
                properties: { $ref: { type: "string" }, b: { enum: [{ $ref: 1 }] } },
            };
            const tool = addNumbers({ inputSchema: schema });
            server.behaviour = { tools: [tool] };
            assert.deepEqual(await list(), [tool]);
        });

        it("refuses pages that have no end", async () => {
            const react: Behaviour["react"] = ({ method }) =>
                method === "tools/list" ? { result: { tools: [], nextCursor: "1" } } : undefined;
            await refused(
                { react },
                { kind: "tools", detail: /^nextCursor: got "1" again; the pages have no end$/ },
            );
        });
    });

    describe("reading prompts and resources", () => {
        const both = { prompts: {}, resources: {} };
        const ask = (method: "prompts/get" | "resources/read", target = client()) =>
            target.ask({ method, params: { name: "greet", uri: "a://b" } }, send);

        it("asks a server for nothing that it does not declare", async () => {
            const target = client();
            assert.deepEqual(await target.list("prompts", send), []);
            assert.deepEqual(await target.list("resourceTemplates", send), []);
            assert.equal(await ask("prompts/get", target), undefined);
            assert.equal(await ask("resources/read", target), undefined);
            assert.deepEqual(server.methods, ["initialize", "notifications/initialized"]);
        });

        it("reads all pages, with all that the server says of an entry", async () => {
            const prompts = [{ name: "a", title: "A" }, { name: "b" }];
            server.behaviour = {
                capabilities: both,
                react: ({ method, params: { cursor } }) => {
                    if (method !== "prompts/list") return undefined;
                    return cursor === "1"
                        ? { result: { prompts: prompts.slice(1) } }
                        : { result: { prompts: prompts.slice(0, 1), nextCursor: "1" } };
                },
            };
            assert.deepEqual(await client().list("prompts", send), prompts);
        });

        it("takes a list for empty whose method a server does not know", async () => {
            server.behaviour = { capabilities: both };
            assert.deepEqual(await client().list("resourceTemplates", send), []);
            assert.equal(server.methods.at(-1), "resources/templates/list");
        });

        const cases: [what: string, result: object, detail: RegExp][] = [
            ["no list", {}, /^resources: got nothing; must be a list$/],
            ["an entry without its URI", { resources: [{}] }, /^resources\[0\]\.uri: got nothing;/],
            [
                "1,001 entries",
                { resources: Array.from({ length: 1001 }, (_, at) => ({ uri: `a://${at}` })) },
                /^resources: got 1001 or more; must be at most 1000$/,
            ],
            [
                "pages without an end",
                { resources: [], nextCursor: "1" },
                /^nextCursor: got "1" again; the pages have no end$/,
            ],
        ];
        for (const [what, result, detail] of cases) {
            it(`refuses ${what}`, () =>
                refused(
                    {
                        capabilities: both,
                        react: ({ method }) =>
                            method === "resources/list" ? { result } : undefined,
                    },
                    { kind: "answer", detail },
                    () => client().list("resources", send),
                ));
        }

        it("refuses an answer without its member", async () => {
            for (const [method, detail] of [
                ["prompts/get", /^result\.messages: must be a list$/],
                ["resources/read", /^result\.contents: must be a list$/],
            ] as const) {
                await refused(
                    {
                        capabilities: both,
                        react: (message) =>
                            message.method === method ? { result: {} } : undefined,
                    },
                    { kind: "answer", detail },
                    () => ask(method),
                );
            }
        });

        it("names a resource's URI in Mcp-Name to a server of 2026-07-28", async () => {
            const supportedVersions = ["2026-07-28"];
            const capabilities = { tools: {}, resources: {} };
            server.behaviour.react = ({ method }) => {
                if (method === "initialize") return { status: 400 };
                if (method === "server/discover") {
                    return { result: { supportedVersions, capabilities } };
                }
                return { result: { contents: [], resultType: "complete" } };
            };
            const params = { uri: "a://b" };
            const read = await client(true).ask({ method: "resources/read", params }, send);
            assert.deepEqual(read, { contents: [] });
            assert.equal(server.received.at(-1)?.headers["mcp-name"], "a://b");
        });
    });

    describe("reading an answer", () => {
        const id = '"jsonrpc":"2.0","id":2';
        const cases: [what: string, body: string, type: string | undefined, detail: RegExp][] = [
            [
                "no JSON",
                "<html>",
                undefined,
                /^got "<html>"; must be a JSON-RPC response with id 2$/,
            ],
            ["nothing", "", undefined, /^got nothing;/],
            ["another id", '{"jsonrpc":"2.0","id":9,"result":{}}', undefined, /must be a JSON-RPC/],
            ["a result that is a text", `{${id},"result":"x"}`, undefined, /^result: got "x"/],
            [
                "a stream without an answer",
                'data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n',
                "text/event-stream",
                /^got 1 events; must be/,
            ],
            [
                "a request of the server's",
                'data: {"jsonrpc":"2.0","id":1,"method":"elicitation/create"}\n\n',
                "text/event-stream; charset=utf-8",
                /^the server asked for "elicitation\/create"/,
            ],
            ["a stream of nothing", "", "text/event-stream", /^got 0 events; must be/],
            [
                "a result too deep to repeat",
                `{${id},"result":{"content":[],"x":${"[".repeat(1001)}${"]".repeat(1001)}}}`,
                undefined,
                /^result: has more than 1000 levels$/,
            ],
            ["a result without content", `{${id},"result":{}}`, undefined, /^result\.content/],
        ];
        for (const [what, body, type = "application/json", detail] of cases) {
            it(`refuses ${what}`, () =>
                refused(
                    {
                        react: ({ method }) =>
                            method === "tools/call"
                                ? { status: 200, body, headers: { "content-type": type } }
                                : undefined,
                    },
                    { kind: "answer", detail },
                    () => call(),
                ));
        }

        it("reads the last event of a stream that ends without an empty line", async () => {
            const result = JSON.stringify({ jsonrpc: "2.0", id: 2, result: five });
            server.behaviour.react = ({ method }) =>
                method === "tools/call"
                    ? {
                          status: 200,
                          body: `data: ${result}`,
                          headers: { "content-type": "text/event-stream" },
                      }
                    : undefined;
            assert.deepEqual(await call(), five);
        });

        it("leaves a ping of the server's aside", async () => {
            const ping = '{"jsonrpc":"2.0","id":7,"method":"ping"}';
            const result = JSON.stringify({ jsonrpc: "2.0", id: 2, result: five });
            server.behaviour.react = ({ method }) =>
                method === "tools/call"
                    ? {
                          status: 200,
                          body: `data: ${ping}\n\ndata: ${result}\n\n`,
                          headers: { "content-type": "text/event-stream" },
                      }
                    : undefined;
            assert.deepEqual(await call(), five);
        });

        it("says what only the local cloud knows of a failure", () =>
            refused(
                {
                    react: () => ({
                        status: 424,
                        body: '{"message":"Runtime initialization time exceeded."}',
                        headers: { "x-hub-reason": "it ended with exit code 1; its log: /a%C3%BC" },
                    }),
                },
                {
                    kind: "refused",
                    detail: /exceeded\.; locally: it ended with exit code 1; its log: \/aü$/,
                },
            ));

        it("reads a batch", async () => {
            const result = JSON.stringify([{ jsonrpc: "2.0", id: 2, result: five }]);
            server.behaviour.react = ({ method }) =>
                method === "tools/call" ? { status: 200, body: result } : undefined;
            assert.deepEqual(await call(), five);
        });
    });

    describe("told by AWS that it may not", () => {
        const denial =
            "User: arn:aws:sts::111122223333:assumed-role/gateway/mcp-iam-auth-session is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime on resource: arn";
        const jsonRpc = (message: string) =>
            JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32002, message } });

        for (const [what, body] of [
            ["in restJson", JSON.stringify({ message: denial })],
            ["in JSON-RPC", jsonRpc(denial)],
        ] as const) {
            it(`says who may not do what, ${what}`, () =>
                refused(
                    { react: () => ({ status: 403, body }) },
                    { kind: "denied", reason: denial, detail: /^HTTP 403$/ },
                ));
        }

        it("says that it is about authorization where no more is said", () =>
            refused(
                { react: () => ({ status: 401, body: jsonRpc("Missing Authentication Token") }) },
                {
                    kind: "unauthorized",
                    reason: "Authorization error when sending message",
                    detail: /^HTTP 401: Missing Authentication Token$/,
                },
            ));
    });
});
