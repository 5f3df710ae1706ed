/** Matches one text against a pattern that was compiled once. */
export type Matcher = (text: string) => boolean;

/** A part of a pattern: a verbatim one, put in for a variable, has no wildcards. */
export interface Piece {
    text: string;
    verbatim: boolean;
}

const anyText = Symbol("*");
const anyCharacter = Symbol("?");
/** The same two, but not over a colon. */
const segmentText = Symbol("* in a segment");
const segmentCharacter = Symbol("? in a segment");
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
 * A pattern of Resource or NotResource. In an ARN's first five segments a wildcard stays in its segment, but
 * for a `*` that ends it: that one reaches over colons, as in `arn:aws:lambda:*`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
 */
export function resourcePattern(pattern: string | readonly Piece[]): Matcher {
    const cells = cellsOf(pattern);
    const isArn = ["a", "r", "n", ":"].every((character, at) => cells[at] === character);
    return cellsMatcher(isArn ? boundBySegments(cells) : cells);
}

function boundBySegments(cells: Cells): Cells {
    let colons = 0;
    return cells.map((cell, at) => {
        if (cell === ":") colons++;
        if (colons >= 5) return cell;
        if (cell === anyCharacter) return segmentCharacter;
        const endsSegment = at + 1 === cells.length || cells[at + 1] === ":";
        return cell === anyText && !endsSegment ? segmentText : cell;
    });
}

/**
 * A value of ArnEquals or ArnLike: segment by segment. What is no ARN is like no ARN, but for `*`
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN).
 */
export function arnPattern(pattern: string | readonly Piece[]): Matcher {
    const cells = cellsOf(pattern);
    return cells.length === 1 && cells[0] === anyText ? () => true : arnMatcher(cells);
}

function arnMatcher(cells: Cells): Matcher {
    const parts = splitCells(cells);
    const [scheme = []] = parts ?? [];
    if (parts === undefined || (isLiteral(scheme) && scheme.join("") !== "arn")) return () => false;
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
    return cells.includes(segmentText)
        ? (text) => matchesAnyWay(cells, text)
        : (text) => matchesFirstWay(cells, text);
}

/** Goes back to the last `*` only, so that no pattern takes more than length times length. */
function matchesFirstWay(cells: Cells, text: string): boolean {
    let cell = 0;
    let at = 0;
    let star = -1;
    let resumeAt = 0;
    while (at < text.length) {
        const here = cells[cell];
        if (here === anyText) {
            star = cell++;
            resumeAt = at;
        } else if (takes(here, text[at])) {
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

/** Goes all ways at once: where one `*` stays in its segment, an earlier one may have to take more. */
function matchesAnyWay(cells: Cells, text: string): boolean {
    let reached = new Set<number>();
    const reach = (to: Set<number>, from: number): void => {
        let cell = from;
        to.add(cell);
        while (cells[cell] === anyText || cells[cell] === segmentText) to.add(++cell);
    };
    reach(reached, 0);
    for (const character of text.split("")) {
        const next = new Set<number>();
        for (const cell of reached) {
            const here = cells[cell];
            if (here === anyText || (here === segmentText && character !== ":")) reach(next, cell);
            else if (takes(here, character)) reach(next, cell + 1);
        }
        reached = next;
    }
    return reached.has(cells.length);
}

/** Whether a cell that stands for one character stands for this one. */
function takes(cell: string | symbol | undefined, character: string | undefined): boolean {
    return (
        cell === anyCharacter ||
        (cell === segmentCharacter && character !== ":") ||
        cell === character
    );
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
