import { counted, type AccessReport, type ReportCell, type ReportPrincipal } from "./accessReport";
import { remarksOf } from "./accessCells";
import { together } from "./accessWords";

/**
 * The report as a flowchart: principals by account, gateways, targets. What is conditional is dashed, what is pending
 * dotted; what is refused is left out, but for `all`. Nodes are numbered, so that no name can be taken for syntax
 * (https://mermaid.js.org/syntax/flowchart.html).
 */
export function accessMermaid(
    report: AccessReport,
    { all = false }: { all?: boolean } = {},
): string {
    const { answer, gateways, principals, unread } = report;
    const edges = new Edges();
    const rows = principals.map((row, at) => ({ row, id: `p${at}` }));
    for (const { row, id } of rows) {
        row.cells.forEach((cell, at) => {
            addCell(edges, id, `g${at}`, cell, all);
        });
    }
    gateways.forEach(({ targets }, at) => {
        targets.forEach((target, index) => {
            const ends = [`g${at}`, `t${at}_${index}`] as const;
            if (target.access === "allowed") edges.add("solid", ...ends);
            if (target.access === "conditional")
                edges.add("dashed", ...ends, together(target.conditions));
            if (target.access === "refused" && all) edges.add("refused", ...ends, target.reason);
        });
    });
    const drawn = edges.nodes();
    const shown = rows.filter(({ id }) => drawn.has(id));
    const lines = [
        ...byAccount(shown).flatMap(([account, members], at) => [
            `subgraph a${at}[${quoted(account)}]`,
            ...members.map(({ row, id }) => `    ${id}[${quoted(row.name)}]`),
            "end",
        ]),
        ...gateways.flatMap(({ name, targets }, at) => [
            `g${at}{{${quoted(`gateway ${name}`)}}}`,
            ...targets.flatMap((target, index) => {
                const id = `t${at}_${index}`;
                const label = `${target.name}: ${toolsLabel(target.tools)}`;
                return drawn.has(id) ? [`${id}(${quoted(label)})`] : [];
            }),
        ]),
        ...edges.lines(),
        ...unread.map((what, at) => `u${at}[/${quoted(`not read: ${what}`)}/]`),
    ];
    const comments = [answer, ...remarksOf(report)].map((line) => `    %% ${comment(line)}\n`);
    return `flowchart LR\n${comments.join("")}${lines.map((line) => `    ${line}\n`).join("")}`;
}

type EdgeKind = "solid" | "dashed" | "dotted" | "refused";

/** The edges, numbered as Mermaid does, in the order in which they are written. */
class Edges {
    readonly #edges: { kind: EdgeKind; from: string; to: string; label: string }[] = [];

    add(kind: EdgeKind, from: string, to: string, label = ""): void {
        this.#edges.push({ kind, from, to, label });
    }

    nodes(): Set<string> {
        return new Set(this.#edges.flatMap(({ from, to }) => [from, to]));
    }

    lines(): string[] {
        const arrows = { solid: "-->", dashed: "-.->", dotted: "-.->", refused: "--x" };
        return [
            ...this.#edges.map(({ kind, from, to, label }) => {
                const text = label === "" ? "" : `|${quoted(label)}|`;
                return `${from} ${arrows[kind]}${text} ${to}`;
            }),
            ...this.#style("dashed", "stroke-dasharray: 8 4"),
            ...this.#style("dotted", "stroke-dasharray: 1 4"),
        ];
    }

    #style(kind: EdgeKind, style: string): string[] {
        const numbers = this.#edges.flatMap((edge, at) => (edge.kind === kind ? [at] : []));
        return numbers.length === 0 ? [] : [`linkStyle ${numbers.join(",")} ${style}`];
    }
}

function addCell(edges: Edges, from: string, to: string, cell: ReportCell, all: boolean): void {
    switch (cell.access) {
        case "allowed":
            edges.add("solid", from, to);
            break;
        case "conditional":
            edges.add("dashed", from, to, together(cell.conditions));
            break;
        case "pending":
            edges.add("dotted", from, to, "pending");
            break;
        case "refused":
            if (all) edges.add("refused", from, to);
    }
}

interface Row {
    row: ReportPrincipal;
    id: string;
}

function byAccount(rows: readonly Row[]): [string, Row[]][] {
    const groups = new Map<string, Row[]>();
    for (const one of rows) {
        const { accountId, stack } = one.row;
        const account = accountId === undefined ? `stack ${stack ?? ""}` : `account ${accountId}`;
        groups.set(account, [...(groups.get(account) ?? []), one]);
    }
    return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** A node has room for a few names. */
const toolsNamed = 5;

function toolsLabel(tools: readonly string[]): string {
    return tools.length > toolsNamed ? counted(tools.length, "tool") : tools.join(", ");
}

/** A label in which every character that means something to Mermaid, Markdown or HTML is an entity code. */
function quoted(text: string): string {
    const safe = text.replace(
        /[^\p{L}\p{N} .,:/_-]/gu,
        (character) => `#${character.codePointAt(0) ?? 0};`,
    );
    return `"${safe}"`;
}

/** A comment ends with its line, and `{}` in it confuse the parser. */
function comment(text: string): string {
    return text.replace(/[\p{C}{}%"]/gu, " ");
}
