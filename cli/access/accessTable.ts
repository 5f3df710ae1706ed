import colors from "picocolors";
import {
    cellLine,
    cellsAt,
    gatewayPlace,
    leftLine,
    remarksOf,
    targetLine,
    type CellText,
} from "./accessCells";
import { frameText, printable, wrap, type FrameCell } from "../textTable";
import type { AccessReport, CellAccess, ReportGateway } from "./accessReport";

/** How wide a table may be. */
export interface TableOptions {
    /** @default 100 */
    width?: number;
    /** Also each principal that is refused at a gateway. */
    all?: boolean;
}

/** A column is not narrower than this; where there is no room, each gateway has a table of its own. */
const minimumColumn = 16;

/** The report for a terminal: the answer, then a matrix, or a table for each gateway where there are many. */
export function accessTable(report: AccessReport, options: TableOptions = {}): string {
    const { gateways, answer } = report;
    // With less, words are cut in two; with more, lines are too long to read.
    const width = Math.min(Math.max(options.width ?? 100, 60), 120);
    const remarks = remarksOf(report).flatMap((line) => painted(line, width, colors.yellow));
    const fits = gateways.length > 1 && columnWidth(report, width) >= minimumColumn;
    const blocks = fits
        ? [matrixText(report, width), ...gateways.map((gateway) => headText(gateway, width))]
        : gateways.map((gateway, at) =>
              blockText(report, gateway, at, width, options.all === true),
          );
    const hint = fits ? ["--gateway <name> shows by whom access is granted"] : [];
    // Whatever its width: the answer is the first line.
    return `${[colors.bold(printable(answer)), ...blocks, ...tail([...remarks, ...hint])].join("\n\n")}\n`;
}

function tail(lines: readonly string[]): string[] {
    return lines.length === 0 ? [] : [lines.join("\n")];
}

/** Of names that are longer, as ARNs are, the first column has several lines. */
function nameWidth({ principals }: AccessReport, width: number): number {
    const longest = Math.max(9, ...principals.map(({ name }) => shortName(name).length));
    return Math.min(longest, Math.floor(width * 0.35));
}

/** The ARN of a role without what all ARNs of roles have; with its account, because accounts have roles of one name. */
function shortName(name: string): string {
    return name.replace(/^arn:aws[\w-]*:iam::(?=\d{12}:)/, "\u2026");
}

/** What is left for each gateway: a column has a line of the frame and two spaces. */
function columnWidth(report: AccessReport, width: number): number {
    const { length } = report.gateways;
    return Math.floor((width - nameWidth(report, width) - 4) / length) - 3;
}

function matrixText(report: AccessReport, width: number): string {
    const column = columnWidth(report, width);
    return frameText(
        ["principal", ...report.gateways.map(({ name }) => name)],
        [nameWidth(report, width), ...report.gateways.map(() => column)],
        report.principals.map(({ name, cells }) => [
            { text: shortName(name) },
            ...cells.map((cell) => ({ text: cellLine(cell), paint: painters[cell.access] })),
        ]),
    );
}

function blockText(
    report: AccessReport,
    gateway: ReportGateway,
    at: number,
    width: number,
    all: boolean,
): string {
    const { cells, left } = cellsAt(report, at, all);
    const name = nameWidth(report, width);
    const access = "conditional".length;
    const rows = cells.map((cell) => rowOf(cell));
    const table =
        rows.length === 0
            ? []
            : [
                  frameText(
                      ["principal", "access", "on what, by whom, or why not"],
                      [name, access, width - name - access - 10],
                      rows,
                  ),
              ];
    const more = leftLine(left);
    return [headText(gateway, width), ...table, ...(more === undefined ? [] : [more])].join("\n");
}

function rowOf({ name, access, details }: CellText): FrameCell[] {
    return [
        { text: shortName(name) },
        { text: access, paint: painters[access] },
        { text: details.join("\n") },
    ];
}

function headText(gateway: ReportGateway, width: number): string {
    const targets = gateway.targets.flatMap((target) => {
        const paint = target.access === "refused" ? colors.red : plainly;
        return painted(`  ${target.name}: ${targetLine(target)}`, width, paint, "    ");
    });
    const title = `gateway ${gateway.name}`;
    const [first = "", ...more] = wrap(`${title} (${gatewayPlace(gateway)})`, width, "  ");
    const bold = first.startsWith(title)
        ? `${colors.bold(title)}${first.slice(title.length)}`
        : first;
    return [bold, ...more, ...targets].join("\n");
}

function plainly(line: string): string {
    return line;
}

/** A line of text as those that a terminal has room for. */
function painted(
    text: string,
    width: number,
    paint: (line: string) => string,
    indent = "  ",
): string[] {
    return wrap(printable(text), width, indent).map(paint);
}

const painters: Readonly<Record<CellAccess, (line: string) => string>> = {
    allowed: (line) => colors.green(line),
    conditional: (line) => colors.yellow(line),
    refused: (line) => colors.red(line),
    pending: (line) => colors.cyan(line),
};
