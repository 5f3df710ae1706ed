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
import { frameText, printable, type FrameCell } from "./accessFrame";
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
    const width = Math.min(Math.max(options.width ?? 100, 80), 120);
    const remarks = remarksOf(report).map((line) => colors.yellow(printable(line)));
    const fits = gateways.length > 1 && columnWidth(report, width) >= minimumColumn;
    const blocks = fits
        ? [matrixText(report, width), ...gateways.map((gateway) => headText(gateway))]
        : gateways.map((gateway, at) =>
              blockText(report, gateway, at, width, options.all === true),
          );
    const hint = fits ? ["--gateway <name> shows by whom access is granted"] : [];
    return `${[colors.bold(printable(answer)), ...blocks, ...tail([...remarks, ...hint])].join("\n\n")}\n`;
}

function tail(lines: readonly string[]): string[] {
    return lines.length === 0 ? [] : [lines.join("\n")];
}

function nameWidth({ principals }: AccessReport, width: number): number {
    const longest = Math.max(9, ...principals.map(({ name }) => name.length));
    return Math.min(longest, Math.floor(width * 0.4));
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
            { text: name },
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
    return [headText(gateway), ...table, ...(more === undefined ? [] : [more])].join("\n");
}

function rowOf({ name, access, details }: CellText): FrameCell[] {
    return [
        { text: name },
        { text: access, paint: painters[access] },
        { text: details.join("\n") },
    ];
}

function headText(gateway: ReportGateway): string {
    const targets = gateway.targets.map((target) => {
        const line = printable(`  ${target.name}: ${targetLine(target)}`);
        return target.access === "refused" ? colors.red(line) : line;
    });
    return [
        `${colors.bold(printable(`gateway ${gateway.name}`))} (${printable(gatewayPlace(gateway))})`,
        ...targets,
    ].join("\n");
}

const painters: Readonly<Record<CellAccess, (line: string) => string>> = {
    allowed: (line) => colors.green(line),
    conditional: (line) => colors.yellow(line),
    refused: (line) => colors.red(line),
    pending: (line) => colors.cyan(line),
};
