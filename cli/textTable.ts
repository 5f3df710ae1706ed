/** What stands in a cell, and how each of its lines is painted. */
export interface FrameCell {
    text: string;
    paint?: (line: string) => string;
}

/**
 * A table with a frame, for a terminal. Each cell is looked at once, so that the matrix of a large organization takes
 * milliseconds.
 *
 * @param widths of the columns, without the frame.
 */
export function frameText(
    head: readonly string[],
    widths: readonly number[],
    rows: readonly (readonly FrameCell[])[],
): string {
    const rule = (left: string, between: string, right: string) =>
        `${left}${widths.map((width) => "─".repeat(width + 2)).join(between)}${right}`;
    const bodies = rows.map((row) => rowLines(row, widths));
    // Rows of one line each need nothing between them.
    const between = bodies.some((lines) => lines.length > 1) ? [rule("├", "┼", "┤")] : [];
    return [
        rule("┌", "┬", "┐"),
        ...rowLines(
            head.map((text) => ({ text })),
            widths,
        ),
        rule("├", "┼", "┤"),
        ...bodies.flatMap((lines, at) => (at === 0 ? lines : [...between, ...lines])),
        rule("└", "┴", "┘"),
    ].join("\n");
}

/** Names come from outside, and a terminal does what control characters say. */
export function printable(text: string): string {
    return text.replace(/\p{C}/gu, "\ufffd");
}

function rowLines(row: readonly FrameCell[], widths: readonly number[]): string[] {
    const cells = row.map(({ text, paint = (line: string) => line }, at) => {
        const width = widths[at] ?? 0;
        return { lines: wrap(text, width), width, paint };
    });
    const height = Math.max(...cells.map(({ lines }) => lines.length));
    return Array.from({ length: height }, (_, at) => {
        const line = cells.map(({ lines, width, paint }) => {
            const text = lines[at] ?? "";
            return `${paint(text)}${" ".repeat(width - text.length)}`;
        });
        return `│ ${line.join(" │ ")} │`;
    });
}

/** Lines between words; a word that is longer than a line, as an ARN, is cut, after a colon or slash if it has one. */
export function wrap(text: string, width: number, indent = ""): string[] {
    return text.split("\n").flatMap((line) => {
        const lines: string[] = [];
        let rest = printable(line);
        while (rest.length > width) {
            const end = endOf(rest, width, lines.length === 0 ? 0 : indent.length);
            lines.push(rest.slice(0, end));
            rest = `${indent}${rest.slice(end).trimStart()}`;
        }
        return [...lines, rest];
    });
}

function endOf(line: string, width: number, indent: number): number {
    const space = line.lastIndexOf(" ", width);
    // Of the indentation, which is no word's end.
    if (line.slice(0, space).trim() !== "" && space > indent) return space;
    const mark = Math.max(...[":", "/"].map((one) => line.lastIndexOf(one, width - 1)));
    return mark > width / 3 ? mark + 1 : width;
}
