import type { Exception, PackConfig, RuleConfig } from "./config";
import type { Level, PackSettings } from "./packConfig";
import { nameOfUrn } from "./resource";
import { rulesOf } from "./rules";
import type { Finding, Pack, Rule } from "./rules/rule";
import type { StackView } from "./stackView";

/** A finding, and the rule that it is of. */
export interface Verdict extends Finding {
    rule: Rule;
    level: Exclude<Level, "disabled">;
}

/** An exception that a rule was told. */
export interface ToldException {
    rule: Rule;
    exception: Exception;
}

/** What a pack says of a stack. */
export interface Judgement {
    verdicts: Verdict[];
    /** Findings that exceptions bear. */
    excepted: number;
    /** Exceptions that no finding is about. */
    unused: ToldException[];
}

/** What rules say of a stack on a day, each at the level that it is told; but for those that are disabled. */
export function judgeBy(
    rules: readonly Rule[],
    stack: StackView,
    { settings, today }: { settings: PackSettings; today: string },
): Judgement {
    const judgement: Judgement = { verdicts: [], excepted: 0, unused: [] };
    for (const rule of rules) {
        const { level = rule.level, properties = {} } = settings[rule.name] ?? {};
        if (level === "disabled") continue;
        const { findings, excepted, unused } = judged(rule, stack, properties, today);
        judgement.verdicts.push(...findings.map((finding) => ({ ...finding, rule, level })));
        judgement.excepted += excepted;
        judgement.unused.push(...unused.map((exception) => ({ rule, exception })));
    }
    return judgement;
}

/** What the rules of a pack find in a stack, but for exceptions that still hold on a day, as `2027-01-31`. */
export function judge(
    pack: Pack,
    stack: StackView,
    { config = {}, today }: { config?: PackConfig; today: string },
): Verdict[] {
    return rulesOf(pack).flatMap((rule) =>
        findingsOf(rule, stack, config[rule.name] ?? {}, today).map((finding) => ({
            ...finding,
            rule,
            level: rule.level,
        })),
    );
}

/** What one rule finds, but for exceptions. */
export function findingsOf(
    rule: Rule,
    stack: StackView,
    config: RuleConfig,
    today: string,
): Finding[] {
    return judged(rule, stack, config, today).findings;
}

function judged(
    rule: Rule,
    stack: StackView,
    config: RuleConfig,
    today: string,
): { findings: Finding[]; excepted: number; unused: Exception[] } {
    const { exceptions = [] } = config;
    const found = [
        ...new Map(
            rule
                .check(stack, config)
                .map((finding) => [`${finding.urn} ${finding.message}`, finding]),
        ).values(),
    ];
    const findings = found.flatMap((finding) => {
        const meant = exceptions.filter((exception) => isAbout(exception, finding));
        if (meant.length === 0) return [finding];
        if (meant.some(({ expires }) => expires >= today)) return [];
        const last =
            meant
                .map(({ expires }) => expires)
                .sort()
                .at(-1) ?? "";
        return [{ ...finding, message: `${finding.message} (its exception ended on ${last})` }];
    });
    const unused = exceptions.filter((exception) => !found.some((one) => mayMean(exception, one)));
    return { findings, excepted: found.length - findings.length, unused };
}

function isAbout({ resource, got }: Exception, finding: Finding): boolean {
    if (resource !== nameOfUrn(finding.urn)) return false;
    return got === undefined || got === finding.got;
}

/** Of what is not known yet, the value may turn out to be the one that the exception names. */
function mayMean(exception: Exception, finding: Finding): boolean {
    if (isAbout(exception, finding)) return true;
    return finding.undecided === true && exception.resource === nameOfUrn(finding.urn);
}
