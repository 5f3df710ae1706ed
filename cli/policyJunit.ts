import XMLBuilder from "fast-xml-builder";
import { rulesOf } from "../policy/rules";
import type { Rule } from "../policy/rules/rule";
import { isMandatory, resourceOf, type PlacedVerdict, type StackReport } from "./policyReport";

const builder = new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    format: true,
});

/** The reports as JUnit's XML: a suite for each stack, a case for each rule. */
export function junitText(reports: readonly StackReport[]): string {
    const suites = reports.map(suite);
    const total = (key: "@tests" | "@failures" | "@errors" | "@skipped") =>
        suites.reduce((sum, one) => sum + one[key], 0);
    return builder.build({
        "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
        testsuites: {
            "@name": "hub policy",
            "@tests": total("@tests"),
            "@failures": total("@failures"),
            "@errors": total("@errors"),
            "@skipped": total("@skipped"),
            testsuite: suites,
        },
    });
}

function suite(report: StackReport) {
    const { stack, pack, failure } = report;
    const cases = rulesOf(pack).map((rule) => testCase(rule, report));
    const deployment = {
        "@classname": stack,
        "@name": "deployment",
        ...(failure !== undefined && { error: { "@message": failure } }),
    };
    return {
        "@name": stack,
        "@tests": cases.length + 1,
        "@failures": cases.filter((one) => "failure" in one).length,
        "@errors": failure === undefined ? 0 : 1,
        "@skipped": cases.filter((one) => "skipped" in one).length,
        testcase: [deployment, ...cases],
    };
}

function testCase(rule: Rule, { stack, file, asked, violations, undecided }: StackReport) {
    const of = (verdicts: readonly PlacedVerdict[]) =>
        verdicts.filter((verdict) => verdict.rule.name === rule.name);
    const failing = of(violations).filter(isMandatory);
    const others = [
        ...of(violations)
            .filter((verdict) => !isMandatory(verdict))
            .map((verdict) => `advisory: ${textOf(verdict)}`),
        ...of(undecided).map((verdict) => `undecided: ${textOf(verdict)}`),
    ];
    return {
        "@classname": stack,
        "@name": rule.name,
        "@file": file,
        ...(failing.length > 0 && {
            failure: {
                "@message": failing.map(({ message }) => message).join("\n"),
                "@type": rule.severity,
                "#text": failing.map(textOf).join("\n"),
            },
        }),
        ...(!asked.some(({ name }) => name === rule.name) && { skipped: "" }),
        ...(others.length > 0 && { "system-out": others.join("\n") }),
    };
}

function textOf(verdict: PlacedVerdict): string {
    const { place, message, rule } = verdict;
    return `${place.file}:${place.line}: ${resourceOf(verdict)}: ${message} (${rule.page})`;
}
