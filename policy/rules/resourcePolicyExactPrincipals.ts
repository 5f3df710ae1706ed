import { accountOfArn, isExactPrincipalArn } from "../../agentcore/arn";
import type { Condition } from "../../access/conditions";
import { readDocument, statementsOf, type PlacedStatement } from "../documents";
import type { RuleConfig } from "../config";
import { example, grants, spoke } from "./examples";
import { undecided, violation, type Finding, type Rule } from "./rule";

const instead = "name the roles and users that are meant";

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
        stack.resourcePolicies.flatMap(({ document }) =>
            readDocument(document).state === "unknown"
                ? [undecided(document.urn, document.path)]
                : statementsOf(document).flatMap((placed) => [
                      ...principalFindings(placed),
                      ...organizationFindings(placed, config),
                  ]),
        ),
};

function principalFindings({ document, statement, place }: PlacedStatement): Finding[] {
    const { conditions, principal } = statement;
    const held = conditions.flatMap((condition) => exactPrincipals(condition) ?? []);
    return (principal?.element.written ?? []).flatMap((written) => {
        if (isExactPrincipalArn(written)) return [];
        const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(written)?.[1];
        if (account !== undefined && held.length > 0) {
            if (held.every((arn) => accountOfArn(arn) === account)) return [];
        }
        const must =
            account === undefined
                ? "the exact ARN of a role or user"
                : `the exact ARN of a role or user, or this account with ArnEquals on aws:PrincipalArn of exact ARNs of it`;
        return [violation(document.urn, `${place}.Principal`, { got: written, must, instead })];
    });
}

/** The principals that a condition holds a statement to. */
function exactPrincipals({ operator, key, values }: Condition): readonly string[] | undefined {
    if (key.toLowerCase() !== "aws:principalarn") return undefined;
    if (operator !== "ArnEquals" && operator !== "StringEquals") return undefined;
    return values.length > 0 && values.every(isExactPrincipalArn) ? values : undefined;
}

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
