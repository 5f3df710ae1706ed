import assert from "node:assert/strict";
import { converse, request, run, tool } from "./bedrockFixture";

const calls = (prompt: string, change: Parameters<typeof request>[1] = {}) =>
    converse(request(prompt, change)).calls;
const text = (prompt: string, change: Parameters<typeof request>[1] = {}) =>
    converse(request(prompt, change)).text;

describe("The stand-in for a model", () => {
    it("follows a prompt's steps, and goes on with results", () => {
        const prompts = [
            "add 3 and 4, multiply by 10, greet Ann with it",
            "Add 3 and 4. Multiply it by 10. Greet Ann!",
            "please add 3 and 4 and then multiply the result by 10; finally greet Ann",
            "1. add 3 and 4\n2. multiply by 10\n3. greet Ann",
        ];
        for (const prompt of prompts) {
            assert.deepEqual(
                calls(prompt),
                [
                    ["add_numbers", { a: 3, b: 4 }],
                    ["multiply_numbers", { a: 7, b: 10 }],
                    ["greet_user", { name: "Ann" }],
                ],
                prompt,
            );
        }
    });

    it("reads arithmetic, as the articles ask for it", () => {
        const prompts: [prompt: string, tool: string, a: number, b: number][] = [
            ["What is 100 + 12?", "add_numbers", 100, 12],
            ["100 + 12は", "add_numbers", 100, 12],
            ["what's 3 plus 4", "add_numbers", 3, 4],
            ["the sum of 3 and 4", "add_numbers", 3, 4],
            ["6 * 7", "multiply_numbers", 6, 7],
            ["How much is 6 × 7?", "multiply_numbers", 6, 7],
            ["6 x 7", "multiply_numbers", 6, 7],
            ["6 times 7", "multiply_numbers", 6, 7],
        ];
        for (const [prompt, name, a, b] of prompts) {
            assert.deepEqual(calls(prompt), [[name, { a, b }]], prompt);
        }
        assert.match(text("7 - 3"), /^None of my tools fits/);
    });

    it("puts the result before where the prompt has it", () => {
        const prompt = "add 1 and 1, multiply 5 by it";
        assert.deepEqual(calls(prompt)[1], ["multiply_numbers", { a: 5, b: 2 }]);
        assert.deepEqual(calls("add 1 and 1, then echo the result")[1], [
            "echo_message",
            { message: "2" },
        ]);
    });

    it("goes on with a result of the turn before", () => {
        const { messages } = converse(request("add 20 and 22"));
        const next = [
            ...messages,
            { role: "user" as const, content: [{ text: "multiply it by 2" }] },
        ];
        assert.deepEqual(converse(request("", { messages: next })).calls, [
            ["multiply_numbers", { a: 42, b: 2 }],
        ]);
    });

    it("leaves what is in quotation marks whole, and picks no tool by it", () => {
        assert.deepEqual(calls('echo "add 1, then greet; and so on"'), [
            ["echo_message", { message: "add 1, then greet; and so on" }],
        ]);
    });

    it("says which argument is missing, by tool, name, type and description", () => {
        assert.equal(
            text("greet the user"),
            'greet_user needs name (string: The name of the user to greet); "greet the user" does not say it.',
        );
        assert.equal(
            text("add 3 and 4, greet the user, multiply by 2"),
            'add_numbers answered: 7\ngreet_user needs name (string: The name of the user to greet); "greet the user" does not say it.',
        );
        assert.match(text("multiply by 4"), /multiply_numbers needs b \(number\)/);
    });

    it("says that no tool fits, which there are, and what it is", () => {
        const answer = text("sing me a song");
        assert.match(answer, /^None of my tools fits "sing me a song"\./);
        assert.match(answer, /My tools: add_numbers, .*stand-in for a model/s);
        assert.match(text("hello", { tools: [] }), /^I have no tools, .*stand-in for a model/);
    });

    it("does what it can of a prompt, and says what it cannot", () => {
        const { calls: made, text: answer } = converse(request("add 3 and 4. Sing a song."));
        assert.deepEqual(made, [["add_numbers", { a: 3, b: 4 }]]);
        assert.match(answer, /^add_numbers answered: 7\nNone of my tools fits "Sing a song"/);
    });

    it("stops at a tool that fails, and says so", () => {
        const { calls: made, text: answer } = converse(
            request("add 3 and 4, multiply by 10"),
            () => ({
                toolResult: {
                    toolUseId: "",
                    status: "error",
                    content: [{ text: "out of numbers" }],
                },
            }),
        );
        assert.equal(made.length, 1);
        assert.equal(answer, "add_numbers failed: out of numbers");
    });

    it("gives the same answer to the same conversation", () => {
        const first = converse(request("add 3 and 4, multiply by 10"));
        assert.deepEqual(converse(request("add 3 and 4, multiply by 10")), first);
    });

    it("uses the one tool that it must", () => {
        assert.deepEqual(calls("Ann", { toolChoice: { kind: "tool", name: "echo_message" } }), [
            ["echo_message", { message: "Ann" }],
        ]);
        assert.deepEqual(calls("3 and 4", { toolChoice: { kind: "any" } })[0]?.[0], "add_numbers");
    });

    it("knows tools behind a gateway's target by the same words", () => {
        const tools = request("").tools.map((each) => ({ ...each, name: `echo___${each.name}` }));
        assert.deepEqual(calls("add 3 and 4, greet Ann", { tools }), [
            ["echo___add_numbers", { a: 3, b: 4 }],
            ["echo___greet_user", { name: "Ann" }],
        ]);
    });

    it("reads results that are JSON in text, and sentences", () => {
        for (const content of [
            [{ text: '{"result": 7}' }],
            [{ text: "The sum of 3 and 4 is 7." }],
            [{ text: "7" }],
            [{ json: { data: { sum: 7 } } }],
        ]) {
            let isFirst = true;
            const { calls: made } = converse(request("add 3 and 4, multiply by 10"), () => {
                if (!isFirst) return undefined;
                isFirst = false;
                return { toolResult: { toolUseId: "", status: "success", content } };
            });
            assert.deepEqual(
                made[1],
                ["multiply_numbers", { a: 7, b: 10 }],
                JSON.stringify(content),
            );
        }
    });
});

describe("The stand-in's use of a tool that finds tools", () => {
    const search = tool("x_find", "Searches for tools that fit a description", {
        query: { type: "string" },
    });

    it("is for what no other tool fits, and goes on with the tools that appear", () => {
        const input = request("add 3 and 4, multiply by 10", { tools: [search] });
        const first = converse(input, (name, args) => {
            assert.deepEqual([name, args], ["x_find", { query: "add 3 and 4, multiply by 10" }]);
            return {
                toolResult: { toolUseId: "", status: "success", content: [{ text: "found" }] },
            };
        });
        assert.match(first.text, /and a search for tools found none/);
        const found = {
            ...input,
            messages: first.messages.slice(0, 3),
            tools: [search, ...request("").tools],
        };
        assert.deepEqual(converse(found, answered).calls, [
            ["add_numbers", { a: 3, b: 4 }],
            ["multiply_numbers", { a: 7, b: 10 }],
        ]);
    });

    it("is not for what another tool fits", () => {
        assert.deepEqual(calls("add 3 and 4", { tools: [search, ...request("").tools] }), [
            ["add_numbers", { a: 3, b: 4 }],
        ]);
    });

    it("is told by what it takes and says, whatever its name", () => {
        const other = tool("x_find", "Searches for books", { query: { type: "string" } });
        assert.deepEqual(calls("bake a cake", { tools: [other] }), []);
    });

    const answered = (name: string, args: unknown) => ({
        toolResult: {
            toolUseId: "",
            status: "success" as const,
            content: [{ json: run(name, args) }],
        },
    });
});
