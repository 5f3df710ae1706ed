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
 * An action pattern, `service:Name`; IAM compares actions without regard to case
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html).
 */
export function actionPattern(pattern: string): Matcher {
    const matches = wildcard(pattern.toLowerCase());
    return (text) => matches(text.toLowerCase());
}

/**
 * A resource pattern. In an ARN each of the first five segments is matched by itself, so that a wildcard
 * there does not reach over a colon; the last one may
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
 */
export function arnPattern(pattern: string | readonly Piece[]): Matcher {
    const cells = cellsOf(pattern);
    const isArn = ["a", "r", "n", ":"].every((character, at) => cells[at] === character);
    if (!isArn) return cellsMatcher(cells);
    const parts = splitCells(cells);
    if (parts === undefined) return () => false;
    const matchers = parts.map(cellsMatcher);
    return (text) => {
        const given = segments(text);
        return given !== undefined && matchers.every((matches, at) => matches(given[at] ?? ""));
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

function cellsMatcher(cells: Cells): Matcher {
    if (cells.every((cell) => typeof cell === "string")) {
        const whole = cells.join("");
        return (text) => text === whole;
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

/** The six segments of an ARN; the last one keeps its colons. */
function segments(text: string): string[] | undefined {
    const parts = text.split(":");
    if (parts.length < 6 || parts[0] !== "arn") return undefined;
    return [...parts.slice(0, 5), parts.slice(5).join(":")];
}
