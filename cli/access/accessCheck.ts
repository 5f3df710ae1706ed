import { escape } from "./accessMarkdown";
import { accessDifferences, type AccessDifference } from "./accessDifference";
import { accessJsonVersion } from "./accessJson";
import type { AccessLock } from "./accessLock";
import { counted } from "./accessReport";

/** What access is, beside what the lock says. */
export interface AccessCheck {
    file: string;
    differences: readonly AccessDifference[];
    /** What could not be read; there the lock is not checked. */
    unread: readonly string[];
}

/** The formats of a check. */
export type CheckFormat = "table" | "json" | "markdown";

/** Compares what is with what the lock says. */
export function checkAccess(
    file: string,
    locked: AccessLock,
    now: AccessLock,
    unread: readonly string[],
): AccessCheck {
    return { file, differences: accessDifferences(locked, now), unread };
}

/** A check as text, Markdown or one JSON object. */
export function checkText(check: AccessCheck, format: CheckFormat): string {
    if (format === "json") return jsonText(check);
    const { file, differences, unread } = check;
    const mark =
        format === "markdown" ? escape : (text: string) => text.replace(/\p{C}/gu, "\ufffd");
    const item = format === "markdown" ? "- " : "  ";
    const blocks = [
        format === "markdown" ? `**${mark(answerLine(check))}**` : mark(answerLine(check)),
        differences.map(({ text }) => `${item}${mark(text)}`).join("\n"),
        unread.map((what) => `${item}${mark(`not read: ${what}`)}`).join("\n"),
        differences.length === 0
            ? ""
            : `If this is meant: \`${writeCommand(file)}\`, then commit ${format === "markdown" ? mark(file) : file}.`,
    ].filter((block) => block !== "");
    return `${blocks.join(format === "markdown" ? "\n\n" : "\n")}\n`;
}

/** The answer as one line. */
export function answerLine({ file, differences, unread }: AccessCheck): string {
    const missing =
        unread.length === 0
            ? ""
            : ` (incomplete: ${counted(unread.length, "thing")} could not be read)`;
    return differences.length === 0
        ? `access is what ${file} says${missing}`
        : `access differs from ${file}: ${counted(differences.length, "difference")}${missing}`;
}

function writeCommand(file: string): string {
    const named = file === "access.lock.json" ? "" : ` ${file}`;
    return `npm run hub -- access --write-lock${named}`;
}

function jsonText(check: AccessCheck): string {
    const { file, differences, unread } = check;
    const report = {
        ...{ version: accessJsonVersion, answer: answerLine(check), lock: file },
        ...{ same: differences.length === 0, complete: unread.length === 0, unread, differences },
    };
    return `${JSON.stringify(report, undefined, 2)}\n`;
}
