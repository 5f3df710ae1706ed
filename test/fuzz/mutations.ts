import fc from "fast-check";

/**
 * How a text is taken apart for its edits: each character; each word and each sign between words; or only the
 * inside of its quoted strings, so that what is around them stays whole.
 */
type Grain = "character" | "token" | "string";

/** One edit; places count modulo what is there, so that each edit does something. */
interface Edit {
    kind: "flip" | "remove" | "truncate" | "repeat" | "insert" | "replace" | "copy";
    at: number;
    to: number;
    count: number;
    word: string;
}

/** Edits of a text, to be made in order. */
export interface Mutation {
    grain: Grain;
    edits: readonly Edit[];
}

const strings = ["string", "string"] as const;

/** Some edits, with a format's own words to put in; of none the text stays as it is. */
export function mutations(
    words: readonly string[],
    { minLength = 0, hasStrings = true } = {},
): fc.Arbitrary<Mutation> {
    const edit: fc.Arbitrary<Edit> = fc.record({
        kind: fc.constantFrom<Edit["kind"]>(
            "flip",
            "remove",
            "truncate",
            "repeat",
            "insert",
            "insert",
            "replace",
            "replace",
            "copy",
        ),
        at: fc.nat(0xffff),
        to: fc.nat(0xffff),
        count: fc.integer({ min: 1, max: 12 }),
        word: fc.constantFrom(...words),
    });
    return fc.record({
        grain: fc.constantFrom<Grain>("character", "token", ...(hasStrings ? strings : [])),
        // Mostly one: of several, one often makes the others unseen.
        edits: fc.oneof(
            { weight: 1, arbitrary: fc.array(edit, { minLength, maxLength: minLength }) },
            { weight: 5, arbitrary: fc.array(edit, { minLength: 1, maxLength: 1 }) },
            { weight: 2, arbitrary: fc.array(edit, { minLength, maxLength: 4 }) },
        ),
    });
}

/** The text with all edits made. */
export function mutated(text: string, { grain, edits }: Mutation): string {
    let parts = partsOf(text, grain);
    for (const edit of edits) {
        parts = grain === "string" ? withStringEdited(parts, edit) : edited(parts, edit);
    }
    return parts.join("");
}

function partsOf(text: string, grain: Grain): string[] {
    if (grain === "character") return text.split("");
    if (grain === "string") return text.match(/"(?:[^"\\]|\\.)*"|[^"]+|"/g) ?? [];
    return text.match(/"(?:[^"\\]|\\.)*"|[\w.+*-]+|\r\n|[^]/g) ?? [];
}

/** One string's characters edited, or all of it by a word or by another string of the text. */
function withStringEdited(parts: readonly string[], edit: Edit): string[] {
    const quoted = [...parts.keys()].filter((index) => /^"[^]*"$/.test(parts[index] ?? ""));
    const place = quoted[edit.at % Math.max(quoted.length, 1)];
    if (place === undefined) return edited(parts, edit);
    const other = quoted[edit.to % quoted.length] ?? place;
    return parts.with(place, stringFor(parts[place] ?? "", parts[other] ?? "", edit));
}

function stringFor(text: string, other: string, edit: Edit): string {
    const word = edit.word.replace(/^"(.*)"$/s, "$1");
    if (edit.kind === "copy") return other;
    if (edit.kind === "replace") return `"${word}"`;
    const inside = edited(text.slice(1, -1).split(""), { ...edit, at: edit.to, word });
    return `"${inside.join("")}"`;
}

function edited(parts: readonly string[], { kind, at, to, count, word }: Edit): string[] {
    const place = at % (parts.length + 1);
    const piece = parts.slice(place, place + count);
    switch (kind) {
        case "flip":
            return parts.toSpliced(place, 1, flipped(parts[place] ?? "", to));
        case "remove":
            return parts.toSpliced(place, count);
        case "truncate":
            return parts.slice(0, place);
        case "repeat":
            return parts.toSpliced(
                place,
                0,
                ...Array<string[]>(1 + (to % 4))
                    .fill(piece)
                    .flat(),
            );
        case "insert":
            return parts.toSpliced(place, 0, word);
        case "replace":
            return parts.toSpliced(place, 1, word);
        case "copy":
            return parts.toSpliced(to % (parts.length + 1), 0, ...piece);
    }
}

/** One bit of one character in its other state. */
function flipped(part: string, seed: number): string {
    if (part === "") return String.fromCharCode(seed % 256);
    const index = seed % part.length;
    const code = part.charCodeAt(index) ^ (1 << (seed % 8));
    return part.slice(0, index) + String.fromCharCode(code) + part.slice(index + 1);
}
