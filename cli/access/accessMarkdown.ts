import { cellLine, cellsAt, gatewayPlace, leftLine, remarksOf, targetLine } from "./accessCells";
import type { AccessReport, ReportGateway } from "./accessReport";

/** With more gateways a table has no room for them in a pull request. */
const matrixColumns = 4;

/** The report for a pull request or a page: the answer, a matrix, and by whom access is granted, folded. */
export function accessMarkdown(
    report: AccessReport,
    { all = false }: { all?: boolean } = {},
): string {
    const { answer, gateways, principals } = report;
    const isMatrix = gateways.length <= matrixColumns && gateways.length > 0;
    const matrix = table(
        ["principal", ...gateways.map(({ name }) => name)],
        principals.map(({ name, cells }) => [name, ...cells.map(cellLine)]),
    );
    const blocks = [
        `**${escape(answer)}**`,
        ...(isMatrix && principals.length > 0 ? [matrix] : []),
        ...gateways.map((gateway, at) =>
            blockText(report, gateway, at, { all, isFolded: isMatrix }),
        ),
        remarksOf(report)
            .map((line) => `- ${escape(line)}`)
            .join("\n"),
    ];
    return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/**
 * A text as Markdown that shows it: no markup, no HTML, no cell's end, no mention of people
 * (https://github.github.com/gfm/).
 */
export function escape(text: string): string {
    return text
        .replace(/\s+/g, " ")
        .replace(/[&<>]/g, (character) => `&#${character.codePointAt(0) ?? 0};`)
        .replace(/[\\`*_{}[\]()#+!|~]/g, "\\$&")
        .replace(/@/g, "@\u200b")
        .replace(/\b(https?|ftp|www)([:.])/gi, "$1\u200b$2");
}

/** Within HTML, every character that is no letter, number or space by its number, so that Markdown sees none either. */
function entities(text: string): string {
    return text.replace(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0) ?? 0};`);
}

function blockText(
    report: AccessReport,
    gateway: ReportGateway,
    at: number,
    { all, isFolded }: { all: boolean; isFolded: boolean },
): string {
    const { cells, left } = cellsAt(report, at, all);
    const title = `gateway ${gateway.name} (${gatewayPlace(gateway)})`;
    const more = leftLine(left);
    const parts = [
        gateway.targets
            .map((target) => `- ${escape(target.name)}: ${escape(targetLine(target))}`)
            .join("\n"),
        cells.length === 0
            ? ""
            : table(
                  ["principal", "access", "on what, by whom, or why not"],
                  cells.map(({ name, access, details }) => [name, access, details.join("; ")]),
              ),
        more === undefined ? "" : escape(more),
    ].filter((part) => part !== "");
    return isFolded
        ? `<details><summary>${entities(title)}</summary>\n\n${parts.join("\n\n")}\n\n</details>`
        : `### ${escape(title)}\n\n${parts.join("\n\n")}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const line = (cells: readonly string[]) => `| ${cells.map(escape).join(" | ")} |`;
    return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
