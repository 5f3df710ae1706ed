import { createHash } from "node:crypto";
import type { Invocation, Log, Notification } from "sarif";
import { rulesPage } from "../policy/documentation";
import type { Rule } from "../policy/rules/rule";
import { resourceOf, type PlacedVerdict, type StackReport } from "./policyReport";

// SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html), with what GitHub reads of it:
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning

/** Scores of GitHub's bands: over 9.0 critical, 7.0 high, 4.0 medium, and below low. */
const severityScore = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" } as const;

/** The reports as one SARIF log: a run of `hub policy`, with all rules that were asked. */
export function sarifText(reports: readonly StackReport[]): string {
    const rules = [
        ...new Map(
            reports.flatMap(({ asked, notAsked }) =>
                [...asked, ...notAsked].map((rule) => [rule.name, rule]),
            ),
        ).values(),
    ];
    const pages = helpOf();
    const seen = new Map<string, number>();
    const results = reports.flatMap((report) =>
        report.violations.map((verdict) => ({
            ...result(verdict, report),
            ruleIndex: rules.findIndex(({ name }) => name === verdict.rule.name),
            partialFingerprints: { "finding/v1": fingerprint(verdict, report, seen) },
        })),
    );
    const log: Log = {
        $schema:
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [
            {
                tool: {
                    driver: {
                        name: "agentcore-hub policy",
                        rules: rules.map((rule) => descriptor(rule, pages)),
                    },
                },
                automationDetails: { id: "hub-policy/" },
                columnKind: "utf16CodeUnits",
                invocations: [invocation(reports)],
                results,
            },
        ],
    };
    return `${JSON.stringify(log, undefined, 2)}\n`;
}

function descriptor(
    { name, description, page, level, severity }: Rule,
    pages: ReadonlyMap<string, string>,
) {
    const help = pages.get(name) ?? description;
    return {
        id: name,
        shortDescription: { text: description },
        fullDescription: { text: description },
        help: { text: help, markdown: help },
        helpUri: page,
        defaultConfiguration: { level: levelOf(level) },
        properties: {
            tags: ["security"],
            precision: "very-high",
            "security-severity": severityScore[severity],
        },
    };
}

/** What docs/policy.md says of each rule, with an example that fails and one that passes. */
function helpOf(): Map<string, string> {
    const sections = rulesPage().split(/^### /m).slice(1);
    return new Map(
        sections.map((section) => {
            const end = section.indexOf("\n");
            return [section.slice(0, end), section.slice(end).trim()];
        }),
    );
}

function result(verdict: PlacedVerdict, { stack }: StackReport) {
    const { rule, level, message, urn, place } = verdict;
    return {
        ruleId: rule.name,
        level: levelOf(level),
        message: { text: `${stack}, ${resourceOf(verdict)}: ${message}` },
        locations: [
            {
                physicalLocation: {
                    artifactLocation: { uri: encodeURI(place.file) },
                    region: { startLine: place.line },
                },
                logicalLocations: [
                    { name: resourceOf(verdict), fullyQualifiedName: urn, kind: "resource" },
                ],
            },
        ],
    };
}

/** What was not judged is no result, and stands beside them. */
function invocation(reports: readonly StackReport[]): Invocation {
    const note = (level: Notification["level"], text: string) => ({ level, message: { text } });
    return {
        executionSuccessful: reports.every(({ failure }) => failure === undefined),
        toolExecutionNotifications: reports.flatMap(({ stack, failure, undecided, pending }) => [
            ...(failure === undefined ? [] : [note("error", failure)]),
            ...undecided.map((verdict) =>
                note(
                    "warning",
                    `${stack}, ${resourceOf(verdict)}: ${verdict.rule.name}: ${verdict.message}`,
                ),
            ),
            ...pending.map((reason) => note("warning", `${stack}: pending ${reason}`)),
        ]),
    };
}

/** The same for the same finding in each run: a line may move, and the ids in ARNs change. */
function fingerprint(
    { rule, urn, got }: PlacedVerdict,
    { stack, stable }: StackReport,
    seen: Map<string, number>,
): string {
    const what = JSON.stringify([stack, rule.name, urn, stable(got)]);
    const repeated = seen.get(what) ?? 0;
    seen.set(what, repeated + 1);
    return createHash("sha256").update(`${what}${repeated}`).digest("hex");
}

function levelOf(level: "mandatory" | "advisory"): "error" | "warning" {
    return level === "mandatory" ? "error" : "warning";
}
