import { evaluateTrust } from "../../access";
import { partitionOf } from "../../agentcore/limits";
import { readDocument, statementsOf, type StackDocument } from "../documents";
import { unknown } from "../resource";
import type { Role } from "../roles";
import type { StackView } from "../stackView";
import type { Worker } from "../workers";
import { example, hub, policy } from "./examples";
import { several, shown, undecided, violation, type Finding, type Rule } from "./rule";

const services = {
    gateway: "bedrock-agentcore.amazonaws.com",
    runtime: "bedrock-agentcore.amazonaws.com",
    function: "lambda.amazonaws.com",
} as const;

/** A role of a gateway, a runtime or a function is taken on by the service, for that one thing. */
export const serviceRoleTrust: Rule = {
    name: "service-role-trust",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-prerequisites-permissions.html",
    description:
        "The role of a gateway, a runtime or a function is a role of the stack and trusts that service alone; AgentCore only with the account and with the ARN of the gateway or runtime itself, by name.",
    example: {
        fails: [
            example("role", "tools-service", {
                assumeRolePolicy: policy({
                    Effect: "Allow",
                    Principal: { Service: "bedrock-agentcore.amazonaws.com" },
                    Action: "sts:AssumeRole",
                }),
            }),
        ],
        passes: [
            example("role", "tools-service", {
                assumeRolePolicy: policy({
                    Effect: "Allow",
                    Principal: { Service: "bedrock-agentcore.amazonaws.com" },
                    Action: "sts:AssumeRole",
                    Condition: {
                        StringEquals: { "aws:SourceAccount": hub.account },
                        ArnLike: {
                            "aws:SourceArn":
                                "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-*",
                        },
                    },
                }),
            }),
        ],
    },
    check: (stack) =>
        stack.workers.flatMap((worker) => {
            const { resource, role, roleProperty } = worker;
            if (role === unknown) return [undecided(resource.urn, roleProperty)];
            if (role !== undefined) return inTrust(stack, worker, role);
            return [
                violation(resource.urn, roleProperty, {
                    got: shown(resource.props[roleProperty]),
                    must: "a role of this stack",
                    instead:
                        "write that role's arn, so that its trust and its policies can be checked",
                }),
            ];
        }),
};

function inTrust(stack: StackView, worker: Worker, { trust }: Role): Finding[] {
    if (readDocument(trust).state !== "read") {
        return hasNotYet(trust) ? [undecided(trust.urn, trust.path)] : [];
    }
    const others = otherPrincipals(trust, services[worker.kind]);
    if (others.length > 0) return others;
    return worker.kind === "function"
        ? mustAllow(trust, assumes(trust, { service: services.function }), services.function)
        : ofItsOwn(stack, worker, trust);
}

function hasNotYet(document: StackDocument): boolean {
    return readDocument(document).state === "unknown";
}

function otherPrincipals(trust: StackDocument, service: string): Finding[] {
    return statementsOf(trust).flatMap(({ statement, place, document }) =>
        (statement.principal?.element.written ?? [])
            .filter((written) => written !== service)
            .map((got) =>
                violation(document.urn, `${place}.Principal`, {
                    got,
                    must: `{"Service": "${service}"}`,
                    instead: "let people and other services take on roles of their own",
                }),
            ),
    );
}

/** Asks for the thing itself, and for others that each differ in one part. */
function ofItsOwn(stack: StackView, worker: Worker, trust: StackDocument): Finding[] {
    const account = stack.accountOf(worker.resource);
    const region = stack.regionOf(worker.resource);
    const { name, kind } = worker;
    if (account === undefined || region === undefined || typeof name !== "string") {
        return [undecided(trust.urn, trust.path)];
    }
    const own = kind === "gateway" ? name.toLowerCase() : name;
    const arnOf = ({
        of = region,
        by = account,
        what = kind,
        called = own,
    }: { of?: string; by?: string; what?: "memory" | Worker["kind"]; called?: string } = {}) =>
        `arn:${partitionOf(of)}:bedrock-agentcore:${of}:${by}:${what}/${called}-a1b2c3d4e5`;
    const service = services[kind];
    const ask = (sourceAccount: string | undefined, sourceArn: string | undefined) =>
        assumes(trust, { service, sourceAccount, sourceArn });
    const others: [string, boolean][] = [
        ["requests without aws:SourceAccount", ask(undefined, arnOf())],
        ["requests without aws:SourceArn", ask(account, undefined)],
        ["other accounts", ask("999999999999", arnOf())],
        ["ARNs of other accounts", ask(account, arnOf({ by: "999999999999" }))],
        [
            "other regions",
            ask(account, arnOf({ of: region === "eu-west-3" ? "us-west-1" : "eu-west-3" })),
        ],
        ["other kinds of resource", ask(account, arnOf({ what: "memory" }))],
        [
            `${kind}s of other names`,
            namesUnlike(own).some((called) => ask(account, arnOf({ called }))),
        ],
    ];
    const tooMany = others.filter(([, isAllowed]) => isAllowed).map(([whom]) => whom);
    if (tooMany.length > 0) {
        return [
            violation(trust.urn, `${trust.path}.Condition`, {
                got: `a trust in ${several(tooMany)}`,
                must: `StringEquals aws:SourceAccount ${account} and ArnLike aws:SourceArn ${arnOf().slice(0, -10)}*`,
                instead: "write both conditions",
            }),
        ];
    }
    return mustAllow(trust, ask(account, arnOf()), `${service} for ${arnOf().slice(0, -10)}*`);
}

/** Names that begin like one, more and more of it, and are others. */
function namesUnlike(name: string): string[] {
    return Array.from(name).map(
        (_, length) => `${name.slice(0, length)}${name[length] === "z" ? "y" : "z"}`,
    );
}

function mustAllow(trust: StackDocument, isAllowed: boolean, whom: string): Finding[] {
    if (isAllowed) return [];
    return [
        violation(trust.urn, trust.path, {
            got: "a trust that refuses its own service",
            must: `one in ${whom}`,
            instead: "write its own account and ARN in the conditions",
        }),
    ];
}

function assumes(
    trust: StackDocument,
    source: {
        service: string;
        sourceAccount?: string | undefined;
        sourceArn?: string | undefined;
    },
): boolean {
    const { service, sourceAccount, sourceArn } = source;
    const { decision } = evaluateTrust({
        principal: { type: "service", service },
        roleArn: "arn:aws:iam::111122223333:role/asked",
        roleAccountId: "111122223333",
        trust: { name: trust.path, document: trust.value as string | object },
        policies: { identity: [] },
        context: {
            ...(sourceAccount !== undefined && { "aws:SourceAccount": sourceAccount }),
            ...(sourceArn !== undefined && { "aws:SourceArn": sourceArn }),
        },
    });
    return decision === "allow";
}
