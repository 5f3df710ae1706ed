import assert from "node:assert/strict";
import type { Schema } from "../../../local/bedrock/converse";
import { converse, request, tool } from "./bedrockFixture";

/** The input that a prompt gives a tool, or what is said to be missing. */
function filled(
    prompt: string,
    properties: Readonly<Record<string, Schema>>,
    required?: readonly string[],
): unknown {
    const tools = [tool("book_thing", "Book something", properties, required)];
    const { calls, text } = converse(request(prompt, { tools }));
    return calls[0]?.[1] ?? /needs (.*); "/.exec(text)?.[1] ?? text;
}

const text: Schema = { type: "string" };
const number: Schema = { type: "number" };

describe("The stand-in's arguments", () => {
    const cases: [
        name: string,
        prompt: string,
        properties: Record<string, Schema>,
        input: unknown,
    ][] = [
        ["numbers in their order", "book 3.5 and -2", { x: number, y: number }, { x: 3.5, y: -2 }],
        [
            "numbers in words, and with thousands",
            "book two of 1,500",
            { x: number, y: number },
            { x: 2, y: 1500 },
        ],
        [
            "integers apart from fractions",
            "book 2.5 for 3",
            { count: { type: "integer" }, price: number },
            { count: 3, price: 2.5 },
        ],
        [
            "what is named, in any order",
            "book with y = 1 and x: 2",
            { x: number, y: number },
            { x: 2, y: 1 },
        ],
        [
            "numbers before or after their names",
            "book 10 days for price 7",
            { price: number, days: number },
            { price: 7, days: 10 },
        ],
        [
            "camelCase names as their words",
            "book first name Ann, last name Lee",
            { lastName: text, firstName: text },
            { lastName: "Lee", firstName: "Ann" },
        ],
        [
            "names of people and places",
            "book for Ann Lee in New York",
            { city: text, name: text },
            { city: "New York", name: "Ann Lee" },
        ],
        ["places in small letters", "book in paris", { city: text }, { city: "paris" }],
        [
            "where from and where to",
            "book from Rome to Oslo",
            { destination: text, origin: text },
            { destination: "Oslo", origin: "Rome" },
        ],
        [
            "quoted texts in their order",
            `book "a b" and 'c'`,
            { title: text, body: text },
            { title: "a b", body: "c" },
        ],
        [
            "the text that is left",
            "book the small red one",
            { query: text },
            { query: "small red one" },
        ],
        [
            "booleans by their names",
            "book it urgent",
            { urgent: { type: "boolean" } },
            { urgent: true },
        ],
        [
            "booleans that are denied",
            "book not urgent",
            { urgent: { type: "boolean" } },
            { urgent: false },
        ],
        [
            "booleans that are said",
            "book with urgent = no",
            { urgent: { type: "boolean" } },
            { urgent: false },
        ],
        [
            "members of enumerations",
            "book a Large one",
            { size: { type: "string", enum: ["small", "large"] } },
            { size: "large" },
        ],
        [
            "members of several words",
            "book very high",
            { level: { enum: ["low", "very_high"] } },
            { level: "very_high" },
        ],
        [
            "arrays of numbers",
            "book 1, 2 and 3",
            { values: { type: "array", items: number } },
            { values: [1, 2, 3] },
        ],
        [
            "arrays of texts",
            "book milk, eggs and tea",
            { list: { type: "array", items: text } },
            { list: ["milk", "eggs", "tea"] },
        ],
        [
            "arrays of quoted texts",
            'book "a, b" "c"',
            { list: { type: "array", items: text } },
            { list: ["a, b", "c"] },
        ],
        [
            "arrays of members",
            "book red and blue",
            { list: { type: "array", items: { enum: ["red", "green", "blue"] } } },
            { list: ["red", "blue"] },
        ],
        [
            "nested objects",
            "book for Ann in Rome with 2",
            {
                who: {
                    type: "object",
                    properties: { name: text, city: text },
                    required: ["name", "city"],
                },
                count: number,
            },
            { who: { name: "Ann", city: "Rome" }, count: 2 },
        ],
        [
            "addresses of mail",
            "book for ann@example.org",
            { email: text },
            { email: "ann@example.org" },
        ],
        [
            "addresses on the web",
            "book https://example.org/a?b=1.",
            { link: { type: "string", format: "uri" } },
            { link: "https://example.org/a?b=1" },
        ],
        ["dates", "book on 2026-11-21", { date: text }, { date: "2026-11-21" }],
        ["identifiers", "book AB-12 now", { ticketId: text }, { ticketId: "AB-12" }],
        [
            "types with null, and alternatives",
            "book 5 for Ann",
            { n: { type: ["integer", "null"] }, name: { anyOf: [text, { type: "null" }] } },
            { n: 5, name: "Ann" },
        ],
        [
            "defaults of what is required",
            "book it",
            { unit: { type: "string", enum: ["C", "F"], default: "C" } },
            { unit: "C" },
        ],
    ];
    for (const [name, prompt, properties, input] of cases) {
        it(`are ${name}`, () => {
            assert.deepEqual(filled(prompt, properties), input);
        });
    }

    it("are not made up: what is missing is named with its type", () => {
        const size: Schema = { enum: ["s", "l"], description: "How big." };
        assert.equal(filled("book", { size }), "size (one of s, l: How big)");
        assert.equal(filled("book 2.5", { n: { type: "integer" } }), "n (integer)");
        assert.equal(
            filled("book", { list: { type: "array", items: number } }),
            "list (array of number)",
        );
        const who: Schema = { type: "object", properties: { city: text }, required: ["city"] };
        assert.equal(filled("book", { who }), "who.city (string)");
        assert.equal(
            filled("book Ann", { code: { type: "string", pattern: "^[0-9]+$" } }),
            "code (string)",
        );
    });

    it("are given where they are optional only when they are said", () => {
        const properties = {
            name: text,
            loud: { type: "boolean" },
            times: { type: "integer" },
            note: text,
        };
        assert.deepEqual(filled("book Ann", properties, ["name"]), { name: "Ann" });
        assert.deepEqual(filled('book Ann 3 times loud, note "hi"', properties, ["name"]), {
            ...{ name: "Ann", loud: true, times: 3, note: "hi" },
        });
        assert.deepEqual(filled("book", properties, []), {});
    });

    it("follow references in a schema, and do not follow one forever", () => {
        const schema: Schema = {
            type: "object",
            properties: { at: { $ref: "#/$defs/Place" } },
            required: ["at"],
            $defs: {
                Place: {
                    type: "object",
                    properties: { city: text, near: { $ref: "#/$defs/Place" } },
                    required: ["city"],
                },
            },
        };
        const tools = [{ name: "book", description: "Book", schema }];
        assert.deepEqual(converse(request("book in Rome", { tools })).calls, [
            ["book", { at: { city: "Rome" } }],
        ]);
    });
});
