import { readDocument, statementsOf, type StackDocument } from "../documents";
import type { Role } from "../roles";
import { allow, example, policy } from "./examples";
import { several, undecided, violation, type Finding, type Rule } from "./rule";

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
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-permissions.html",
    description:
        "The roles of gateways, runtimes and functions, and of callers, have no action that manages: no iam:PassRole, no other role, no change of gateways, runtimes, functions and their policies.",
    example: {
        fails: [
            example("rolePolicy", "tools-invoke-targets", {
                policy: policy(allow("iam:Pass*", "arn:aws:iam::111122223333:role/deployer")),
            }),
        ],
        passes: [],
    },
    check: (stack) =>
        stack.roles.flatMap((role) =>
            stack.documentsOf(role).flatMap((document) => inDocument(role, document)),
        ),
};

function inDocument(role: Role, document: StackDocument): Finding[] {
    const { urn, path } = document;
    if (readDocument(document).state === "unknown") return [undecided(urn, path)];
    return statementsOf(document).flatMap(({ statement: { action }, place }) => {
        const meant = managementActions.filter((one) => action.matches(one.toLowerCase()));
        if (meant.length === 0) return [];
        return [
            violation(urn, `${place}.${action.name}`, {
                got: `${several(action.written)}, which allows ${several(meant)}`,
                must: "without actions that manage",
                instead: `take them out of ${role.resource.name}, and deploy with a role of its own`,
            }),
        ];
    });
}
