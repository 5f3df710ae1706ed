import type { PackSettings } from "../policy/packConfig";
import type { ToldException, Verdict } from "../policy/judge";
import { nameOfUrn } from "../policy/resource";
import type { Pack, Rule } from "../policy/rules/rule";

/** A place in a file, to go to. */
export interface Place {
    file: string;
    /** The first is 1. */
    line: number;
}

/** A finding, and where what it stems from is written. */
export interface PlacedVerdict extends Verdict {
    place: Place;
}

/** What `hub policy` found of one stack. */
export interface StackReport {
    stack: string;
    pack: Pack;
    /** What was judged: the stack's file, or the export. */
    file: string;
    settings: PackSettings;
    resources: number;
    /** The rules that were asked. */
    asked: readonly Rule[];
    /** The rules about the whole stack, when its deployment stopped before it was whole. */
    notAsked: readonly Rule[];
    violations: readonly PlacedVerdict[];
    undecided: readonly PlacedVerdict[];
    /** Findings that exceptions bear. */
    excepted: number;
    unused: readonly ToldException[];
    /** What could not be deployed, because it waits for another stack. */
    pending: readonly string[];
    /** Why the deployment stopped. */
    failure?: string;
    /** A text without the parts of ARNs that are random, for who compares two runs. */
    stable: (text: string) => string;
}

/** What it comes to: a violation is `no`, whatever else there is. */
export function answerOf(
    reports: readonly StackReport[],
    strict: boolean,
): "ok" | "violations" | "failed" | "undecided" {
    if (reports.some(({ violations }) => violations.some(isMandatory))) return "violations";
    if (reports.some(({ failure }) => failure !== undefined)) return "failed";
    return strict && reports.some(isOpen) ? "undecided" : "ok";
}

/** The answer as one line. */
export function answerLine(reports: readonly StackReport[], strict: boolean): string {
    const violated = reports.flatMap(({ violations }) => violations.filter(isMandatory));
    const advised = reports.flatMap(({ violations }) => violations).length - violated.length;
    const open = reports.reduce((sum, { undecided, pending }) => {
        return sum + undecided.length + pending.length;
    }, 0);
    const besides = [
        ...(advised > 0 ? [count(advised, "advisory finding")] : []),
        ...(open > 0 ? [`${open} undecided`] : []),
    ].map((part) => `, ${part}`);
    const stacks = count(reports.length, "stack");
    const answer = answerOf(reports, strict);
    if (answer === "violations") {
        const rules = new Set(violated.map(({ rule }) => rule.name)).size;
        const in_ = reports.filter(({ violations }) => violations.some(isMandatory)).length;
        return `${count(violated.length, "violation")} of ${count(rules, "rule")} in ${count(in_, "stack")}${besides.join("")}`;
    }
    if (answer === "failed") {
        const failed = reports.filter(({ failure }) => failure !== undefined);
        return `failed: ${count(failed.length, "stack")} of ${reports.length} could not be deployed: ${failed.map(({ stack }) => stack).join(", ")}${besides.join("")}`;
    }
    const rules = new Set(reports.flatMap(({ asked }) => asked.map(({ name }) => name))).size;
    const resources = reports.reduce((sum, report) => sum + report.resources, 0);
    return `${answer}: ${count(rules, "rule")} ${rules === 1 ? "holds" : "hold"} in ${stacks} (${count(resources, "resource")})${besides.join("")}`;
}

/** Whether a finding fails the run. */
export function isMandatory({ level }: Verdict): boolean {
    return level === "mandatory";
}

/** The name of the resource that a finding is about. */
export function resourceOf({ urn }: Verdict): string {
    return nameOfUrn(urn);
}

/** What to say of an exception that is about nothing. */
export function unusedText({ rule, exception }: ToldException): string {
    const { resource, got, expires } = exception;
    return `${rule.name}: the exception for ${resource}${got === undefined ? "" : `, got ${got}`}, until ${expires}, is about nothing that is there; remove it`;
}

/** `1 stack`, `2 stacks` */
export function count(number: number, thing: string): string {
    return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

function isOpen({ undecided, pending }: StackReport): boolean {
    return undecided.length + pending.length > 0;
}
