import { evaluate, type RequestPrincipal } from "../../access";
import { isExactPrincipalArn, parseArn } from "../../agentcore/arn";
import { defaultQualifier, runtimeActions, runtimeEndpointArn } from "../../agentcore/runtime";
import { readDocument, statementsOf } from "../documents";
import { unknown } from "../resource";
import type { ResourcePolicy } from "../resourcePolicies";
import type { Role } from "../roles";
import type { StackView } from "../stackView";
import type { Worker } from "../workers";
import { example, policy } from "./examples";
import { several, undecided, violation, type Finding, type Rule } from "./rule";

const instead =
    "deny every principal but the gateways' roles and the operators, by ArnNotEquals on aws:PrincipalArn";

/** Nobody gets around the gateway. */
export const runtimeClosed: Rule = {
    name: "runtime-closed",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html",
    description:
        "The policies of a runtime and of its endpoint deny everyone, whatever their own policies say, but the roles of the gateways that show it and the operators that they allow by name; and they let those in.",
    example: {
        fails: [
            example("resourcePolicy", "mcp-server-runtime-access", {
                policy: policy({
                    Effect: "Deny",
                    Principal: { AWS: "arn:aws:iam::111122223333:role/intern" },
                    Action: [...runtimeActions],
                    Resource:
                        "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/mcp_server-a1b2c3d4e5",
                }),
            }),
        ],
        passes: [],
    },
    check: (stack) => stack.runtimes.flatMap((runtime) => ofRuntime(stack, runtime)),
};

function ofRuntime(stack: StackView, runtime: Worker): Finding[] {
    const { resource, arn } = runtime;
    const { urn } = resource;
    if (typeof arn !== "string") {
        const made = stack.resourcePolicies.filter(
            ({ resource: { madeFrom } }) => madeFrom?.["resourceArn"]?.includes(urn) === true,
        );
        const isKnown = stack.resourcePolicies.every(
            ({ resource: { madeFrom } }) => madeFrom !== undefined,
        );
        return isKnown && made.length < 2
            ? [withoutPolicy(urn, `${made.length} policies`)]
            : [undecided(urn, "resource policies")];
    }
    return [arn, runtimeEndpointArn(arn, defaultQualifier)].flatMap((resourceArn) => {
        const own = stack.resourcePolicies.filter((one) => one.resourceArn === resourceArn);
        const [only] = own;
        if (only !== undefined) return inPolicy(stack, only, arn, resourceArn);
        return stack.resourcePolicies.some((one) => one.resourceArn === unknown)
            ? [undecided(urn, "resource policies")]
            : [withoutPolicy(urn, `none for ${resourceArn}`)];
    });
}

function withoutPolicy(urn: string, got: string): Finding {
    const must = "one for the runtime and one for its endpoint";
    return violation(urn, "resource policies", { got, must, instead });
}

function inPolicy(
    stack: StackView,
    { document }: ResourcePolicy,
    runtimeArn: string,
    resourceArn: string,
): Finding[] {
    const { urn, path } = document;
    const read = readDocument(document);
    if (read.state === "unknown") return [undecided(urn, path)];
    if (read.state === "malformed") return [];
    const account = parseArn(runtimeArn)?.accountId ?? "";
    const asks = (principal: RequestPrincipal) =>
        runtimeActions.map((action) => {
            const request = {
                principal,
                action,
                resource: resourceArn,
                resourceAccountId: account,
            };
            return {
                action,
                decision: evaluate(request, {
                    ...everything,
                    resource: { name: path, document: read.text },
                }).decision,
            };
        });
    const open = strangers(account).flatMap((stranger) =>
        asks(stranger).flatMap(({ action, decision }) =>
            decision === "explicitDeny" ? [] : [action],
        ),
    );
    const gateways = gatewayRolesOf(stack, runtimeArn, "sure");
    const possible = gatewayRolesOf(stack, runtimeArn, "possible");
    const [exempt, allowed] = [exemptIn(document), allowedIn(document)];
    const shutOut = [...gateways.map(({ arn }) => arn), ...allowed].filter(
        (arn): arn is string =>
            typeof arn === "string" && asks(roleSession(arn))[0]?.decision !== "allow",
    );
    const unnamed = exempt.filter(
        (arn) => !allowed.includes(arn) && !possible.some((role) => role.arn === arn),
    );
    return [
        ...(unnamed.some(isExactPrincipalArn) && !isSure(stack) ? [undecided(urn, path)] : []),
        ...(open.length === 0
            ? []
            : [
                  violation(urn, path, {
                      got: `a policy that leaves ${several([...new Set(open)])} to others`,
                      must: "one that denies everyone else",
                      instead,
                  }),
              ]),
        ...shutOut.map((arn) =>
            violation(urn, path, {
                got: `a policy that denies ${arn}`,
                must: "one that lets in its gateways' roles and operators",
                instead,
            }),
        ),
        ...unnamed
            .filter((arn) => !isExactPrincipalArn(arn) || isSure(stack))
            .map((arn) =>
                violation(urn, path, {
                    got: `${arn}, which is exempt from the denial`,
                    must: "the role of a gateway with the runtime as target, or an operator that a statement allows",
                    instead: "take it out, or allow it by name",
                }),
            ),
    ];
}

/** Whether it is known which roles the gateways have. */
function isSure({ gateways }: StackView): boolean {
    return gateways.every(({ role }) => role !== unknown && role?.arn !== unknown);
}

/** A caller whose own policies allow everything. */
const everything = {
    identity: [
        {
            name: "asked",
            document: {
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
            },
        },
    ],
};

function strangers(account: string): RequestPrincipal[] {
    return [
        roleSession(`arn:aws:iam::${account}:role/nobody-in-particular`),
        {
            type: "user",
            accountId: account,
            userArn: `arn:aws:iam::${account}:user/nobody-in-particular`,
            userId: "AIDAASKED",
        },
    ];
}

function roleSession(roleArn: string): RequestPrincipal {
    const accountId = parseArn(roleArn)?.accountId ?? "";
    const sessionArn = `arn:aws:sts::${accountId}:assumed-role/${roleArn.split("/").at(-1) ?? ""}/asked`;
    return {
        type: "role-session",
        accountId,
        roleArn,
        roleId: "AROAASKED",
        sessionName: "asked",
        sessionArn,
    };
}

/** The roles of the gateways that have the runtime as a target, or may have it as far as is known. */
function gatewayRolesOf(
    stack: StackView,
    runtimeArn: string,
    certainty: "sure" | "possible",
): Role[] {
    return stack.gateways.flatMap((gateway) => {
        const shows = stack.targetsOf(gateway).some(({ runtime, endpoint, resource }) => {
            if (certainty === "possible" && endpoint === unknown) return true;
            const isItsOwn =
                certainty === "possible" || resource.props["gatewayIdentifier"] !== unknown;
            return isItsOwn && runtime?.runtimeArn === runtimeArn;
        });
        return shows && gateway.role !== unknown && gateway.role !== undefined
            ? [gateway.role]
            : [];
    });
}

function exemptIn(document: ResourcePolicy["document"]): string[] {
    return statementsOf(document, "Deny").flatMap(({ statement }) =>
        statement.conditions
            .filter(({ key }) => key.toLowerCase() === "aws:principalarn")
            .flatMap(({ values }) => [...values]),
    );
}

function allowedIn(document: ResourcePolicy["document"]): string[] {
    return statementsOf(document).flatMap(({ statement }) =>
        [...(statement.principal?.element.principals ?? [])].filter(isExactPrincipalArn),
    );
}
