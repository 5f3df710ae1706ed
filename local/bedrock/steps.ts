import { isCapital, isSign, isWord, tokensOf, type Token } from "./promptTokens";
import { contentStems } from "./words";

/** One thing that a prompt asks for. */
export interface Step {
    text: string;
    tokens: readonly Token[];
}

/**
 * A prompt's steps, in their order. Sentences, lines, semicolons and `then` part them; a comma and `and` do only where
 * what follows begins as a tool does, so that "add 3 and 4" stays one.
 */
export function stepsOf(prompt: string, isLead: (word: string) => boolean): Step[] {
    const tokens = tokensOf(prompt);
    const steps: Token[][] = [[]];
    for (let at = 0; at < tokens.length; at++) {
        const length = boundaryLength(tokens, at, isLead);
        const token = tokens[at];
        if (length > 0) {
            steps.push([]);
            at += length - 1;
        } else if (token !== undefined) steps.at(-1)?.push(token);
    }
    return steps.map(trimmed).flatMap((own) => {
        const [first] = own;
        const last = own.at(-1);
        if (first === undefined || last === undefined) return [];
        const text = prompt.slice(first.start, last.end);
        // "Please." and "2." ask for nothing.
        return contentStems(text).length === 0 && !hasValues(own) ? [] : [{ text, tokens: own }];
    });
}

function hasValues(tokens: readonly Token[]): boolean {
    return tokens.length > 1 || tokens.some(({ kind }) => kind === "quoted");
}

/** How many tokens part two steps here; 0 where none do. */
function boundaryLength(
    tokens: readonly Token[],
    at: number,
    isLead: (word: string) => boolean,
): number {
    const token = tokens[at];
    if (token?.kind === "line" || isSign(token, ";")) return 1;
    if (isSign(token, ".", "!", "?") && token?.isLast === true) return 1;
    if (isWord(token, "then", "afterwards", "finally")) return 1;
    if (isWord(token, "after") && isWord(tokens[at + 1], "that")) return 2;
    if (!isSign(token, ",", "&") && !isWord(token, "and")) return 0;
    let next = at + 1;
    while (next - at <= maxFillers && isFiller(tokens[next])) next++;
    if (isWord(tokens[next], "then", "finally", "afterwards")) return next - at + 1;
    const lead = tokens[next];
    if (lead?.kind !== "word" || isCapital(lead) || !isLead(lead.text)) return 0;
    return next - at;
}

const fillers =
    "and also please now the a an to i you we can could would want get show what what's is are me my".split(
        " ",
    );

/** No one says more of them; a prompt of nothing else would be read again from each. */
const maxFillers = 8;

function isFiller(token: Token | undefined): boolean {
    return isWord(token, ...fillers) || isSign(token, ",");
}

/** Without the marks of a list and the signs around. */
function trimmed(tokens: readonly Token[]): Token[] {
    let from = 0;
    let to = tokens.length;
    while (tokens[from]?.kind === "sign" || isWord(tokens[from], "and", "also", "please")) from++;
    if (tokens[from]?.kind === "number" && isSign(tokens[from + 1], ".", ")")) from += 2;
    while (to > from && (tokens[to - 1]?.kind === "sign" || isWord(tokens[to - 1], "and"))) to--;
    return tokens.slice(from, to);
}
