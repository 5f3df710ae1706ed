import assert from "node:assert/strict";
import {
    parseToolDefinitions,
    qualifiedToolName,
    splitToolName,
    toolSchemaProblems,
} from "../../../agentcore/toolSchema";

const tool = {
    name: "echo_message",
    description: "Echo back a message for testing",
    inputSchema: {
        type: "object",
        properties: { message: { type: "string", description: "What to say" } },
        required: ["message"],
    },
};

function withInput(inputSchema: unknown): unknown {
    return [{ ...tool, inputSchema }];
}

function withProperty(schema: unknown): unknown {
    return withInput({ type: "object", properties: { a: schema } });
}

const onlyKeys =
    "must be absent: AgentCore's inline schema allows only type, properties, required, items, description";
const name64 = "x".repeat(64);

describe("A tool schema for AgentCore", () => {
    for (const [what, json] of [
        ["all types", withInput(allTypes())],
        ["an input without properties", withInput({ type: "object" })],
        ["a name of 64 characters", [{ ...tool, name: name64 }]],
        ["an output schema", [{ ...tool, outputSchema: { type: "object" } }]],
        ["properties with the names of keywords", withProperty({ type: "string" })],
        [
            "a property called enum",
            withInput({ type: "object", properties: { enum: { type: "string" } } }),
        ],
    ] as const) {
        it(`may have ${what}`, () => {
            assert.deepEqual(toolSchemaProblems(json), []);
        });
    }

    for (const [json, ...problems] of [
        [{}, "tools: got {}; must be a list of tool definitions"],
        [undefined, "tools: got nothing; must be a list of tool definitions"],
        [[], "tools: got []; must have at least one tool"],
        [[7], "tools[0]: got 7; must be a tool definition"],
        [
            [{ ...tool, name: "a tool" }],
            'tools[0].name: got "a tool"; must be 1-64 letters, digits, _ or -',
        ],
        [
            [{ ...tool, name: `${name64}x` }],
            `tools[0].name: got "${name64}x"; must be 1-64 letters, digits, _ or -`,
        ],
        [
            [{ ...tool, name: undefined, description: " " }],
            "tools[0].name: got nothing; must be 1-64 letters, digits, _ or -",
            'tools[0].description: got " "; must be a text: it is all that a model knows of the tool',
        ],
        [
            [{ ...tool, title: "Echo" }],
            `tools[0].title: got "Echo"; must be absent: AgentCore's tool definition allows only name, description, inputSchema, outputSchema`,
        ],
        [[tool, tool], 'tools[1].name: got "echo_message"; tools[0] has it already'],
        [withInput(undefined), "tools[0].inputSchema: got nothing; must be a schema"],
        [
            withInput({ type: "string" }),
            'tools[0].inputSchema.type: got "string"; must be object at the top',
        ],
        [
            withInput({ type: "object", required: ["a"] }),
            'tools[0].inputSchema.required[0]: got "a"; must be one of the properties',
        ],
        [
            withInput({ type: "object", properties: {}, required: ["toString"] }),
            'tools[0].inputSchema.required[0]: got "toString"; must be one of the properties',
        ],
        [
            withInput({ ...tool.inputSchema, required: ["message", "message"] }),
            'tools[0].inputSchema.required[1]: got "message"; is there twice',
        ],
        [
            withInput({ ...tool.inputSchema, required: "message" }),
            'tools[0].inputSchema.required: got "message"; must be a list of property names',
        ],
        [
            withInput({ type: "object", properties: [] }),
            "tools[0].inputSchema.properties: got []; must be a map of schemas",
        ],
        [
            withProperty({ type: "string", enum: ["x"] }),
            `tools[0].inputSchema.properties.a.enum: got ["x"]; ${onlyKeys}`,
        ],
        [
            withProperty({ $ref: "#/a" }),
            `tools[0].inputSchema.properties.a.$ref: got "#/a"; ${onlyKeys}`,
            "tools[0].inputSchema.properties.a.type: got nothing; must be one of string, number, object, array, boolean, integer",
        ],
        [
            withProperty({ type: ["string", "null"] }),
            'tools[0].inputSchema.properties.a.type: got ["string","null"]; must be one of string, number, object, array, boolean, integer',
        ],
        [
            withProperty({ type: "array", items: { type: "object", additionalProperties: false } }),
            `tools[0].inputSchema.properties.a.items.additionalProperties: got false; ${onlyKeys}`,
        ],
        [
            withInput({
                type: "object",
                properties: { "a b": { type: "string", description: 1 } },
            }),
            'tools[0].inputSchema.properties["a b"].description: got 1; must be a text',
        ],
        [
            [{ ...tool, outputSchema: { type: "array" } }],
            'tools[0].outputSchema.type: got "array"; must be object at the top',
        ],
    ] as [unknown, ...string[]][]) {
        it(`may not have: ${problems.join(" | ")}`, () => {
            assert.deepEqual(toolSchemaProblems(json), problems);
        });
    }

    it("shows long values in part", () => {
        const [problem] = toolSchemaProblems("y".repeat(1000));
        assert.equal(
            problem,
            `tools: got "${"y".repeat(76)}...; must be a list of tool definitions`,
        );
    });

    it("is parsed as it is", () => {
        assert.deepEqual(parseToolDefinitions([tool]), [tool]);
    });

    it("is refused with all of its problems at once", () => {
        assert.throws(() => parseToolDefinitions([{ ...tool, name: "", description: "" }]), {
            message: `tools[0].name: got ""; must be 1-64 letters, digits, _ or -
tools[0].description: got ""; must be a text: it is all that a model knows of the tool`,
        });
    });
});

describe("A qualified tool name", () => {
    it("has three underscores between the target and the tool", () => {
        assert.equal(qualifiedToolName("echo-tools", "echo_message"), "echo-tools___echo_message");
    });

    for (const [qualified, parts] of [
        ["echo-tools___echo_message", { target: "echo-tools", tool: "echo_message" }],
        ["a___b___c", { target: "a", tool: "b___c" }],
        ["a____b", { target: "a", tool: "_b" }],
        ["echo_message", undefined],
        ["___b", undefined],
        ["a___", undefined],
    ] as const) {
        it(`is split at the first three: ${qualified}`, () => {
            assert.deepEqual(splitToolName(qualified), parts);
        });
    }
});

function allTypes(): object {
    const types = ["string", "number", "object", "array", "boolean", "integer"];
    return {
        type: "object",
        properties: Object.fromEntries(types.map((type) => [type, { type }])),
        required: types,
    };
}
