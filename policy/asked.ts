import { isDeepStrictEqual } from "node:util";
import { parseRuleConfig, type RuleConfig } from "./config";
import { findingsOf } from "./judge";
import type { Finding, Rule } from "./rules/rule";
import { fromPolicyResources, propsBehind, type PolicyResource } from "./sources";
import { StackView } from "./stackView";

/**
 * The resources that one request of the engine is about, and what the rules find in them. The SDK asks policy after
 * policy: the resources are read once, and each rule looks at them once.
 */
export class Asked {
    readonly #view: StackView;
    readonly #found = new Map<Rule, readonly Finding[]>();

    constructor(resources: readonly PolicyResource[]) {
        this.#view = new StackView(fromPolicyResources(resources));
    }

    /**
     * What a rule finds, told what Pulumi hands over as its config.
     *
     * @throws InvalidPolicyConfig
     */
    findings(rule: Rule, config: object): readonly Finding[] {
        const today = new Date().toISOString().slice(0, 10);
        const found = findingsOf(rule, this.#view, ruleConfig(rule, config), today);
        this.#found.set(rule, found);
        return found;
    }

    /** What a rule found when it was asked; else what it finds without config. */
    found(rule: Rule): readonly Finding[] {
        return this.#found.get(rule) ?? this.findings(rule, {});
    }
}

/** By the properties of a request's first resource, which are the same object for each policy (properties.ts). */
const byProperties = new WeakMap<object, { about: readonly object[]; asked: Asked }>();

/** What one request is about: the same object, as long as the policies are asked about the same resources. */
export function askedAbout(resources: readonly PolicyResource[]): Asked {
    const about = resources.map(({ props }) => propsBehind(props));
    const [first] = about;
    if (first === undefined) return new Asked(resources);
    const known = byProperties.get(first);
    if (
        known?.about.length === about.length &&
        known.about.every((one, index) => one === about[index])
    ) {
        return known.asked;
    }
    const asked = new Asked(resources);
    byProperties.set(first, { about, asked });
    return asked;
}

const lastConfigs = new Map<Rule, { given: object; parsed: RuleConfig }>();

/** A rule is told the same for one resource after the other. */
function ruleConfig(rule: Rule, config: object): RuleConfig {
    const { enforcementLevel: _level, ...given } = config as { enforcementLevel?: unknown };
    if (Object.keys(given).length === 0) return {};
    const last = lastConfigs.get(rule);
    if (last !== undefined && isDeepStrictEqual(last.given, given)) return last.parsed;
    const parsed = parseRuleConfig(rule.name, given);
    lastConfigs.set(rule, { given, parsed });
    return parsed;
}
