import colors from "picocolors";
import { exitCode } from "../exitCode";
import { frameText, printable, type FrameCell } from "../textTable";
import type { CaseKind } from "./verifyCases";
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
export function answerLine(summary: VerifySummary, isInterrupted = false): string {
    const { notVerified, skipped } = summary;
    const rest = [
        ...(notVerified > 0 ? [`${notVerified} not verified`] : []),
        ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ];
    const answer = [mainAnswer(summary, isInterrupted), ...rest].join("; ");
    return isInterrupted ? `interrupted: ${answer}` : answer;
}

function mainAnswer({ asked, held, differs }: VerifySummary, isInterrupted: boolean): string {
    if (differs > 0) {
        const verb = differs === 1 ? "differs" : "differ";
        return `NOT as the program says: ${differs} of ${asked} cases ${verb}`;
    }
    if (held === 0) return "nothing was verified";
    const holds = `${held} of ${asked} cases hold`;
    return isInterrupted ? holds : `verified: ${holds}`;
}

/** 0: all that was asked holds; 1: a case differs, or, if strict, was not asked; 2: nothing could be asked. */
export function exitOf({ held, differs, notVerified, skipped }: VerifySummary, strict: boolean) {
    if (differs > 0) return exitCode.no;
    if (held === 0) return exitCode.failure;
    return strict && notVerified + skipped > 0 ? exitCode.no : exitCode.yes;
}

/**
 * The cases as a table, and under it what is to be done about those that do not hold.
 *
 * @param columns of the terminal. @default 120
 */
export function verifyText(
    results: readonly CaseResult[],
    isLocal: boolean,
    columns = 120,
): string {
    const rows = results.map(rowOf);
    const longest = (column: number) =>
        Math.max(...rows.map((row) => row[column]?.text.length ?? 0));
    // Each column has a line of the frame and two spaces.
    const room = Math.min(Math.max(columns, 80), 120) - 1 - expectedWidth - 13;
    const name = Math.min(longest(1), Math.floor(room * 0.6));
    const got = Math.min(Math.max(longest(3), "got".length), room - name);
    const table = frameText(["", "case", "expected", "got"], [1, name, expectedWidth, got], rows);
    const told = [
        ...results
            .filter(({ status }) => status === "differs")
            .flatMap((one) => adviceOf(one, isLocal)),
        ...reasonsOf(results),
    ];
    return [table, ...told].join("\n");
}

function rowOf({ status, name, kind, expect, got, attempts }: CaseResult): FrameCell[] {
    const { mark, paint } = marks[status];
    const often = attempts > 1 ? ` (asked ${attempts} times)` : "";
    // Of what stands below the table: one reason may be that of many cases.
    const short = { notVerified: "not verified", skipped: "skipped" } as const;
    const text = status === "held" || status === "differs" ? got : short[status];
    return [
        { text: mark, paint },
        { text: namedKinds.includes(kind) ? `${name} (${kind})` : name },
        { text: expected[expect] },
        { text: `${text}${often}` },
    ];
}

const expectedWidth = "expected".length;

/** Of the others, the case's own name says what it is about. */
const namedKinds: readonly CaseKind[] = ["agent", "other spoke", "revoked role", "ungranted role"];

const expected = { allow: "let in", refuse: "refused" } as const;

const marks = {
    held: { mark: "✓", paint: (line: string) => colors.green(line) },
    differs: { mark: "✗", paint: (line: string) => colors.red(line) },
    notVerified: { mark: "?", paint: (line: string) => colors.yellow(line) },
    skipped: { mark: "-", paint: (line: string) => colors.dim(line) },
} as const;

function adviceOf({ name, got, requestId, profile }: CaseResult, isLocal: boolean): string[] {
    const as = profile === undefined ? "" : ` (profile ${profile})`;
    const request = requestId === undefined ? "" : `; request ${requestId}`;
    const explain =
        isLocal && requestId !== undefined ? [`    npm run hub -- explain ${requestId}`] : [];
    return [printable(`${name}${as}: ${got}${request}`), ...explain];
}

/** Why cases were not asked, each reason once. */
function reasonsOf(results: readonly CaseResult[]): string[] {
    return (["notVerified", "skipped"] as const).flatMap((status) => {
        const of = results.filter((result) => result.status === status);
        return [...new Set(of.map(({ got }) => got))].flatMap((reason) => {
            const names = of.filter(({ got }) => got === reason).map(({ name }) => name);
            const what = status === "skipped" ? "skipped" : "not verified";
            return [printable(`${what}: ${names.join("; ")}`), printable(`    ${reason}`)];
        });
    });
}

/** The whole run as one JSON object. */
export function verifyJson(results: readonly CaseResult[], answer: string): object {
    return {
        answer,
        summary: summaryOf(results),
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
