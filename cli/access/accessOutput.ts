import type { Inventory } from "../../access/inventory";
import { accessMatrix, type Pair } from "../../access/matrix";
import { exitCode } from "../exitCode";
import { InvalidOptions } from "../invalidOptions";
import type { NamedStack } from "../inventory/names";
import { accessReport } from "./accessAnswer";
import { beyondConfig } from "./accessBeyond";
import { checkAccess, checkText, type AccessCheck, type CheckFormat } from "./accessCheck";
import { accessHtml } from "./accessHtml";
import { accessJson } from "./accessJson";
import { lockFile, lockOf, readLock, writeLock } from "./accessLock";
import { accessMarkdown } from "./accessMarkdown";
import { accessMermaid } from "./accessMermaid";
import type { AccessReport, ReportContext, ReportScope } from "./accessReport";
import { accessTable } from "./accessTable";
import { closest } from "../../agentcore/closest";

/** The options of `hub access` that say what to show, and how. */
export interface OutputOptions {
    format?: string;
    json?: boolean;
    output?: string;
    principal?: string;
    gateway?: string;
    all?: boolean;
    /** A file, or true for {@link lockFile}. */
    check?: string | boolean;
    /** A file, or true for {@link lockFile}. */
    writeLock?: string | boolean;
}

/** What was read, and what could not be. */
export interface ReadAccess {
    inventory: Inventory;
    /** In words: `the program`. */
    source: string;
    /** How many stacks could not be deployed; the inventory says which, under `unread`. */
    failures: number;
    /** @default "stacks" */
    scope?: ReportScope;
    /** Of the project, where what is there is compared with its config. */
    stacks?: readonly NamedStack[];
    placesOf?: (pair: Pair) => readonly string[];
}

/** What `hub access` prints, on stdout or to a file, and its exit code. */
export interface AccessOutput {
    text: string;
    /** @default stdout */
    file?: string;
    /** For stderr. */
    diagnostics: readonly string[];
    code: number;
}

/** The formats of a report. */
export const formats = ["table", "json", "markdown", "mermaid", "html"] as const;
type Format = (typeof formats)[number];

/**
 * Refuses options that name no format or do not go together: before anything is read.
 *
 * @throws InvalidOptions
 */
export function checkOptions(options: OutputOptions): void {
    const format = formatOf(options);
    const { check, writeLock: write, principal, gateway, output } = options;
    const named = [
        ...(check === undefined ? [] : ["--check"]),
        ...(write === undefined ? [] : ["--write-lock"]),
    ];
    if (named.length > 1) {
        throw new InvalidOptions("got --check and --write-lock; must be one of them");
    }
    const [option] = named;
    if (option === undefined) return;
    if (principal !== undefined || gateway !== undefined) {
        throw new InvalidOptions(
            `got ${option} with --principal or --gateway; a lock is about all: leave them out`,
        );
    }
    if (check !== undefined && !isCheckFormat(format)) {
        throw new InvalidOptions(
            `--format: got ${format} with --check; must be table, json or markdown`,
        );
    }
    if (write !== undefined && output !== undefined) {
        throw new InvalidOptions("got --write-lock with --output; must be --write-lock <file>");
    }
}

/**
 * Works out what to say of what was read.
 *
 * @throws InvalidOptions
 * @throws InvalidAccessLock
 */
export function accessOutput(
    read: ReadAccess,
    options: OutputOptions,
    width?: number,
): AccessOutput {
    const { inventory, source, failures, placesOf, scope = "stacks", stacks } = read;
    const matrix = accessMatrix(inventory);
    const notInConfig = stacks === undefined ? [] : beyondConfig(matrix, stacks);
    const report = (filters: Pick<OutputOptions, "all" | "principal" | "gateway">) => {
        const whole = accessReport(matrix, { source, all: true });
        return accessReport(matrix, {
            ...{ source, scope, notInConfig, all: filters.all === true },
            ...(placesOf !== undefined && { placesOf }),
            ...namedOf("principals", "--principal", filters.principal, whole.principals),
            ...namedOf("gateways", "--gateway", filters.gateway, whole.gateways),
        });
    };
    const { check, writeLock: write, output } = options;
    if (write !== undefined) return written(fileOf(write), report({ all: true }));
    const told = check === undefined ? report(options) : report({ all: true });
    const diagnostics = told.unread.map((what) => `not read: ${what}`);
    // What has nothing to show because nothing could be read is no answer.
    const isEmpty = inventory.gateways.length === 0 && inventory.unread.length > 0;
    const failed = failures > 0 || isEmpty;
    const file = output === undefined ? {} : { file: output };
    if (check === undefined) {
        const text = textOf(told, options, width);
        return { text, ...file, diagnostics, code: failed ? exitCode.failure : exitCode.yes };
    }
    const name = fileOf(check);
    const checked = checkAccess(name, readLock(name), lockOf(told), told.unread);
    const text = checkText(checked, formatOf(options) as CheckFormat);
    return { text, ...file, diagnostics, code: checkCode(checked, failed) };
}

/** What was not read may differ: that nothing else does is no yes. */
function checkCode({ differences, unread }: AccessCheck, failed: boolean): number {
    if (failed) return exitCode.failure;
    if (differences.length > 0) return exitCode.no;
    return unread.length > 0 ? exitCode.failure : exitCode.yes;
}

/** A lock of half of what there is would make a pull request fail that changes nothing. */
function written(file: string, report: AccessReport): AccessOutput {
    if (report.unread.length > 0) {
        throw new InvalidOptions(
            [
                `--write-lock: ${file} is not written, because not everything could be read:`,
                ...report.unread.map((what) => `  ${what}`),
            ].join("\n"),
        );
    }
    writeLock(file, lockOf(report));
    return { text: `wrote ${file}: ${report.answer}\n`, diagnostics: [], code: exitCode.yes };
}

function textOf(report: AccessReport, options: OutputOptions, width: number | undefined): string {
    const all = options.all === true;
    switch (formatOf(options)) {
        case "table":
            return accessTable(report, { all, ...(width !== undefined && { width }) });
        case "json":
            return accessJson(report);
        case "markdown":
            return accessMarkdown(report, { all });
        case "mermaid":
            return accessMermaid(report, { all });
        case "html":
            return accessHtml(report);
    }
}

function formatOf({ format, json }: OutputOptions): Format {
    const known = formats.find((one) => one === (format ?? (json === true ? "json" : "table")));
    if (known === undefined) {
        throw new InvalidOptions(
            `--format: got ${format ?? ""}; must be one of ${formats.join(", ")}`,
        );
    }
    if (json === true && known !== "json") {
        throw new InvalidOptions(`got --json and --format ${known}; must be one of them`);
    }
    return known;
}

function isCheckFormat(format: Format): format is CheckFormat {
    return format === "table" || format === "json" || format === "markdown";
}

function fileOf(given: string | boolean): string {
    return typeof given === "string" ? given : lockFile;
}

function namedOf(
    key: "principals" | "gateways",
    option: string,
    name: string | undefined,
    known: readonly { name: string }[],
): Partial<Pick<ReportContext, "principals" | "gateways">> {
    if (name === undefined) return {};
    const names = known.map((one) => one.name);
    if (!names.includes(name)) {
        const must =
            names.length === 0
                ? "there is none"
                : `must be one that there is, as ${closest(name, names).join(", ")}`;
        throw new InvalidOptions(`${option}: got ${name}; ${must}`);
    }
    return { [key]: new Set([name]) };
}
