import assert from "node:assert/strict";
import fc from "fast-check";
import type { Schema, ToolSpec } from "../../../local/bedrock/converse";
import { stemOf } from "../../../local/bedrock/words";
import { converse, request, tool } from "./bedrockFixture";

/** Words that no list of stop words has, and whose stems differ: the tools of a catalogue share none. */
const consonants = "b d f g k l m n p r t v".split(" ");
const vowels = "a i o u".split(" ");
const words = consonants.flatMap((first) =>
    vowels.flatMap((second) =>
        consonants.flatMap((third) => vowels.map((last) => `${first}${second}${third}${last}k`)),
    ),
);
const distinct = [...new Map(words.map((word) => [stemOf(word), word])).values()];

interface Generated {
    spec: ToolSpec;
    verb: string;
    noun: string;
}

/** `bakak_bakik`: "Bakak the bakik of a bakok". */
function generated(index: number, style: number): Generated {
    const [verb = "", noun = "", about = ""] = distinct.slice(index * 3, index * 3 + 3);
    const kinds: Record<string, Schema>[] = [
        {},
        { first: { type: "number" }, second: { type: "number" } },
        { name: { type: "string" } },
        { message: { type: "string" } },
        { count: { type: "integer" }, city: { type: "string" } },
    ];
    const names = [
        `${verb}_${noun}`,
        `${verb}-${noun}`,
        `${verb}${noun.charAt(0).toUpperCase()}${noun.slice(1)}`,
        `target___${verb}_${noun}`,
    ];
    const description = `${verb.charAt(0).toUpperCase()}${verb.slice(1)} the ${noun} of a ${about}`;
    const spec = tool(names[style % names.length] ?? "", description, kinds[index % 5] ?? {});
    return { spec, verb, noun };
}

const size = Math.min(250, Math.floor(distinct.length / 3));

/** A catalogue of hundreds of tools, and one of them. */
const catalogue = fc
    .record({
        order: fc.shuffledSubarray([...Array(size).keys()], { minLength: 100, maxLength: size }),
        style: fc.nat(3),
        at: fc.nat(99),
        numbers: fc.tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: 2, max: 999 })),
        person: fc.constantFrom("Ann", "Bob Lee", "Zoë"),
        city: fc.constantFrom("Oslo", "New York"),
    })
    .map(({ order, style, at, ...values }) => {
        const all = order.map((index) => generated(index, style));
        const wanted = all[at] ?? assert.fail();
        return { all, wanted, kind: (order[at] ?? 0) % 5, ...values };
    });

describe("The stand-in with a generated catalogue", () => {
    it("has hundreds of tools with words of their own", () => {
        assert.ok(size >= 200, `${size} tools`);
    });

    it("picks the tool that the prompt speaks of, and fills its arguments", () => {
        fc.assert(
            fc.property(catalogue, ({ all, wanted, kind, numbers: [one, two], person, city }) => {
                const { verb, noun, spec } = wanted;
                const [prompt, input] = (
                    [
                        [`${verb} the ${noun}`, {}],
                        [`${verb} ${noun} with ${one} and ${two}`, { first: one, second: two }],
                        [`please ${verb} the ${noun} for ${person}`, { name: person }],
                        [`${verb} ${noun} "${person}, ${city}"`, { message: `${person}, ${city}` }],
                        [`can you ${verb} ${two} ${noun} in ${city}?`, { count: two, city }],
                    ] as const
                )[kind as 0];
                const tools = all.map((each) => each.spec);
                assert.deepEqual(converse(request(prompt, { tools })).calls, [[spec.name, input]]);
            }),
            { numRuns: 60, seed: 20261121 },
        );
    });

    it("says what is missing of every tool that needs something", () => {
        fc.assert(
            fc.property(catalogue, ({ all, wanted, kind }) => {
                const tools = all.map((each) => each.spec);
                const { calls, text } = converse(
                    request(`${wanted.verb} the ${wanted.noun}`, { tools }),
                );
                if (kind === 0) return;
                assert.deepEqual(calls, []);
                for (const name of wanted.spec.schema.required ?? []) {
                    assert.match(text, new RegExp(`^${wanted.spec.name} needs .*\\b${name} \\(`));
                }
            }),
            { numRuns: 40, seed: 20261121 },
        );
    });

    it("follows several steps through it", () => {
        fc.assert(
            fc.property(catalogue, ({ all }) => {
                const tools = all.map((each) => each.spec);
                const plain = all
                    .filter(({ spec }) => (spec.schema.required ?? []).length === 0)
                    .slice(0, 4);
                const prompt = plain.map(({ verb, noun }) => `${verb} the ${noun}`).join(", and ");
                const { calls } = converse(request(prompt, { tools }));
                assert.deepEqual(
                    calls.map(([name]) => name),
                    plain.map(({ spec }) => spec.name),
                );
            }),
            { numRuns: 30, seed: 20261121 },
        );
    });

    it("picks none for a prompt of other words", () => {
        fc.assert(
            fc.property(catalogue, ({ all }) => {
                const tools = all.map((each) => each.spec);
                const { calls, text } = converse(
                    request("compose a sonnet about autumn", { tools }),
                );
                assert.deepEqual(calls, []);
                assert.match(text, /^None of my tools fits/);
            }),
            { numRuns: 10, seed: 20261121 },
        );
    });

    it("takes any text for a prompt, and always comes to an end", () => {
        fc.assert(
            fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (prompt) => {
                const { text } = converse(request(prompt === "" ? "-" : prompt));
                assert.ok(text.length > 0);
            }),
            { numRuns: 300, seed: 20261121 },
        );
    });

    it("reads a prompt of 100 KB at once, whatever it repeats", () => {
        for (const part of ["a and ", "'", '"a', "a.", "add 1, ", "a@", "Ann ", "1,111", "it "]) {
            const prompt = `echo ${part.repeat(100_000 / part.length)}`;
            const start = performance.now();
            converse(request(prompt, { toolChoice: { kind: "tool", name: "echo_message" } }));
            assert.ok(performance.now() - start < 5000, part);
        }
    });
});
