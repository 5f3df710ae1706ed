import { readProject, type Project } from "../engine/stacks";
import { exitCode } from "./exitCode";
import { judgeExport } from "./policyExport";
import { junitText } from "./policyJunit";
import {
    answerLine,
    answerOf,
    resourceOf,
    unusedText,
    type PlacedVerdict,
    type StackReport,
} from "./policyReport";
import { judgeProject, today } from "./policyRun";
import { sarifText } from "./policySarif";
import { stackText } from "./policyText";
import { InvalidOptions } from "./invalidOptions";
import { readOptionFile, writeOptionFile } from "./optionFiles";
import { Reporter } from "./reporter";

/** Options of `hub policy`. */
export interface PolicyOptions {
    export?: string;
    pack?: string;
    config?: string;
    sarif?: string;
    junit?: string;
    json?: boolean;
    strict?: boolean;
}

/** `hub policy`: the packs over all stacks, deployed to an AWS of this process, or over an exported stack. */
export async function hubPolicy(options: PolicyOptions): Promise<number> {
    const { json = false, strict = false, sarif, junit } = options;
    checkOutputs(options);
    const reports = await reportsOf(options);
    // Who asks for a file on stdout gets it alone.
    if (sarif !== "-" && junit !== "-") tell(reports, { json, strict });
    if (sarif !== undefined) put("--sarif", sarif, sarifText(reports));
    if (junit !== undefined) put("--junit", junit, junitText(reports));
    const answer = answerOf(reports, strict);
    if (answer === "failed") return exitCode.failure;
    return answer === "ok" ? exitCode.yes : exitCode.no;
}

async function reportsOf(options: PolicyOptions): Promise<StackReport[]> {
    const { export: file, pack, config, json = false } = options;
    if (file === undefined) {
        for (const [option, value] of Object.entries({ pack, config })) {
            if (value === undefined) continue;
            throw new InvalidOptions(
                `--${option} goes with --export: in a project, a stack's role says its pack, and Policy.<stack>.json its config`,
            );
        }
        return projectReports(readProject(process.cwd()), json);
    }
    if (pack !== "provider" && pack !== "consumer") {
        throw new InvalidOptions(
            `--pack: got ${pack ?? "nothing"}; must be provider or consumer: the kind of the exported stack's account`,
        );
    }
    const text = readOptionFile("--export", file, file === "-" ? 0 : file);
    const told =
        config === undefined
            ? undefined
            : { file: config, text: readOptionFile("--config", config) };
    return [judgeExport({ file, text }, pack, told, today())];
}

async function projectReports(project: Project, json: boolean): Promise<StackReport[]> {
    if (project.stacks.length === 0) {
        throw new InvalidOptions(
            `${project.folder}: got no Pulumi.<stack>.yaml with keys of agentcore-hub; there is nothing to judge`,
        );
    }
    const shows = process.stderr.isTTY && !json;
    const clear = shows ? "\r\u001b[2K" : "";
    try {
        return await judgeProject(project, {
            today: today(),
            onEvent: new Reporter(json).diagnostic,
            onStack: ({ name }) => {
                if (shows) process.stderr.write(`${clear}… deploying ${name}`);
            },
        });
    } finally {
        process.stderr.write(clear);
    }
}

function checkOutputs({ sarif, junit, json }: PolicyOptions): void {
    const onStdout = [
        ...(sarif === "-" ? ["--sarif -"] : []),
        ...(junit === "-" ? ["--junit -"] : []),
        ...(json === true ? ["--json"] : []),
    ];
    if (onStdout.length > 1) {
        throw new InvalidOptions(
            `got ${onStdout.join(" and ")}; only one can be on stdout: write the other to a file`,
        );
    }
}

function tell(
    reports: readonly StackReport[],
    { json, strict }: { json: boolean; strict: boolean },
): void {
    const reporter = new Reporter(json);
    reporter.say(answerLine(reports, strict));
    for (const report of reports) {
        reporter.say(`\n${stackText(report)}`);
        for (const event of eventsOf(report)) reporter.event(event);
    }
    reporter.event({
        step: "done",
        status: answerOf(reports, strict),
        answer: answerLine(reports, strict),
    });
}

/** What was found of a stack, for machines. */
function eventsOf(report: StackReport): Record<string, unknown>[] {
    const { stack, pack, violations, undecided, unused, pending, failure, excepted } = report;
    const finding = (step: string, verdict: PlacedVerdict) => ({
        step,
        stack,
        pack,
        rule: verdict.rule.name,
        level: verdict.level,
        severity: verdict.rule.severity,
        resource: resourceOf(verdict),
        urn: verdict.urn,
        got: verdict.got,
        message: verdict.message,
        ...verdict.place,
        page: verdict.rule.page,
    });
    return [
        ...violations.map((verdict) => finding("violation", verdict)),
        ...undecided.map((verdict) => finding("undecided", verdict)),
        ...pending.map((message) => ({ step: "pending", stack, message })),
        ...unused.map((told) => ({
            ...{ step: "unused exception", stack, rule: told.rule.name },
            ...{ ...told.exception, message: unusedText(told) },
        })),
        {
            step: `judge ${stack}`,
            status: failure === undefined ? "ok" : "failed",
            resources: report.resources,
            rules: report.asked.length,
            excepted,
            ...(failure !== undefined && {
                error: failure,
                notAsked: report.notAsked.map(({ name }) => name),
            }),
        },
    ];
}

function put(option: string, file: string, text: string): void {
    if (file === "-") {
        process.stdout.write(text);
        return;
    }
    writeOptionFile(option, file, text);
}
