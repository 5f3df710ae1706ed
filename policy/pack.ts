import {
    PolicyPack,
    type Policies,
    type PolicyConfigSchema,
    type ResourceValidationPolicy,
    type StackValidationPolicy,
} from "@pulumi/policy";
import { parseRuleConfig, ruleConfigJsonSchema } from "./config";
import { findingsOf } from "./judge";
import { rulesOf } from "./rules";
import type { Finding, Pack, Rule } from "./rules/rule";
import { fromPolicyResources, type PolicyResource } from "./sources";
import { StackView } from "./stackView";

/** The policy that says what a preview could not decide. */
const undecidedPolicy = "decided-on-update";

/** Starts a pack's policies, for the engine that started this process. */
export function startPack(pack: Pack): PolicyPack {
    return new PolicyPack(`agentcore-hub-${pack}`, {
        description:
            pack === "provider"
                ? "An account that shares tools through AgentCore Gateway"
                : "An account whose roles and agents call AgentCore gateways",
        policies: policiesOf(pack),
    });
}

/** A pack's rules as policies, by their names. */
export function policiesOf(pack: Pack): Policies {
    const rules = rulesOf(pack);
    return [...rules.map(policyOf), undecidedPolicyOf(rules)];
}

function policyOf(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
    const common = {
        name: rule.name,
        description: rule.description,
        enforcementLevel: rule.level,
        severity: rule.severity,
        url: rule.page,
        configSchema: {
            properties: ruleConfigJsonSchema(rule.config ?? []) as PolicyConfigSchema["properties"],
        },
    };
    const decided = (resources: readonly PolicyResource[], config: object) =>
        ask(rule, resources, config).filter((finding) => finding.undecided !== true);
    if (rule.scope === "resource") {
        // Asked before the resource is made, in an update too: where preview could not know, it is refused here.
        return {
            ...common,
            validateResource: (args, report) => {
                for (const { message } of decided([args], args.getConfig())) report(message);
            },
        };
    }
    return {
        ...common,
        validateStack: (args, report) => {
            for (const { message, urn } of decided(args.resources, args.getConfig())) {
                report(message, urn);
            }
        },
    };
}

/** Says, once for each place, which rules wait for the update. Nothing fails by it. */
function undecidedPolicyOf(rules: readonly Rule[]): StackValidationPolicy {
    return {
        name: undecidedPolicy,
        description:
            "What a preview does not know yet, and which rules decide it on update. Nothing to correct.",
        enforcementLevel: "advisory",
        severity: "low",
        validateStack: ({ resources }, report) => {
            const waiting = new Map<string, { urn: string; path: string; rules: string[] }>();
            for (const rule of rules) {
                for (const { urn, message } of ask(rule, resources, {})) {
                    const path = /^(.*): not known before the update;/.exec(message)?.[1];
                    if (path === undefined) continue;
                    const place = waiting.get(`${urn} ${path}`) ?? { urn, path, rules: [] };
                    place.rules.push(rule.name);
                    waiting.set(`${urn} ${path}`, place);
                }
            }
            for (const { urn, path, rules: names } of waiting.values()) {
                report(
                    `${path}: not known before the update; will be checked on update by ${[...new Set(names)].join(", ")}`,
                    urn,
                );
            }
        },
    };
}

function ask(rule: Rule, resources: readonly PolicyResource[], config: object): Finding[] {
    const { enforcementLevel: _level, ...own } = config as { enforcementLevel?: unknown };
    const view = new StackView(fromPolicyResources(resources));
    const today = new Date().toISOString().slice(0, 10);
    return findingsOf(rule, view, parseRuleConfig(rule.name, own), today);
}
