import { stemmer } from "stemmer";

/** Words that say nothing of what is asked for. */
const stopWords = new Set(
    (
        "a an the and or but of to in on at by for with from into onto as is are was were be been am do does did " +
        "it its that this these those them they he she his her i me my we us our you your please can could would " +
        "will shall should may might must then also now next finally after afterwards before so if than there here " +
        "what which who whom whose how when where why let lets s t not no yes just some any all each both " +
        "have has had want need like use using used tool tools given give tell"
    ).split(" "),
);

/** A text's words in small letters, with `camelCase`, `snake_case` and `kebab-case` apart. */
export function wordsOf(text: string): string[] {
    return (
        text
            .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
            .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
            .toLowerCase()
            .match(/\p{L}+|\d+/gu) ?? []
    );
}

/** What the signs and the words of arithmetic ask for. */
const arithmetic: readonly [written: RegExp, verb: string][] = [
    [/(?<=\d\s*)\+(?=\s*\d)|\bplus\b|\bsum of\b/giu, "add"],
    [/(?<=\d\s+)[-−](?=\s+\d)|\bminus\b/giu, "subtract"],
    [/(?<=\d\s*)[*×](?=\s*\d)|(?<=\d\s+)x(?=\s+\d)|\btimes\b|\bproduct of\b/giu, "multiply"],
    [/(?<=\d\s*)[/÷](?=\s*\d)|\bdivided by\b/giu, "divide"],
];

/** A text with arithmetic spelled out: "100 + 12" as "100 add 12". */
export function spelledOut(text: string): string {
    return arithmetic.reduce(
        (spelled, [written, verb]) => spelled.replace(written, ` ${verb} `),
        text,
    );
}

/** A word's stem; of languages that are not English it is the word itself or less. */
export function stemOf(word: string): string {
    return stemmer(word);
}

/** The stems of what a text is about. */
export function contentStems(text: string): string[] {
    return wordsOf(text).filter(isContent).map(stemOf);
}

/** Whether a word says something of what is asked for. */
export function isContent(word: string): boolean {
    return !stopWords.has(word) && !/^\d+$/.test(word);
}
