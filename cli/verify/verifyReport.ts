import Table from "cli-table3";
import colors from "picocolors";
import { exitCode } from "../exitCode";
import type { CaseResult } from "./verifyRun";

/** How many of each outcome. */
export interface VerifySummary {
    asked: number;
    held: number;
    differs: number;
    notVerified: number;
    skipped: number;
}

/** Counts the outcomes. */
export function summaryOf(results: readonly CaseResult[]): VerifySummary {
    const count = (status: CaseResult["status"]) =>
        results.filter((result) => result.status === status).length;
    const skipped = count("skipped");
    return {
        asked: results.length - skipped,
        held: count("held"),
        differs: count("differs"),
        notVerified: count("notVerified"),
        skipped,
    };
}

/** The answer in one line. */
export function answerLine(summary: VerifySummary): string {
    const { asked, held, differs, notVerified, skipped } = summary;
    const rest = [
        ...(notVerified > 0 ? [`${notVerified} not verified`] : []),
        ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ].map((text) => `; ${text}`);
    if (asked === 0) return `nothing was verified${rest.join("")}`;
    if (differs > 0) {
        const verb = differs === 1 ? "differs" : "differ";
        return `NOT as the program says: ${differs} of ${asked} cases ${verb}${rest.join("")}`;
    }
    if (held === 0) return `nothing was verified${rest.join("")}`;
    return `verified: ${held} of ${asked} cases hold${rest.join("")}`;
}

/** 0: all that was asked holds; 1: a case differs, or, if strict, was not asked; 2: nothing could be asked. */
export function exitOf({ held, differs, notVerified, skipped }: VerifySummary, strict: boolean) {
    if (differs > 0) return exitCode.no;
    if (held === 0) return exitCode.failure;
    return strict && notVerified + skipped > 0 ? exitCode.no : exitCode.yes;
}

/** The cases as a table, and under it what is to be done about those that do not hold. */
export function verifyText(results: readonly CaseResult[], isLocal: boolean): string {
    const table = new Table({
        head: ["", "case", "about", "expected", "got", "tries"],
        style: { head: [], border: [], compact: true },
        wordWrap: true,
        colWidths: [null, null, null, null, 48, null],
    });
    for (const result of results) {
        const { status, name, kind, expect, got, attempts } = result;
        table.push([
            marks[status],
            name,
            kind,
            expected[expect],
            status === "skipped" ? `skipped: ${got}` : got,
            attempts === 0 ? "" : String(attempts),
        ]);
    }
    const told = results.flatMap((result) => adviceOf(result, isLocal));
    return [table.toString(), ...told].join("\n");
}

const expected = { allow: "let in", refuse: "refused" } as const;

const marks = {
    held: colors.green("✓"),
    differs: colors.red("✗"),
    notVerified: colors.yellow("?"),
    skipped: colors.dim("-"),
} as const;

function adviceOf({ status, name, got, requestId, profile }: CaseResult, isLocal: boolean) {
    if (status === "notVerified") return [`${name}: not verified: ${got}`];
    if (status !== "differs") return [];
    const as = profile === undefined ? "" : ` (profile ${profile})`;
    const request = requestId === undefined ? "" : `; request ${requestId}`;
    const explain =
        isLocal && requestId !== undefined ? [`    npm run hub -- explain ${requestId}`] : [];
    return [`${name}${as}: ${got}${request}`, ...explain];
}

/** The whole run as one JSON object. */
export function verifyJson(results: readonly CaseResult[]): object {
    const summary = summaryOf(results);
    return {
        answer: answerLine(summary),
        summary,
        cases: results.map((result) => {
            const { name, kind, principal, gateway, target, expect, status, got } = result;
            const { attempts, milliseconds, requestId, profile, calls } = result;
            return {
                ...{ name, kind, principal, gateway, target, expect, status, got },
                ...{ attempts, milliseconds, requestId, profile },
                calls: calls?.map(({ tool }) => tool),
            };
        }),
    };
}
