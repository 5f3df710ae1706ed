import type { PlacedStatement } from "../documents";
import { inexactPrincipals } from "./exactPrincipals";
import { example, policy, spoke } from "./examples";
import { several, violation, type Finding, type Rule } from "./rule";
import { statementFindings } from "./statementFindings";

/** Who takes on a role is known by name. */
export const callerTrustExact: Rule = {
    name: "caller-trust-exact",
    pack: "both",
    severity: "critical",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    description:
        "The trust of a role names the exact roles and users that may take it on, or a service: no wildcard, no account but with ArnEquals or StringEquals on aws:PrincipalArn, and no actions but sts:AssumeRole and its tags.",
    example: {
        fails: [
            example("role", "developer-role", {
                assumeRolePolicy: policy({
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${spoke.account}:root` },
                    Action: "sts:AssumeRole",
                }),
            }),
        ],
        passes: [
            example("role", "developer-role", {
                assumeRolePolicy: policy({
                    Effect: "Allow",
                    Principal: { AWS: spoke.admin },
                    Action: "sts:AssumeRole",
                }),
            }),
        ],
    },
    check: (stack) =>
        statementFindings(
            stack.roles.map(({ trust }) => trust),
            (placed) => [...inexactPrincipals(placed, peopleIn(placed)), ...actionFindings(placed)],
        ),
};

/** All that are no services; a service's trust is for `service-role-trust` to judge. */
function peopleIn({ statement }: PlacedStatement): string[] {
    const { element } = statement.principal ?? {};
    return (element?.written ?? []).filter((written) => element?.services.has(written) !== true);
}

function actionFindings({ document, statement, place }: PlacedStatement): Finding[] {
    const { name, written } = statement.action;
    const strange = name === "Action" ? written.filter((one) => !actions.has(one)) : written;
    if (strange.length === 0) return [];
    return [
        violation(document.urn, `${place}.${name}`, {
            got: name === "Action" ? several(strange) : `all but ${several(strange)}`,
            must: "sts:AssumeRole, with sts:TagSession or sts:SetSourceIdentity where they are needed",
            instead: "write sts:AssumeRole",
        }),
    ];
}

const actions = new Set(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
