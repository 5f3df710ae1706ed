import type { Exception, PackConfig, RuleConfig } from "./config";
import { nameOfUrn } from "./resource";
import { rulesOf } from "./rules";
import type { Finding, Pack, Rule } from "./rules/rule";
import type { StackView } from "./stackView";

/** A finding, and the rule that it is of. */
export interface Verdict extends Finding {
    rule: Rule;
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
    const { exceptions = [] } = config;
    const found = new Map(
        rule.check(stack, config).map((finding) => [`${finding.urn} ${finding.message}`, finding]),
    );
    return [...found.values()].flatMap((finding) => {
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
}

function isAbout({ resource, got }: Exception, finding: Finding): boolean {
    if (resource !== nameOfUrn(finding.urn)) return false;
    return got === undefined || got === finding.got;
}
