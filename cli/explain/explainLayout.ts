/** A label and what is to be said of it. */
export type Line = readonly [label: string, text: string];

/** Columns of characters; more than that is hard to read, and where there is no terminal, lines are kept so. */
export const widest = 120;

/** Lines of a label and a text, the texts one below the other and within the width. */
export function aligned(lines: readonly Line[], width: number): string[] {
    const indent = Math.max(...lines.map(([label]) => label.length)) + 4;
    return lines.flatMap(([label, text]) => {
        const [first = "", ...others] = wrapped(text, width - indent);
        return [
            `  ${label}`.padEnd(indent) + first,
            ...others.map((line) => " ".repeat(indent) + line),
        ].map((line) => line.trimEnd());
    });
}

/** A sentence within the width, its further lines indented. */
export function hanging(text: string, width: number, indent = "  "): string[] {
    const [first = "", ...others] = wrapped(text, width, width - indent.length);
    return [first, ...others.map((line) => `${indent}${line}`)];
}

/** Words stay whole, ARNs too, whatever the width. */
function wrapped(text: string, firstWidth: number, width = firstWidth): string[] {
    const lines: string[] = [];
    for (const word of text.split(" ")) {
        const last = lines.at(-1);
        const room = lines.length === 1 ? firstWidth : width;
        if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
        else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines;
}
