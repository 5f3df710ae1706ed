import type { Schema } from "./converse";
import { isCapital, isSign, isWord, nameLength, referenceLength, type Token } from "./promptTokens";
import { isContent } from "./words";

/** A run of tokens that a value is made of. */
export interface Found {
    at: number;
    length: number;
    text: string;
}

/** A number, or a word for the result before. */
export interface Operand {
    at: number;
    length: number;
    value: number | "previous";
}

/** The values of one step, each of which goes into one argument. */
export class StepValues {
    readonly #used: boolean[];

    constructor(
        readonly tokens: readonly Token[],
        private readonly prompt: string,
        private readonly isToolWord: (word: string) => boolean,
    ) {
        this.#used = tokens.map(() => false);
    }

    isFree(at: number): boolean {
        return at < this.tokens.length && this.#used[at] === false;
    }

    use(at: number, length = 1): void {
        this.#used.fill(true, at, at + length);
    }

    /** Takes the first run that is found, and none of it again. */
    take(found: Found | undefined): string | undefined {
        if (found === undefined) return undefined;
        this.use(found.at, found.length);
        return found.text;
    }

    find(test: (token: Token, at: number) => boolean): number {
        return this.tokens.findIndex((token, at) => this.isFree(at) && test(token, at));
    }

    quoted(): Found | undefined {
        return this.#single(this.find(({ kind }) => kind === "quoted"));
    }

    /** Takes every quoted text that is left. */
    allQuoted(): string[] {
        return this.tokens.flatMap(({ kind, text }, at) => {
            if (kind !== "quoted" || !this.isFree(at)) return [];
            this.use(at);
            return [text];
        });
    }

    matching(pattern: RegExp): Found | undefined {
        return this.#single(this.find(({ kind, text }) => kind !== "sign" && pattern.test(text)));
    }

    /** Where a property is named, and how many words name it. */
    label(name: string): { at: number; length: number } | undefined {
        for (let at = 0; at < this.tokens.length; at++) {
            const length = this.isFree(at) ? nameLength(this.tokens, at, name) : 0;
            if (length > 0) return { at, length };
        }
        return undefined;
    }

    /** Words that are written as a name is, from here on. */
    nameAt(at: number): Found | undefined {
        let end = at;
        while (this.isFree(end) && isCapital(this.tokens[end])) end++;
        return end === at ? undefined : this.run(at, end);
    }

    /** The first name that does not begin the step: there every word is written with a capital. */
    name(): Found | undefined {
        const at = this.find((token, place) => place > 0 && isCapital(token));
        return at < 0 ? undefined : this.nameAt(at);
    }

    /** What follows one of these words; the first of them counts most. */
    after(words: readonly string[], isNameOnly: boolean): Found | undefined {
        for (const word of words) {
            for (let at = 0; at + 1 < this.tokens.length; at++) {
                const found = isWord(this.tokens[at], word)
                    ? this.#phraseAt(at + 1, isNameOnly)
                    : undefined;
                if (found !== undefined) return found;
            }
        }
        return undefined;
    }

    #phraseAt(start: number, isNameOnly: boolean): Found | undefined {
        const at = isWord(this.tokens[start], "the", "a", "an", "my") ? start + 1 : start;
        const next = this.tokens[at];
        if (!this.isFree(at) || next === undefined) return undefined;
        const found = next.kind === "quoted" ? this.#single(at) : this.nameAt(at);
        if (found !== undefined || isNameOnly) return found;
        const isPlain = next.kind === "word" && isContent(next.text.toLowerCase());
        return isPlain ? this.#single(at) : undefined;
    }

    /** What is left, without the words that name the tool and what leads to the text. */
    rest(): Found | undefined {
        let from = 0;
        let to = this.tokens.length;
        const isSkipped = (at: number) => {
            const token = this.tokens[at];
            if (!this.isFree(at) || token?.kind === "sign") return true;
            if (token?.kind !== "word") return false;
            const word = token.text.toLowerCase();
            return !isContent(word) || this.isToolWord(word);
        };
        while (from < to) {
            const length = referenceLength(this.tokens, from);
            if (length === 0 && !isSkipped(from)) break;
            from += Math.max(length, 1);
        }
        while (to > from && (!this.isFree(to - 1) || this.tokens[to - 1]?.kind === "sign")) to--;
        let end = from;
        while (end < to && this.isFree(end)) end++;
        return end === from ? undefined : this.run(from, end);
    }

    /** Where a number stands, or a word for the result before. */
    numbers(hasPrevious: boolean): Operand[] {
        return this.tokens.flatMap((token, at): Operand[] => {
            if (!this.isFree(at)) return [];
            const length = hasPrevious ? referenceLength(this.tokens, at) : 0;
            if (length > 0) return [{ at, length, value: "previous" }];
            return token.value === undefined ? [] : [{ at, length: 1, value: token.value }];
        });
    }

    hasReference(): boolean {
        return this.tokens.some((_, at) => this.isFree(at) && referenceLength(this.tokens, at) > 0);
    }

    /** The member of an enumeration that the step names. */
    member({ enum: values = [] }: Schema): unknown {
        return values.find((value) => {
            const label = this.label(String(value));
            const at =
                label?.at ??
                this.find(({ text }) => text.toLowerCase() === String(value).toLowerCase());
            if (at < 0) return false;
            this.use(at, label?.length ?? 1);
            return true;
        });
    }

    /** A run as it is written. */
    run(from: number, to: number): Found {
        const own = this.tokens.slice(from, to);
        const [first] = own;
        const isOne = own.length === 1 && first !== undefined;
        const text = isOne ? first.text : this.prompt.slice(first?.start, own.at(-1)?.end);
        return { at: from, length: to - from, text };
    }

    /** Whether a sign says that the value of what is named before comes now; how many tokens it is. */
    separatorLength(at: number): number {
        if (isSign(this.tokens[at], ":", "=")) return 1;
        if (isWord(this.tokens[at], "set") && isWord(this.tokens[at + 1], "to")) return 2;
        return isWord(this.tokens[at], "is", "as", "equals", "named", "called", "to") ? 1 : 0;
    }

    #single(at: number): Found | undefined {
        return at < 0 ? undefined : this.run(at, at + 1);
    }
}
