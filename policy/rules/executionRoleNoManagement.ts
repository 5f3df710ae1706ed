import type { PlacedStatement } from "../documents";
import { isOfOperators, isOperator } from "../operators";
import type { Role } from "../roles";
import { allow, example, policy } from "./examples";
import { several, violation, type Finding, type Rule } from "./rule";
import { statementFindings } from "./statementFindings";

/** What changes who may do what, or what runs: for deployments alone. */
const managementActions = [
    ...["iam:PassRole", "iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"],
    ...["iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey", "iam:CreatePolicyVersion"],
    ...["sts:AssumeRole", "lambda:AddPermission", "lambda:UpdateFunctionCode"],
    ...["lambda:UpdateFunctionConfiguration", "lambda:CreateFunction", "ecr:PutImage"],
    ...["bedrock-agentcore:CreateGateway", "bedrock-agentcore:UpdateGateway"],
    ...["bedrock-agentcore:DeleteGateway", "bedrock-agentcore:CreateGatewayTarget"],
    ...["bedrock-agentcore:UpdateGatewayTarget", "bedrock-agentcore:PutResourcePolicy"],
    ...["bedrock-agentcore:DeleteResourcePolicy", "bedrock-agentcore:CreateAgentRuntime"],
    ...["bedrock-agentcore:UpdateAgentRuntime", "bedrock-agentcore:DeleteAgentRuntime"],
] as const;

/** Who runs does not manage. */
export const executionRoleNoManagement: Rule = {
    name: "execution-role-no-management",
    pack: "both",
    severity: "critical",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/policy-permissions.html",
    description:
        "The roles of gateways, runtimes and functions, and of callers, have no action that manages: no iam:PassRole, no other role, no change of gateways, runtimes, functions and their policies. An operator's role, which calls nothing, may manage gateways.",
    example: {
        fails: [
            example("rolePolicy", "tools-invoke-targets", {
                policy: policy(allow("iam:Pass*", "arn:aws:iam::111122223333:role/deployer")),
            }),
        ],
        passes: [],
    },
    check: (stack) =>
        stack.roles.flatMap((role) => {
            // Who manages gateways and does not call them is for `operator-role-nothing-else` to judge.
            const manages = isOperator(stack, role);
            return statementFindings(stack.documentsOf(role), (placed) =>
                manages && isOfOperators(placed) ? [] : inStatement(role, placed),
            );
        }),
};

function inStatement(role: Role, { document, statement, place }: PlacedStatement): Finding[] {
    const { action } = statement;
    const meant = managementActions.filter((one) => action.matches(one.toLowerCase()));
    if (meant.length === 0) return [];
    return [
        violation(document.urn, `${place}.${action.name}`, {
            got: `${action.name === "NotAction" ? "all but " : ""}${several(action.written)}, which allows ${several(meant)}`,
            must: "without actions that manage",
            instead: `take them out of ${role.resource.name}: what deploys has a role that nothing runs with`,
        }),
    ];
}
