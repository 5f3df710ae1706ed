import fc from "fast-check";
import { mutated, mutations } from "./mutations";

const words = [
    '"jsonrpc"',
    '"2.0"',
    '"id"',
    '"method"',
    '"params"',
    '"name"',
    '"arguments"',
    '"message"',
    '"_meta"',
    '"cursor"',
    '"protocolVersion"',
    '"io.modelcontextprotocol/protocolVersion"',
    '"2025-06-18"',
    '"2026-07-28"',
    '"initialize"',
    '"tools/list"',
    '"tools/call"',
    '"__proto__"',
    '"constructor"',
    '"echo-tools___echo_message"',
    '"echo-tools___"',
    '"___"',
    "null",
    "true",
    "0",
    "-0",
    "1e999",
    "9007199254740993",
    "[]",
    "{}",
    ",",
    ":",
    "\\u0000",
    "\\ud800",
    "\u0000",
    "\u00ff",
    "\u00ef\u00bb\u00bf",
    "\n",
];

const ids = fc.oneof(
    { weight: 8, arbitrary: fc.integer() },
    { weight: 4, arbitrary: fc.string() },
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.jsonValue() },
);
const methods = fc.oneof(
    {
        weight: 9,
        arbitrary: fc.constantFrom(
            "initialize",
            "notifications/initialized",
            "ping",
            "tools/list",
            "tools/call",
            "tools/call",
            "server/discover",
            "prompts/list",
        ),
    },
    { weight: 1, arbitrary: fc.string() },
);
const text = fc.string({ unit: "binary", maxLength: 40 });
const revision = fc.constantFrom("2025-06-18", "2025-11-25", "1");
/** A message that says all of itself, as since 2026-07-28, or metadata of another client. */
const meta = fc.oneof(
    fc.constant({ "io.modelcontextprotocol/protocolVersion": "2026-07-28" }),
    fc.record({ AWS_REGION: text }),
    fc.record({ "io.modelcontextprotocol/protocolVersion": revision }),
    fc.jsonValue(),
);
const toolParams = fc.record(
    {
        name: likely(fc.constant("echo-tools___echo_message"), text),
        arguments: likely(fc.record({ message: text }), fc.jsonValue()),
        _meta: meta,
    },
    { requiredKeys: ["name", "arguments"] },
);
const otherParams = fc.record(
    { protocolVersion: likely(revision, fc.jsonValue()), cursor: text, _meta: meta },
    { requiredKeys: [] },
);
const messages = fc
    .record(
        {
            jsonrpc: likely(fc.constant("2.0"), fc.constantFrom("1.0", 2)),
            id: ids,
            method: methods,
            params: likely(fc.oneof(toolParams, otherParams), fc.jsonValue()),
        },
        { requiredKeys: ["jsonrpc", "id", "method"] },
    )
    .map((message) => JSON.stringify(message));

/** Bodies of many levels, and of many messages. */
const hard = fc
    .tuple(fc.constantFrom("levels", "objects", "open", "batch", "members"), fc.nat(20_000))
    .map(([kind, size]) => {
        const call = (args: string) =>
            `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo-tools___echo_message","arguments":${args}}}`;
        switch (kind) {
            case "levels":
                return call(`{"message":${"[".repeat(size)}${"]".repeat(size)}}`);
            case "objects":
                return call(`${'{"a":'.repeat(size)}1${"}".repeat(size)}`);
            case "open":
                return "[".repeat(size);
            case "batch":
                return `[${Array(size % 100)
                    .fill(call("{}"))
                    .join(",")}]`;
            default:
                return call(`{"message":"x"${',"message":"y"'.repeat(size)}}`);
        }
    });

/** Bodies of one message, some as clients write them, most not; a character for each byte. */
export const bodies: fc.Arbitrary<string> = fc.oneof(
    {
        weight: 20,
        arbitrary: fc
            .tuple(messages, mutations(words))
            .map(([message, mutation]) =>
                mutated(Buffer.from(message).toString("latin1"), mutation),
            ),
    },
    { weight: 20, arbitrary: messages.map((message) => Buffer.from(message).toString("latin1")) },
    { weight: 1, arbitrary: hard },
    {
        weight: 1,
        arbitrary: fc
            .uint8Array({ maxLength: 100 })
            .map((bytes) => Buffer.from(bytes).toString("latin1")),
    },
);

function likely<T, U>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
    return fc.oneof({ weight: 11, arbitrary: usual }, { weight: 1, arbitrary: other });
}
