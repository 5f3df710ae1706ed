import colors from "picocolors";
import {
    count,
    isMandatory,
    resourceOf,
    unusedText,
    type PlacedVerdict,
    type StackReport,
} from "./policyReport";

/** What was found of a stack, for people: the findings, then what else should be known. */
export function stackText(report: StackReport): string {
    const { stack, pack, file, violations, undecided, failure, notAsked, excepted } = report;
    const remarks = [
        ...(failure === undefined
            ? []
            : [
                  `${colors.red("not deployed")}: ${failure}`,
                  `${count(notAsked.length, "rule")} about the whole stack could not be asked: ${notAsked.map(({ name }) => name).join(", ")}`,
              ]),
        ...report.pending.map((reason) => `${colors.yellow("undecided")}: pending ${reason}`),
        ...report.unused.map((told) => `${colors.yellow("warning")}: ${unusedText(told)}`),
        ...(excepted > 0 ? [`excepted by config: ${count(excepted, "finding")}`] : []),
    ];
    return [
        `${colors.bold(stack)} (${pack} pack, ${file}): ${summary(report)}`,
        ...violations.map((verdict) => verdictText(verdict)),
        ...undecided.map((verdict) => verdictText(verdict)),
        ...remarks.map((line) => `  ${line}`),
    ].join("\n");
}

function summary({ violations, undecided, resources }: StackReport): string {
    const mandatory = violations.filter(isMandatory).length;
    const advisory = violations.length - mandatory;
    const parts = [
        ...(mandatory > 0 ? [count(mandatory, "violation")] : []),
        ...(advisory > 0 ? [count(advisory, "advisory finding")] : []),
        ...(undecided.length > 0 ? [`${undecided.length} undecided`] : []),
    ];
    return parts.length === 0 ? count(resources, "resource") : parts.join(", ");
}

function verdictText(verdict: PlacedVerdict): string {
    const { rule, level, message, place, undecided } = verdict;
    const shown = undecided === true ? "undecided" : level;
    const color = undecided !== true && level === "mandatory" ? colors.red : colors.yellow;
    return [
        `  ${color(shown)} ${colors.bold(rule.name)} (${rule.severity}): ${resourceOf(verdict)}`,
        `    ${message}`,
        `    ${place.file}:${place.line} ${colors.dim(rule.page)}`,
    ].join("\n");
}
