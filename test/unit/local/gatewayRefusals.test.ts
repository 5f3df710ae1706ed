import assert from "node:assert/strict";
import { echo, error, gatewayWith, post, recordingTarget, request } from "./gatewayFixture";

describe("A gateway's MCP endpoint refuses", () => {
    for (const [what, body, httpStatus, answer] of [
        [
            "what is not JSON",
            Buffer.from("{"),
            400,
            error(-32700, "Parse error: the body is not JSON", undefined, null),
        ],
        [
            "what is not UTF-8",
            Buffer.from([0x22, 0xff, 0x22]),
            400,
            error(-32700, "Parse error: the body is not JSON", undefined, null),
        ],
        [
            "an empty body",
            Buffer.alloc(0),
            400,
            error(-32700, "Parse error: the body is not JSON", undefined, null),
        ],
        [
            "a body over 6 MB",
            Buffer.alloc(6 * 1024 * 1024 + 1),
            413,
            error(-32600, "Request too large: got 6291457 bytes, at most 6291456", undefined, null),
        ],
        [
            "a batch",
            [request("ping")],
            400,
            error(
                -32600,
                "Invalid request: batches are not supported, send one message per request",
                undefined,
                null,
            ),
        ],
        [
            "JSON that is no object",
            7,
            400,
            error(-32600, "Invalid request: not an object", undefined, null),
        ],
        [
            "another JSON-RPC",
            { ...request("ping"), jsonrpc: "1.0" },
            400,
            error(-32600, 'Invalid request: jsonrpc must be "2.0"', undefined, null),
        ],
        [
            "an answer",
            { jsonrpc: "2.0", id: 1, result: {} },
            400,
            error(-32600, "Invalid request: method must be a text", undefined, null),
        ],
        [
            "a null id",
            request("ping", {}, null),
            400,
            error(-32600, "Invalid request: id must be a text or a number", undefined, null),
        ],
        [
            "a list of params",
            request("ping", []),
            400,
            error(-32600, "Invalid request: params must be an object", undefined, null),
        ],
        [
            "an unknown method",
            request("completion/complete"),
            200,
            error(-32601, "Method not found: completion/complete"),
        ],
        [
            "server/discover before 2026-07-28",
            request("server/discover"),
            200,
            error(-32601, "Method not found: server/discover"),
        ],
        [
            "initialize without a version",
            request("initialize"),
            200,
            error(-32602, "Invalid params: protocolVersion must be a text"),
        ],
        [
            "a call without a name",
            request("tools/call", {}),
            200,
            error(-32602, "Invalid params: name must be a text"),
        ],
        [
            "arguments that are no object",
            request("tools/call", { ...echo, arguments: ["hi"] }),
            200,
            error(-32602, "Invalid params: arguments must be an object"),
        ],
        [
            "a tool's name without its target's",
            request("tools/call", { name: "echo_message" }),
            200,
            error(-32602, "Unknown tool: echo_message"),
        ],
        [
            "another target's tool",
            request("tools/call", { name: "other___echo_message" }),
            200,
            error(-32602, "Unknown tool: other___echo_message"),
        ],
        [
            "a cursor that it did not give",
            request("tools/list", { cursor: "MA" }),
            200,
            error(-32602, "Invalid params: cursor is not one of this gateway's"),
        ],
    ] as const) {
        it(what, async () => {
            const { calls, callTarget } = recordingTarget();
            const { httpStatus: status, body: got, call } = await post(body, { callTarget });
            assert.deepEqual([status, got, call, calls], [httpStatus, answer, undefined, []]);
        });
    }

    it("a revision that it does not have, in the header of any later message", async () => {
        const gateway = gatewayWith({ supportedVersions: ["2025-06-18"] });
        const data = { requested: "2025-11-25", supported: ["2025-06-18"] };
        for (const message of [
            request("tools/list"),
            { jsonrpc: "2.0", method: "notifications/initialized" },
        ]) {
            const { httpStatus, body } = await post(message, { gateway });
            const text = "Unsupported protocol version: 2025-11-25";
            const id = "id" in message ? 1 : null;
            assert.deepEqual([httpStatus, body], [400, error(-32600, text, data, id)]);
        }
    });

    it("a message without the header where it does not have 2025-03-26", async () => {
        const gateway = gatewayWith({ supportedVersions: ["2025-06-18"] });
        const { httpStatus, body } = await post(request("ping"), { gateway, headers: {} });
        const data = { requested: "2025-03-26", supported: ["2025-06-18"] };
        const text = "Unsupported protocol version: 2025-03-26";
        assert.deepEqual([httpStatus, body], [400, error(-32600, text, data)]);
        assert.equal((await post(request("ping"), { headers: {} })).httpStatus, 200);
    });
});
