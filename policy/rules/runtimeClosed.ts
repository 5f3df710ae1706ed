import { anySessionOf, evaluate, type RequestPrincipal } from "../../access";
import { isExactPrincipalArn, parseArn } from "../../agentcore/arn";
import { defaultQualifier, runtimeActions, runtimeEndpointArn } from "../../agentcore/runtime";
import { readDocument, statementsOf } from "../documents";
import { runtimeEndpointTypes } from "../kinds";
import { unknown } from "../resource";
import type { ResourcePolicy } from "../resourcePolicies";
import type { Role } from "../roles";
import type { StackView } from "../stackView";
import type { Worker } from "../workers";
import { example, policy } from "./examples";
import { several, undecided, violation, type Finding, type Rule } from "./rule";

const deny = `{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["bedrock-agentcore:InvokeAgentRuntime", … all ${runtimeActions.length}], "Resource": <the ARN that the policy is put on>, "Condition": {"ArnNotEquals": {"aws:PrincipalArn": [<the roles of its gateways, and its operators>]}}}`;

/** Nobody gets around the gateway. */
export const runtimeClosed: Rule = {
    name: "runtime-closed",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html",
    description:
        "The policies of a runtime and of each of its endpoints deny everyone, whatever their own policies say, but the roles of the gateways that show it and the operators that they allow by name; and they let those in.",
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
    const endpoints = endpointsOf(stack, runtime);
    if (typeof arn !== "string") return beforeItIsMade(stack, urn, 1 + endpoints.length);
    if (endpoints.includes(unknown)) return [undecided(urn, "endpoints")];
    const arns = [arn, ...endpoints.map((name) => runtimeEndpointArn(arn, String(name)))];
    return arns.flatMap((resourceArn) => {
        const only = stack.resourcePolicies.find((one) => one.resourceArn === resourceArn);
        if (only !== undefined) return inPolicy(stack, only, arn);
        return stack.resourcePolicies.some((one) => one.resourceArn === unknown)
            ? [undecided(urn, "resource policies")]
            : [withoutPolicy(urn, `none for ${resourceArn}`)];
    });
}

/** The names of a runtime's endpoints: the one that each has, and the stack's own; `unknown` for one that may be. */
function endpointsOf(stack: StackView, { resource, id }: Worker): unknown[] {
    const own = stack.ofTypes(runtimeEndpointTypes).flatMap(({ props, madeFrom }) => {
        const { agentRuntimeId } = props;
        const isMade = madeFrom?.["agentRuntimeId"]?.includes(resource.urn);
        if (isMade === true || (id !== unknown && agentRuntimeId === id)) return [props["name"]];
        const mayBe = isMade === undefined && (agentRuntimeId === unknown || id === unknown);
        return mayBe ? [unknown] : [];
    });
    return [defaultQualifier, ...own];
}

/** Before the update only the number of the policies that are made from a runtime is known. */
function beforeItIsMade(stack: StackView, urn: string, needed: number): Finding[] {
    const policies = stack.resourcePolicies.map(({ resource: { madeFrom } }) => madeFrom);
    const made = policies.filter((from) => from?.["resourceArn"]?.includes(urn) === true);
    return policies.includes(undefined) || made.length >= needed
        ? [undecided(urn, "resource policies")]
        : [withoutPolicy(urn, `${made.length} policies`)];
}

function withoutPolicy(urn: string, got: string): Finding {
    return violation(urn, "resource policies", {
        got,
        must: "one for the runtime, and one for each of its endpoints (DEFAULT is there always)",
        instead: `make a ResourcePolicy for it with ${deny}`,
    });
}

function inPolicy(stack: StackView, one: ResourcePolicy, runtimeArn: string): Finding[] {
    const { document } = one;
    const { state } = readDocument(document);
    if (state === "unknown") return [undecided(document.urn, document.path)];
    if (state === "malformed") return [];
    const allowed = allowedIn(document);
    const sure = gatewayRolesOf(stack, runtimeArn, "sure").map(({ arn }) => arn);
    const possible = gatewayRolesOf(stack, runtimeArn, "possible").map(({ arn }) => arn);
    return [
        ...openFindings(one, runtimeArn),
        ...shutOutFindings(one, [...sure, ...allowed]),
        ...exemptFindings(stack, one, [...possible, ...allowed]),
    ];
}

/** Whom the policy leaves what, though nobody meant them. */
function openFindings(one: ResourcePolicy, runtimeArn: string): Finding[] {
    const { urn, path } = one.document;
    const open = runtimeActions.filter((action) =>
        strangers(parseArn(runtimeArn)?.accountId ?? "").some(
            (stranger) => decide(one, stranger, action) !== "explicitDeny",
        ),
    );
    if (open.length === 0) return [];
    return [
        violation(urn, path, {
            got: `a policy that leaves ${several(open)} to others`,
            must: "one that denies everyone else each of the runtime's actions",
            instead: `write ${deny}`,
        }),
    ];
}

/** Who is meant, and denied. */
function shutOutFindings(one: ResourcePolicy, meant: readonly unknown[]): Finding[] {
    const { urn, path } = one.document;
    return meant
        .filter((arn): arn is string => typeof arn === "string")
        .filter((arn) => decide(one, anySessionOf(arn), runtimeActions[0]) !== "allow")
        .map((arn) =>
            violation(urn, path, {
                got: `a policy that denies ${arn}`,
                must: "one that lets in its gateways' roles and operators",
                instead: "add that role to the denial's ArnNotEquals aws:PrincipalArn",
            }),
        );
}

/** Who is exempt from the denial, and is not among those who are meant. */
function exemptFindings(
    stack: StackView,
    { document }: ResourcePolicy,
    meant: readonly unknown[],
): Finding[] {
    const { urn, path } = document;
    const isSure = stack.gateways.every(({ role }) => role !== unknown && role?.arn !== unknown);
    const unmeant = exemptIn(document).filter((arn) => !meant.includes(arn));
    const wrong = unmeant.filter((arn) => isSure || !isExactPrincipalArn(arn));
    return [
        ...(wrong.length < unmeant.length ? [undecided(urn, path)] : []),
        ...wrong.map((arn) =>
            violation(urn, path, {
                got: `${arn}, which is exempt from the denial`,
                must: "the role of a gateway with the runtime as target, or an operator that a statement allows",
                instead: "take it out, or allow it by name",
            }),
        ),
    ];
}

/** What a policy decides of a caller whose own policies allow everything. */
function decide(
    { document, resourceArn }: ResourcePolicy,
    principal: RequestPrincipal,
    action: string,
) {
    const resource = String(resourceArn);
    const read = readDocument(document);
    const text = read.state === "read" ? read.text : "";
    return evaluate(
        {
            principal,
            action,
            resource,
            resourceAccountId: parseArn(resource)?.accountId ?? "",
        },
        { ...everything, resource: { name: document.path, document: text } },
    ).decision;
}

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
        anySessionOf(`arn:aws:iam::${account}:role/nobody-in-particular`),
        {
            type: "user",
            accountId: account,
            userArn: `arn:aws:iam::${account}:user/nobody-in-particular`,
            userId: "AIDAASKED",
        },
    ];
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
