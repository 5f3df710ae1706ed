import { stemOf, wordsOf } from "./words";

/** A piece of a prompt: a word, a number, what is in quotation marks, or a sign. */
export interface Token {
    kind: "word" | "number" | "quoted" | "sign" | "line";
    /** As it is written, without its quotation marks. */
    text: string;
    /** A number's value. */
    value?: number;
    /** Where it is in the prompt. */
    start: number;
    end: number;
    /** Whether white space or the prompt's end follows. */
    isLast: boolean;
}

const pattern = new RegExp(
    [
        /(?<line>\n)/u,
        /(?<quoted>"[^"]*"|“[^”]*”|«[^»]*»|`[^`]*`|(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}]))/u,
        // An address on the web, of mail (bounded: it is tried at every character), a date, an identifier: words that have signs in them.
        /(?<special>https?:\/\/[^\s,;"]+[^\s,;."!?)]|[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}|\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?|\d{1,2}:\d\d)/u,
        /(?<number>(?<![\p{L}\p{N}_.])[\-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[\-+]?\d+)?(?![\p{Script=Latin}\p{N}_\-]))/u,
        /(?<word>[\p{L}\p{N}_](?:[\p{L}\p{N}_'’\-]*[\p{L}\p{N}_])?)/u,
        /(?<sign>\S)/u,
    ]
        .map(({ source }) => source)
        .join("|"),
    "gu",
);

const numberWords = new Map(
    "zero one two three four five six seven eight nine ten eleven twelve"
        .split(" ")
        .map((word, value) => [word, value]),
);

/** A prompt's pieces, in their order. */
export function tokensOf(prompt: string): Token[] {
    return [...prompt.matchAll(pattern)].map((match) => {
        const { line, quoted, number, sign } = match.groups ?? {};
        const [text] = match;
        const place = { start: match.index, end: match.index + text.length };
        const isLast = /^(?:\s|$)/.test(prompt.slice(place.end, place.end + 1));
        if (line !== undefined) return { kind: "line", text, ...place, isLast };
        if (quoted !== undefined) {
            return { kind: "quoted", text: text.slice(1, -1), ...place, isLast };
        }
        if (number !== undefined) {
            const value = Number(text.replaceAll(",", ""));
            return { kind: "number", text, value, ...place, isLast };
        }
        if (sign !== undefined) return { kind: "sign", text, ...place, isLast };
        const value = numberWords.get(text.toLowerCase());
        return { kind: "word", text, ...place, isLast, ...(value !== undefined && { value }) };
    });
}

/** Whether a token is one of these words. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
    return token?.kind === "word" && words.includes(token.text.toLowerCase());
}

/** Whether a token is one of these signs. */
export function isSign(token: Token | undefined, ...signs: readonly string[]): boolean {
    return token?.kind === "sign" && signs.includes(token.text);
}

/** Whether a word is written as a name is. */
export function isCapital(token: Token | undefined): boolean {
    return token?.kind === "word" && /^\p{Lu}/u.test(token.text);
}

/** Whether the tokens from here on are a name's words; how many of them. */
export function nameLength(tokens: readonly Token[], at: number, name: string): number {
    const stems = wordsOf(name).map(stemOf);
    let matched = 0;
    for (let next = at; matched < stems.length; next++) {
        const token = tokens[next];
        if (token?.kind !== "word") return 0;
        for (const stem of wordsOf(token.text).map(stemOf)) {
            if (stem !== stems[matched]) return 0;
            matched++;
        }
        if (matched === stems.length) return next - at + 1;
    }
    return 0;
}

/** Words that stand for the result before. */
export function referenceLength(tokens: readonly Token[], at: number): number {
    const token = tokens[at];
    if (isWord(token, "it")) return 1;
    const next = tokens[at + 1];
    if (isWord(token, "the", "that", "this", "its") && isWord(next, "result", "answer", "output")) {
        return 2;
    }
    const isPronoun =
        next?.kind !== "word" || isWord(next, "and", "by", "to", "with", "from", "for");
    return isWord(token, "that", "this", "them") && isPronoun && next?.kind !== "number" ? 1 : 0;
}
