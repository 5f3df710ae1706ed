import type { RuleConfig } from "../config";
import type { PlacedStatement } from "../documents";
import { inexactPrincipals } from "./exactPrincipals";
import { example, grants, spoke } from "./examples";
import { violation, type Finding, type Rule } from "./rule";
import { statementFindings } from "./statementFindings";

/** Whoever is let in is known by name. */
export const resourcePolicyExactPrincipals: Rule = {
    name: "resource-policy-exact-principals",
    pack: "both",
    severity: "critical",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html",
    description:
        "The policies of gateways, runtimes and endpoints let in exact roles and users. An account counts as exact with ArnEquals or StringEquals on aws:PrincipalArn; a whole account, everyone, or another organization needs an exception.",
    config: ["organizationId"],
    example: {
        fails: [
            example("resourcePolicy", "tools-grants", {
                policy: grants(`arn:aws:iam::${spoke.account}:root`),
            }),
        ],
        passes: [
            example("resourcePolicy", "tools-grants", {
                policy: grants(`arn:aws:iam::${spoke.account}:root`, {
                    Condition: { ArnEquals: { "aws:PrincipalArn": spoke.developer } },
                }),
            }),
        ],
    },
    check: (stack, config) =>
        statementFindings(
            stack.resourcePolicies.map(({ document }) => document),
            (placed) => [
                ...inexactPrincipals(placed, placed.statement.principal?.element.written ?? []),
                ...organizationFindings(placed, config),
            ],
        ),
};

function organizationFindings(
    { document, statement, place }: PlacedStatement,
    { organizationId }: RuleConfig,
): Finding[] {
    if (organizationId === undefined) return [];
    return statement.conditions
        .filter(({ key }) => key.toLowerCase() === "aws:principalorgid")
        .flatMap(({ operator, key, values }) =>
            values
                .filter((value) => value !== organizationId)
                .map((got) =>
                    violation(document.urn, `${place}.Condition.${operator}.${key}`, {
                        got,
                        must: organizationId,
                        instead: "write this organization's id",
                    }),
                ),
        );
}
