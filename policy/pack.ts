import {
    PolicyPack,
    type Policies,
    type PolicyConfigSchema,
    type ResourceValidationPolicy,
    type StackValidationPolicy,
} from "@pulumi/policy";
import { askedAbout } from "./asked";
import { ruleConfigJsonSchema, ruleConfigSchema, undecidedPolicy, type RuleConfig } from "./config";
import { readPropertiesOnce } from "./properties";
import { rulesOf } from "./rules";
import type { Finding, Pack, Rule } from "./rules/rule";
import { warmUp } from "./warmUp";

/** Starts a pack's policies, for the engine that started this process. */
export function startPack(pack: Pack): PolicyPack {
    readPropertiesOnce();
    const policies = policiesOf(pack);
    warmUp(policies, rulesOf(pack));
    return new PolicyPack(`agentcore-hub-${pack}`, {
        description:
            pack === "provider"
                ? "An account that shares tools through AgentCore Gateway"
                : "An account whose roles and agents call AgentCore gateways",
        policies,
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
        configSchema: configSchemaOf(rule),
    };
    const decided = (found: readonly Finding[]) =>
        found.filter((finding) => finding.undecided !== true);
    if (rule.scope === "resource") {
        // Asked before the resource is made, in an update too: where preview could not know, it is refused here.
        return {
            ...common,
            validateResource: (args, report) => {
                const found = askedAbout([args]).findings(rule, args.getConfig());
                for (const { message } of decided(found)) report(message);
            },
        };
    }
    return {
        ...common,
        validateStack: (args, report) => {
            const found = askedAbout(args.resources).findings(rule, args.getConfig());
            for (const { message, urn } of decided(found)) report(message, urn);
        },
    };
}

/** Says, once for each resource, which rules wait for the update. Nothing fails by it. */
function undecidedPolicyOf(rules: readonly Rule[]): StackValidationPolicy {
    return {
        name: undecidedPolicy,
        description: "What a preview does not know yet. Nothing to correct.",
        enforcementLevel: "advisory",
        severity: "low",
        // The last one that is asked: the rules about the stack were asked before it.
        validateStack: ({ resources }, report) => {
            const asked = askedAbout(resources);
            const waiting = new Map<string, { paths: Set<string>; rules: Set<string> }>();
            for (const rule of rules) {
                for (const { urn, message, undecided } of asked.found(rule)) {
                    if (undecided !== true) continue;
                    const there = waiting.get(urn) ?? { paths: new Set(), rules: new Set() };
                    there.paths.add(message.replace(/: not known before the update;.*/, ""));
                    there.rules.add(rule.name);
                    waiting.set(urn, there);
                }
            }
            for (const [urn, { paths, rules: names }] of waiting) {
                report(
                    `${[...paths].join(", ")}: not known before the update; will be checked on update by ${[...names].join(", ")}`,
                    urn,
                );
            }
        },
    };
}

/** The schema of all that rules can be told: making it takes longer than all else at a pack's start. */
const allConfig = ruleConfigJsonSchema(Object.keys(ruleConfigSchema.shape) as (keyof RuleConfig)[]);

function configSchemaOf({ config = [] }: Rule): PolicyConfigSchema {
    const keys = ["exceptions", ...config];
    return {
        properties: Object.fromEntries(
            keys.map((key) => [key, allConfig[key]]),
        ) as PolicyConfigSchema["properties"],
    };
}
