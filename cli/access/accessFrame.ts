/** What stands in a cell, and how each of its lines is painted. */
export interface FrameCell {
    text: string;
    paint?: (line: string) => string;
}

/**
 * A table with a frame, for a terminal. cli-table3 measures each cell several times and compares all rows with each other:
 * for the matrix of a large organization it takes seconds, this one milliseconds.
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

/** Between words; a word that is longer than a line, as an ARN, is cut. */
function wrap(text: string, width: number): string[] {
    return text.split("\n").flatMap((line) => {
        const lines: string[] = [];
        let rest = printable(line);
        while (rest.length > width) {
            const space = rest.lastIndexOf(" ", width);
            const end = space > 0 ? space : width;
            lines.push(rest.slice(0, end));
            rest = rest.slice(end).trimStart();
        }
        return [...lines, rest];
    });
}
