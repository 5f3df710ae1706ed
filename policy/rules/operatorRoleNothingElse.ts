import type { RuleConfig } from "../config";
import { statementsOf, type PlacedStatement } from "../documents";
import { hasOperatorActions, invokeGateway, permissionsOfOperator } from "../operators";
import type { Role } from "../roles";
import type { StackView } from "../stackView";
import { allow, example, hub, policy } from "./examples";
import { excessOfRole, unreadOf } from "./roleExcess";
import { several, violation, type Finding, type Rule } from "./rule";

const putPolicy = "bedrock-agentcore:putresourcepolicy";

/** Who manages gateways does not call them, and who reads them changes nothing. */
export const operatorRoleNothingElse: Rule = {
    name: "operator-role-nothing-else",
    pack: "both",
    severity: "critical",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-prerequisites-permissions.html",
    description:
        "A role that people or other roles take on, and that manages gateways or reads what decides access, has only actions for that, each written out, in its own account and region: none that calls a gateway, a runtime or a function, or gets a token. Where it may put a gateway's policy, an explicit deny keeps it from letting itself in; where it is held to addresses, each statement is.",
    config: ["allowedActions"],
    example: {
        fails: [
            example("rolePolicy", "GatewayManagement-manage", {
                policy: policy(
                    allow("bedrock-agentcore:GetGateway", gateways("us-east-1")),
                    allow("bedrock-agentcore:PutResourcePolicy", gateways("*")),
                    allow("bedrock-agentcore:InvokeGateway", hub.gateway),
                ),
            }),
        ],
        passes: [
            example("rolePolicy", "GatewayManagement-manage", {
                policy: policy(
                    allow(
                        ["bedrock-agentcore:GetGateway", "bedrock-agentcore:PutResourcePolicy"],
                        gateways("us-east-1"),
                    ),
                    {
                        ...allow("bedrock-agentcore:InvokeGateway", gateways("us-east-1")),
                        Effect: "Deny",
                    },
                ),
            }),
        ],
    },
    check: (stack, config) =>
        stack.roles
            // The roles of gateways, runtimes and functions are for other rules to judge.
            .filter((role) => stack.workersOf(role).length === 0)
            .flatMap((role) =>
                hasOperatorActions(stack, role)
                    ? inOperator(stack, role, config)
                    : unreadOf(stack, role),
            ),
};

function inOperator(stack: StackView, role: Role, config: RuleConfig): Finding[] {
    const permissions = permissionsOfOperator(stack, role);
    const known = new Set(
        [...permissions.flatMap(({ actions }) => actions), ...(config.allowedActions ?? [])].map(
            (action) => action.toLowerCase(),
        ),
    );
    return [
        ...excessOfRole(stack, role, config, ["operators"], permissions),
        ...stack
            .documentsOf(role)
            .flatMap((document) => statementsOf(document))
            .flatMap((placed) => unlisted(placed, known)),
        ...otherAddresses(stack, role),
        ...selfGrants(stack, role),
    ];
}

function unlisted(
    { document, statement, place }: PlacedStatement,
    known: ReadonlySet<string>,
): Finding[] {
    const { name, written } = statement.action;
    const strange =
        name === "Action" ? written.filter((one) => !known.has(one.toLowerCase())) : written;
    return strange.map((one) =>
        violation(document.urn, `${place}.${name}`, {
            got: name === "Action" ? one : `all but ${one}`,
            must: "an action that manages gateways or reads what decides access, written out",
            instead:
                "give what calls to a caller's role; what else is needed goes into this rule's allowedActions",
        }),
    );
}

/** What is held to addresses is held as a whole: what the role calls itself, from the same ones in each statement. */
function otherAddresses(stack: StackView, role: Role): Finding[] {
    const direct = stack
        .documentsOf(role)
        .flatMap((document) => statementsOf(document))
        .filter((placed) => !isOfService(placed))
        .map((placed) => ({ placed, from: addressesOf(placed) }));
    const times = (text: string) => direct.filter(({ from }) => from === text).length;
    const [usual = "anywhere"] = direct
        .map(({ from }) => from)
        .sort((one, other) => times(other) - times(one));
    return direct
        .filter(({ from }) => from !== usual)
        .map(({ placed: { document, place }, from }) =>
            violation(document.urn, `${place}.Condition`, {
                got: `calls from ${from}`,
                must: `calls from ${usual}, as in the role's other statements`,
                instead: "write the same IpAddress aws:SourceIp in each statement",
            }),
        );
}

/** Whether a service asks for it in the role's name, so that addresses are not what holds it. */
function isOfService({ statement }: PlacedStatement): boolean {
    return statement.conditions.some(({ key }) =>
        ["aws:calledvia", "iam:passedtoservice", "kms:viaservice"].includes(key.toLowerCase()),
    );
}

function addressesOf({ statement }: PlacedStatement): string {
    const ranges = statement.conditions
        .filter(
            ({ operator, key }) => operator === "IpAddress" && key.toLowerCase() === "aws:sourceip",
        )
        .flatMap(({ values }) => values);
    return ranges.length === 0 ? "anywhere" : [...ranges].sort().join(", ");
}

/** In one account an allow of the gateway's policy is enough (AgentCore devguide, resource-based-policies). */
function selfGrants(stack: StackView, role: Role): Finding[] {
    const documents = stack.documentsOf(role);
    if (unreadOf(stack, role).length > 0) return [];
    const denied = documents
        .flatMap((document) => statementsOf(document, "Deny"))
        .filter(({ statement }) => statement.conditions.length === 0)
        .filter(({ statement }) => statement.action.matches(invokeGateway))
        .flatMap(({ statement: { resource } }) =>
            resource?.name === "Resource" ? resource.written : [],
        );
    return documents
        .flatMap((document) => statementsOf(document))
        .filter(({ statement }) => statement.action.matches(putPolicy))
        .flatMap((placed) => selfGrant(placed, denied));
}

function selfGrant(
    { document, statement, place }: PlacedStatement,
    denied: readonly string[],
): Finding[] {
    const written = statement.resource?.written ?? [];
    const open = written.filter((one) => !denied.includes(one) && !denied.includes("*"));
    if (open.length === 0) return [];
    return [
        violation(document.urn, place, {
            got: `bedrock-agentcore:PutResourcePolicy on ${several(open)}, which lets the role into a gateway of its own account`,
            must: "with a Deny of bedrock-agentcore:InvokeGateway on the same, without a condition",
            instead: "write that statement besides",
        }),
    ];
}

function gateways(region: string): string {
    return `arn:aws:bedrock-agentcore:${region}:${hub.account}:gateway/*`;
}
