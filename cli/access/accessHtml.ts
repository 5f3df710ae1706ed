import { createHash } from "node:crypto";
import { cellDetails, gatewayPlace, remarksOf, targetLine, whyOf } from "./accessCells";
import type { AccessReport, ReportCell, ReportGateway, ReportPrincipal } from "./accessReport";

/** The report as one page that loads nothing, and runs its own script only. */
export function accessHtml(report: AccessReport): string {
    const { answer, source, gateways, principals } = report;
    const isFolded = principals.length > rowsInFull;
    const remarks = remarksOf(report).map((line) => `<li>${escapeHtml(line)}</li>`);
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(answer)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(answer)}</h1>
<p>Read from ${escapeHtml(source)}.</p>
${remarks.length === 0 ? "" : `<ul class="remarks">${remarks.join("")}</ul>`}
<p><label>Show principals with <input id="filter" type="search" autocomplete="off"></label> <output id="shown" for="filter"></output></p>
<div class="scroll" tabindex="0" role="region" aria-label="Access by principal and gateway">
<table>
<caption>Who may call which gateway</caption>
<thead><tr><th scope="col">principal</th>${gateways.map(({ name }) => `<th scope="col">${escapeHtml(name)}</th>`).join("")}</tr></thead>
<tbody id="rows">
${principals.map((row) => rowText(row, isFolded)).join("\n")}
</tbody>
</table>
</div>
${gateways.map(gatewayText).join("\n")}
</main>
<script>${script}</script>
</body>
</html>
`;
}

/** A text that is no markup, within elements and attributes. */
export function escapeHtml(text: string): string {
    return text
        .replace(/\p{C}/gu, "\ufffd")
        .replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);
}

/** Hides the rows that do not have the words. */
const script = `
const rows = [...document.querySelectorAll("#rows tr")];
const shown = document.getElementById("shown");
document.getElementById("filter").addEventListener("input", ({ target }) => {
    const words = target.value.toLowerCase().split(/\\s+/);
    let count = 0;
    for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) count += 1;
    }
    shown.textContent = count + " of " + rows.length;
});
`;

const hash = createHash("sha256").update(script).digest("base64");
const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;

/** Each access has a word beside its color. */
const style = `
:root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif; }
body { margin: 0; }
main { padding: 1rem clamp(.5rem, 3vw, 2rem); }
h1 { font-size: 1.3rem; }
.remarks { border-left: 4px solid light-dark(#a15c00, #ffb454); padding-left: 2rem; }
.scroll { overflow: auto; max-height: 75vh; }
table { border-collapse: separate; border-spacing: 0; border: solid light-dark(#bbb, #555); border-width: 1px 0 0 1px; }
.scroll { margin-bottom: 2rem; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; }
th, td { border: solid light-dark(#bbb, #555); border-width: 0 1px 1px 0; padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { min-width: 9rem; background: Canvas; }
thead th { background: light-dark(#f2f2f2, #222); }
.scroll thead th { position: sticky; top: 0; z-index: 1; }
.scroll tbody th { position: sticky; left: 0; max-width: 22rem; }
.scroll thead th:first-child { left: 0; z-index: 2; }
tbody th { font-weight: normal; }
small { display: inline-block; line-height: 1.3; }
small, summary { color: light-dark(#444, #bbb); }
summary { cursor: pointer; }
@media print { .scroll { max-height: none; overflow: visible; } }
.allowed b { color: light-dark(#08662b, #6fdc8c); }
.conditional b { color: light-dark(#7a4a00, #ffb454); }
.refused b { color: light-dark(#a2191f, #ff8389); }
.pending b { color: light-dark(#0043ce, #78a9ff); }
`;

/** With more rows, by whom each is granted is folded. */
const rowsInFull = 12;

function rowText({ name, kind, accountId, cells }: ReportPrincipal, isFolded: boolean): string {
    const about = accountId === undefined ? kind : `${kind}, account ${accountId}`;
    return `<tr><th scope="row">${escapeHtml(name)}<br><small>${escapeHtml(about)}</small></th>${cells.map((cell) => cellText(cell, isFolded)).join("")}</tr>`;
}

function cellText(cell: ReportCell, isFolded: boolean): string {
    const { access, isHalfGranted } = cell;
    // What is refused for no special reason is most of a large matrix: its word is enough.
    const isPlain = access === "refused" && !isHalfGranted;
    const details = isPlain ? [] : cellDetails(cell);
    const first = details.slice(0, isFolded ? whyOf(cell).length : details.length);
    const more = details.slice(first.length);
    const lines = (texts: readonly string[]) =>
        texts.length === 0 ? "" : `<small>${texts.map(escapeHtml).join("<br>")}</small>`;
    const folded =
        more.length === 0
            ? ""
            : `<details><summary><small>by whom</small></summary>${lines(more)}</details>`;
    const shown = first.length === 0 ? "" : `<br>${lines(first)}`;
    return `<td class="${access}"><b>${access}</b>${shown}${folded}</td>`;
}

function gatewayText(gateway: ReportGateway): string {
    const targets = gateway.targets.map(
        (target) =>
            `<tr><th scope="row">${escapeHtml(target.name)}</th><td class="${target.access}"><b>${target.access}</b></td><td>${escapeHtml(targetLine(target))}</td></tr>`,
    );
    return `<div class="scroll" tabindex="0" role="region" aria-label="Tools of gateway ${escapeHtml(gateway.name)}">
<table>
<caption>Tools of gateway ${escapeHtml(gateway.name)} (${escapeHtml(gatewayPlace(gateway))})</caption>
<thead><tr><th scope="col">target</th><th scope="col">access</th><th scope="col">tools</th></tr></thead>
<tbody>${targets.join("\n")}</tbody>
</table>
</div>`;
}
