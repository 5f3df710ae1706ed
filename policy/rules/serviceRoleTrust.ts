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
    const { state } = readDocument(trust);
    if (state === "unknown") return [undecided(trust.urn, trust.path)];
    if (state === "malformed") return [];
    const others = otherPrincipals(trust, services[worker.kind]);
    if (others.length > 0) return others;
    const { kind } = worker;
    return kind === "function"
        ? mustAllow(trust, assumes(trust, { service: services.function }), services.function)
        : ofItsOwn(stack, { ...worker, kind }, trust);
}

function otherPrincipals(trust: StackDocument, service: string): Finding[] {
    return statementsOf(trust).flatMap(({ statement, place, document }) =>
        (statement.principal?.element.written ?? [])
            .filter((written) => written !== service)
            .map((got) =>
                violation(document.urn, `${place}.Principal`, {
                    got,
                    must: `{"Service": "${service}"}`,
                    instead: "take it out, and make a role of its own for it",
                }),
            ),
    );
}

/** What a service says that it acts for. */
interface Source {
    region: string;
    account: string;
    kind: "memory" | "gateway" | "runtime";
    name: string;
}

/** Asks for the thing itself, and for others that each differ in one part. */
function ofItsOwn(
    stack: StackView,
    { resource, kind, name }: Worker & { kind: "gateway" | "runtime" },
    trust: StackDocument,
): Finding[] {
    const account = stack.accountOf(resource);
    const region = stack.regionOf(resource);
    if (account === undefined || region === undefined || typeof name !== "string") {
        return [undecided(trust.urn, trust.path)];
    }
    // A gateway's id, and so its ARN, has its name in small letters.
    const own = { region, account, kind, name: kind === "gateway" ? name.toLowerCase() : name };
    const service = services[kind];
    const ask = ([sourceAccount, sourceArn]: Asking) =>
        assumes(trust, { service, sourceAccount, sourceArn });
    const letIn = Object.entries(strangersTo(own)).filter(([, asking]) => asking.some(ask));
    const anyOfItsName = `${arnOf(own).slice(0, -10)}*`;
    if (letIn.length === 0) {
        return mustAllow(trust, ask([account, arnOf(own)]), `${service} for ${anyOfItsName}`);
    }
    return [
        violation(trust.urn, `${trust.path}.Condition`, {
            got: `a trust that lets in ${several(letIn.map(([whom]) => whom))}`,
            must: `StringEquals aws:SourceAccount ${account} and ArnLike aws:SourceArn ${anyOfItsName}`,
            instead: "write both into the Condition of the statement",
        }),
    ];
}

/** The account and the ARN that a service says it acts for, where it says them. */
type Asking = readonly [sourceAccount: string | undefined, sourceArn: string | undefined];

function arnOf({ region, account, kind, name }: Source): string {
    return `arn:${partitionOf(region)}:bedrock-agentcore:${region}:${account}:${kind}/${name}-a1b2c3d4e5`;
}

/** All that a trust in one thing does not let in, in words. */
function strangersTo(own: Source): Record<string, Asking[]> {
    const arn = arnOf(own);
    const other = (change: Partial<Source>): Asking => [own.account, arnOf({ ...own, ...change })];
    return {
        "requests without aws:SourceAccount": [[undefined, arn]],
        "requests without aws:SourceArn": [[own.account, undefined]],
        "other accounts": [["999999999999", arn]],
        "ARNs of other accounts": [other({ account: "999999999999" })],
        "other regions": [
            other({ region: own.region === "eu-west-3" ? "us-west-1" : "eu-west-3" }),
        ],
        "other kinds of resource": [other({ kind: "memory" })],
        [`${own.kind}s of other names`]: namesUnlike(own.name).map((name) => other({ name })),
    };
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
            instead: "write the account and the ARN of its own into the Condition",
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
