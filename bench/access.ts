/**
 * The access matrix of 200 spokes with 5 roles each at 20 gateways with 50 tools each, as JSON and as a table: the first
 * run of a process, as the command has, and later ones, as a ratio to as many plain decisions in this run. The bounds are 2 s
 * and 500 MB. One explanation of a refusal, with what would allow it, is bound by 5 ms.
 */
import { evaluate, explainAccess } from "../access";
import { accessMatrix, questionOf } from "../access/matrix";
import { remedyOf } from "../access/remedy";
import { accessJson } from "../cli/access/accessJson";
import { accessReport } from "../cli/access/accessAnswer";
import { accessTable } from "../cli/access/accessTable";
import { organizationInventory } from "./accessInventory";
import { median, quantile } from "./statistics";

const bounds = { seconds: 2, megabytes: 500, explainMilliseconds: 5 };
const inventory = organizationInventory({ spokes: 200, roles: 5, gateways: 20, tools: 50 });
const accounts = new Map(inventory.accounts.map((account) => [account.id, account]));

function milliseconds(run: () => void): number {
    const start = process.hrtime.bigint();
    run();
    return Number(process.hrtime.bigint() - start) / 1e6;
}

const parts = ["matrix", "report", "json", "table"] as const;
type Times = Record<(typeof parts)[number], number>;

function once(): { times: Times; bytes: number; answer: string } {
    let matrix = accessMatrix({ ...inventory, principals: [] });
    let report = accessReport(matrix, { source: "a benchmark" });
    let text = "";
    const times = {
        matrix: milliseconds(() => (matrix = accessMatrix(inventory))),
        report: milliseconds(() => (report = accessReport(matrix, { source: "a benchmark" }))),
        json: milliseconds(() => (text = accessJson(report))),
        table: milliseconds(() => accessTable(report)),
    };
    return { times, bytes: text.length, answer: report.answer };
}

function sum(times: Times): number {
    return parts.reduce((total, part) => total + times[part], 0);
}

/** Each question of the matrix, decided once. */
function decisions(): void {
    for (const principal of inventory.principals) {
        for (const gateway of inventory.gateways) {
            const { request, policies } = questionOf(principal, gateway, accounts);
            evaluate(request, policies);
        }
    }
}

function explanations(): number[] {
    return inventory.principals.slice(0, 200).map((principal, at) => {
        const gateway = inventory.gateways[at % inventory.gateways.length];
        if (gateway === undefined) return 0;
        return milliseconds(() => {
            const { request, policies } = questionOf(principal, gateway, accounts);
            const { decision } = explainAccess(request, policies);
            if (decision !== "allow") remedyOf(request, policies);
        });
    });
}

function main(): void {
    const first = once();
    const peak = process.resourceUsage().maxRSS / 1024;
    const later = Array.from({ length: 5 }, () => sum(once().times));
    const reference = median(Array.from({ length: 5 }, () => milliseconds(decisions)));
    const explained = explanations();
    const total = sum(first.times);
    const pairs = inventory.principals.length * inventory.gateways.length;
    console.log(first.answer);
    console.log(
        `first run: ${total.toFixed(0)} ms (bound ${bounds.seconds * 1000}): ${parts.map((part) => `${part} ${first.times[part].toFixed(0)}`).join(", ")}; JSON of ${(first.bytes / 1e6).toFixed(1)} MB; ${peak.toFixed(0)} MB at most (bound ${bounds.megabytes})`,
    );
    console.log(
        `later runs: ${median(later).toFixed(0)} ms (${Math.min(...later).toFixed(0)}-${Math.max(...later).toFixed(0)}); ratio to ${pairs} plain decisions: ${(median(later) / reference).toFixed(2)} (${reference.toFixed(0)} ms)`,
    );
    console.log(
        `one explanation with its remedy: ${median(explained).toFixed(2)} ms, 99 % within ${quantile(explained, 0.99).toFixed(2)} (bound ${bounds.explainMilliseconds})`,
    );
    const holds =
        total <= bounds.seconds * 1000 &&
        peak <= bounds.megabytes &&
        median(explained) <= bounds.explainMilliseconds;
    process.exitCode = holds ? 0 : 1;
}

main();
