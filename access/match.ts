/** Matches one text against a pattern that was compiled once. */
export type Matcher = (text: string) => boolean;

/** A part of a pattern: a verbatim one, put in for a variable, has no wildcards. */
export interface Piece {
    text: string;
    verbatim: boolean;
}

const anyText = Symbol("*");
const anyCharacter = Symbol("?");
/** A pattern, character by character. */
type Cells = readonly (string | symbol)[];

/** A pattern with `*` (any characters) and `?` (exactly one), over the whole text. */
export function wildcard(pattern: string | readonly Piece[]): Matcher {
    return cellsMatcher(cellsOf(pattern));
}

/**
 * A pattern of actions, `service:Name`, over an action in lower case; IAM compares them without regard to case
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html).
 */
export function actionPattern(pattern: string): Matcher {
    return wildcard(pattern.toLowerCase());
}

/**
 * A pattern of Resource or NotResource. In an ARN each of the first five segments is matched by itself, so that
 * a wildcard there does not reach over a colon; the last one may
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
 */
export function resourcePattern(pattern: string | readonly Piece[]): Matcher {
    const cells = cellsOf(pattern);
    return startsAsArn(cells) ? arnMatcher(cells) : cellsMatcher(cells);
}

/**
 * A value of ArnEquals or ArnLike: segment by segment. What is no ARN is like no ARN, but for `*`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN).
 */
export function arnPattern(pattern: string | readonly Piece[]): Matcher {
    const cells = cellsOf(pattern);
    if (cells.length === 1 && cells[0] === anyText) return () => true;
    return startsAsArn(cells) ? arnMatcher(cells) : () => false;
}

function startsAsArn(cells: Cells): boolean {
    return ["a", "r", "n", ":"].every((character, at) => cells[at] === character);
}

function arnMatcher(cells: Cells): Matcher {
    const parts = splitCells(cells);
    if (parts === undefined) return () => false;
    if (isLiteral(cells)) return cellsMatcher(cells);
    const last = cellsMatcher(parts[5] ?? []);
    const heads = parts.slice(0, 5);
    if (heads.every(isLiteral)) {
        const head = `${heads.map((part) => part.join("")).join(":")}:`;
        return (text) => text.startsWith(head) && last(text.slice(head.length));
    }
    const matchers = heads.map(cellsMatcher);
    const wild = cells.findIndex((cell) => typeof cell !== "string");
    const start = cells.slice(0, wild).join("");
    return (text) => {
        // Most patterns of a document are of other services: no need to take the text apart for them.
        const given = text.startsWith(start) ? segments(text) : undefined;
        return (
            given !== undefined &&
            matchers.every((matches, at) => matches(given[at] ?? "")) &&
            last(given[5] ?? "")
        );
    };
}

function cellsOf(pattern: string | readonly Piece[]): Cells {
    const pieces = typeof pattern === "string" ? [{ text: pattern, verbatim: false }] : pattern;
    return pieces.flatMap(({ text, verbatim }) =>
        text.split("").map((character) => {
            if (verbatim) return character;
            return character === "*" ? anyText : character === "?" ? anyCharacter : character;
        }),
    );
}

function isLiteral(cells: Cells): boolean {
    return cells.every((cell) => typeof cell === "string");
}

function cellsMatcher(cells: Cells): Matcher {
    if (isLiteral(cells)) {
        const whole = cells.join("");
        return (text) => text === whole;
    }
    const head = cells.slice(0, -1);
    if (cells.at(-1) === anyText && isLiteral(head)) {
        const start = head.join("");
        return (text) => text.startsWith(start);
    }
    return (text) => matchesCells(cells, text);
}

/** Goes back to the last `*` only, so that no pattern takes more than length times length. */
function matchesCells(cells: Cells, text: string): boolean {
    let cell = 0;
    let at = 0;
    let star = -1;
    let resumeAt = 0;
    while (at < text.length) {
        const here = cells[cell];
        if (here === anyText) {
            star = cell++;
            resumeAt = at;
        } else if (here === anyCharacter || here === text[at]) {
            cell++;
            at++;
        } else if (star >= 0) {
            cell = star + 1;
            at = ++resumeAt;
        } else {
            return false;
        }
    }
    while (cells[cell] === anyText) cell++;
    return cell === cells.length;
}

/** The six segments of an ARN pattern; the last one keeps its colons. */
function splitCells(cells: Cells): Cells[] | undefined {
    const parts: Cells[] = [];
    let start = 0;
    while (parts.length < 5) {
        const colon = cells.indexOf(":", start);
        if (colon < 0) return undefined;
        parts.push(cells.slice(start, colon));
        start = colon + 1;
    }
    return [...parts, cells.slice(start)];
}

let lastSplit: { text: string; segments: readonly string[] | undefined } | undefined;

/** The six segments of an ARN; the last one keeps its colons. A request's ARN is asked for again and again. */
function segments(text: string): readonly string[] | undefined {
    if (lastSplit?.text !== text) lastSplit = { text, segments: splitArn(text) };
    return lastSplit.segments;
}

function splitArn(text: string): string[] | undefined {
    const parts = text.split(":");
    if (parts.length < 6 || parts[0] !== "arn") return undefined;
    return [...parts.slice(0, 5), parts.slice(5).join(":")];
}
