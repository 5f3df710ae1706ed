import assert from "node:assert/strict";
import { toolSearchResults } from "../../../agentcore/mcp";
import type { ListedTool } from "../../../local/gateway/gatewayView";
import { ToolSearch } from "../../../local/gateway/toolSearch";

const tool = (name: string, description: string, parameters: object = {}): ListedTool => ({
    name,
    description,
    inputSchema: { type: "object", properties: parameters },
});

const calculator = [
    tool("calc___add_numbers", "Add two numbers"),
    tool("calc___multiplyNumbers", "Multiply two numbers"),
    tool("calc___greet_user", "Greet a user by name"),
];
const office = [
    tool("office___sendHTTPRequest", "Calls a web address"),
    tool("office___bookings_cancel", "Cancels what was reserved at a restaurant"),
    tool("office___weather", "How it will be outside", {
        city: { type: "string", description: "A town such as Paris" },
        when: { type: "string" },
    }),
];

describe("A search of a gateway's tools", () => {
    const names = (
        query: string,
        lists: readonly (readonly ListedTool[])[] = [calculator, office],
    ) => new ToolSearch().find(lists, query).map(({ name }) => name);
    const best = (query: string) => names(query)[0];

    it("finds a tool by the words of its name, its description and its parameters", () => {
        assert.equal(best("greet"), "calc___greet_user");
        assert.equal(best("reserved restaurant"), "office___bookings_cancel");
        assert.equal(best("Paris"), "office___weather");
        assert.equal(best("a city"), "office___weather");
    });

    it("finds a name in camelCase by its words", () => {
        assert.equal(best("multiply"), "calc___multiplyNumbers");
        assert.equal(best("an http request"), "office___sendHTTPRequest");
    });

    it("finds other forms of a word", () => {
        for (const [query, name] of [
            ["adding", "calc___add_numbers"],
            ["ADDED", "calc___add_numbers"],
            ["multiplying a number", "calc___multiplyNumbers"],
            ["cancelling a booking", "office___bookings_cancel"],
            ["greetings", "calc___greet_user"],
            ["restaurants", "office___bookings_cancel"],
        ] as const) {
            assert.equal(best(query), name, query);
        }
    });

    it("puts the tool whose name says it before one that is described so", () => {
        const described = tool("a___first", "weather weather weather");
        const named = tool("a___weather", "what is outside");
        assert.deepEqual(names("weather", [[described, named]]), ["a___weather", "a___first"]);
    });

    it("finds nothing by words that no tool has, or that mean nothing", () => {
        for (const query of ["zebra", "what can you do for me", "?!", " "]) {
            assert.deepEqual(names(query), [], query);
        }
    });

    it("counts a word of the query once", () => {
        assert.deepEqual(names("greet numbers add"), names(`${"greet ".repeat(50)}numbers add`));
    });

    it("finds ten at most, the best first", () => {
        const many = Array.from({ length: 30 }, (_, at) => tool(`t___tool${at}`, "Reads a file"));
        many.push(tool("t___copy_file", "Copies a file"));
        const found = names("copy file", [many]);
        assert.equal(found.length, toolSearchResults);
        assert.equal(found[0], "t___copy_file");
    });

    it("gives what a client needs to call a tool, and no more", () => {
        const { name, inputSchema } = tool("t___weather", "");
        const extra = { name, inputSchema, outputSchema: {}, annotations: { title: "Weather" } };
        assert.deepEqual(new ToolSearch().find([[extra]], "weather"), [
            { name: "t___weather", description: "", inputSchema },
        ]);
    });

    it("searches the tools as they are now", () => {
        const search = new ToolSearch();
        const found = (lists: readonly (readonly ListedTool[])[]) =>
            search.find(lists, "numbers weather").map(({ name }) => name);
        assert.deepEqual(found([calculator]).sort(), [
            "calc___add_numbers",
            "calc___multiplyNumbers",
        ]);
        assert.deepEqual(found([office]), ["office___weather"]);
        assert.equal(found([calculator, office]).length, 3);
        assert.deepEqual(found([]), []);
    });

    it("takes less than 10 ms for 1,000 tools, indexed once", () => {
        const words = ["order", "user", "refund", "report", "device", "flight", "hotel", "email"];
        const verbs = ["create", "delete", "list", "update", "send"];
        const many = Array.from({ length: 1000 }, (_, at) => {
            const [verb = "", word = ""] = [verbs[at % 5], words[at % 8]];
            return tool(
                `t${at}___${verb}_${word}`,
                `${verb}s the ${word} number ${at} and returns it`,
                {
                    id: { type: "string", description: `The id of the ${word}` },
                },
            );
        });
        const search = new ToolSearch();
        const lists = [many];
        search.find(lists, "first");
        const times = Array.from({ length: 51 }, (_, at) => {
            const start = performance.now();
            const found = search.find(
                lists,
                `please ${verbs[at % 5]} all ${words[at % 8]} records`,
            );
            assert.equal(found.length, toolSearchResults);
            return performance.now() - start;
        }).sort((one, other) => one - other);
        assert.ok((times[25] ?? NaN) < 10, `the median was ${times[25]} ms`);
    });
});
