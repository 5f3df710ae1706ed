import type { AccessPolicies, AccessRequest, RequestPrincipal, TrustRequest } from "../../access";
import { principalName } from "../../access/explanation";
import type {
    Inventory,
    InventoryGateway,
    InventoryPrincipal,
    InventoryTarget,
} from "../../access/inventory";
import { questionOf } from "../../access/matrix";
import type { UnreadPolicies } from "../../access/openDecision";
import { callQuestion, trustQuestion } from "../../access/targetReach";
import { accountOfArn } from "../../agentcore/arn";
import { toolNameSeparator } from "../../agentcore/toolSchema";
import type {
    LoggedDecision,
    LoggedRequest,
    SignatureResult,
} from "../../local/services/requestLog";
import type { ConfigPair } from "./configPairs";
import { gatewayNames, principalNames, type NamedStack } from "../inventory/names";

/** All that one explanation is about. */
export interface ExplainQuestion {
    requestId?: string;
    at?: string;
    signature: SignatureResult | { result: "notAsked" };
    /** Nobody, where a signature names no key that is known. */
    principal?: ConfigPair["principal"] & { name: string; arn: string };
    subject: Subject;
    /** As it was asked for, or `<target>___<tool>`. */
    tool?: string;
    /** In the order in which AWS asks. */
    steps: readonly QuestionStep[];
    policyEngine?: { arn: string; mode: string };
}

/** What was called. */
export type Subject = ConfigPair["gateway"] & { kind: "gateway" | "runtime"; name: string };

/** One question to IAM. */
export type QuestionStep =
    AskedStep | { step: "assumeRole"; roleArn: string; trust?: TrustRequest; target?: string };

/** What a principal is allowed. */
export interface AskedStep {
    step: "invokeGateway" | "call";
    request: AccessRequest;
    policies: AccessPolicies;
    /** A request that was made has all of its keys. */
    keys: "whole" | "open";
    /** Policies that bear on it and were not read. */
    unread: UnreadPolicies;
    target?: string;
}

/** A request of the local cloud's log as a question. */
export function questionOfRequest(
    logged: LoggedRequest,
    stacks: readonly NamedStack[],
): ExplainQuestion {
    const { requestId, at, resource, service, principal, tool } = logged;
    const target =
        tool?.includes(toolNameSeparator) === true
            ? tool.split(toolNameSeparator, 1)[0]
            : undefined;
    const [first, ...others] = stepsOfLog(logged, target);
    const name = principal && principalNames(stacks)(principalName(principal));
    return {
        ...{ requestId, at },
        signature: logged.signature ?? { result: "notAsked" },
        ...(principal !== undefined &&
            name !== undefined && {
                principal: { ...name, principal, arn: principalName(principal) },
            }),
        subject: {
            kind: service,
            ...gatewayNames(stacks)(resource),
            ...{ arn: resource, accountId: accountOfArn(resource) ?? "" },
        },
        ...(tool !== undefined && { tool }),
        steps: first === undefined ? [] : [first, ...others],
    };
}

function stepsOfLog(logged: LoggedRequest, target: string | undefined): QuestionStep[] {
    const own = logged.decisions.map((decision, index) =>
        stepOfLog(decision, logged.service === "gateway" && index === 0, target),
    );
    const called = logged.calls.flatMap(({ decisions }) =>
        decisions.map((decision) => stepOfLog(decision, false, target)),
    );
    return distinct([...own, ...called]);
}

function stepOfLog(
    decision: LoggedDecision,
    isFirst: boolean,
    target: string | undefined,
): QuestionStep {
    const of = target === undefined ? {} : { target };
    if (decision.kind === "assumeRole") {
        const { roleArn, trust } = decision;
        return { step: "assumeRole", roleArn, ...(trust !== undefined && { trust }), ...of };
    }
    const { request, policies } = decision;
    return {
        ...{ step: isFirst ? "invokeGateway" : "call", request, policies },
        ...{ keys: "whole", unread: {} },
        ...(isFirst ? {} : of),
    };
}

/** A call of an MCP server is several requests, with the same questions each. */
function distinct(steps: readonly QuestionStep[]): QuestionStep[] {
    const byQuestion = new Map<string, QuestionStep>();
    for (const step of steps) {
        const key =
            step.step === "assumeRole"
                ? step.roleArn
                : `${step.request.action} ${step.request.resource}`;
        // The last one is what was decided in the end.
        byQuestion.set(key, step);
    }
    return [...byQuestion.values()];
}

/** What is asked beside who calls what. */
export interface PairOptions {
    tool?: string;
    context?: Readonly<Record<string, string | readonly string[]>>;
    sessionPolicy?: { name: string; document: string };
}

/** A principal and a gateway of an inventory as a question. */
export function questionOfPair(
    inventory: Inventory,
    principal: InventoryPrincipal,
    gateway: InventoryGateway,
    options: PairOptions = {},
): ExplainQuestion {
    const accounts = new Map(inventory.accounts.map((account) => [account.id, account]));
    const { request, policies } = questionOf(principal, gateway, accounts);
    const { tool, context, sessionPolicy } = options;
    const invoke: AskedStep = {
        step: "invokeGateway",
        request: { ...request, context: { ...request.context, ...context } },
        policies: {
            ...policies,
            ...(sessionPolicy !== undefined && { session: [sessionPolicy] }),
        },
        keys: "open",
        unread: {
            identity: principal.unknownPolicies,
            ...(gateway.unknownPolicies !== undefined && { resource: gateway.unknownPolicies }),
        },
    };
    const role = inventory.principals.find(
        (one) => principalName(one.principal) === gateway.roleArn,
    );
    // No target's name has the separator in it (CreateGatewayTarget, `name`).
    const targets = gateway.targets.filter(
        ({ name }) => tool === undefined || tool.startsWith(`${name}${toolNameSeparator}`),
    );
    return {
        signature: { result: "notAsked" },
        principal: { ...principal, arn: principalName(principal.principal) },
        subject: { kind: "gateway", ...gateway },
        ...(tool !== undefined && { tool }),
        steps: [
            invoke,
            ...(role === undefined
                ? []
                : targets.flatMap((target) => targetSteps(gateway, target, role, accounts))),
        ],
        ...(gateway.policyEngine !== undefined && { policyEngine: gateway.policyEngine }),
    };
}

function targetSteps(
    gateway: InventoryGateway,
    target: InventoryTarget,
    role: InventoryPrincipal,
    accounts: ReadonlyMap<string, Inventory["accounts"][number]>,
): QuestionStep[] {
    const trust = trustQuestion(gateway, role);
    const trusted: QuestionStep[] =
        target.calls.length === 0 || trust === undefined
            ? []
            : [{ step: "assumeRole", roleArn: trust.roleArn, target: target.name, trust }];
    const calls = target.calls.map((call): QuestionStep => ({
        ...{ step: "call", target: target.name, keys: "open" },
        ...callQuestion(call, role, accounts),
        unread: { identity: [...role.unknownPolicies, ...target.unknownPolicies] },
    }));
    return [...trusted, ...calls];
}

/** The account of whom a step is about. */
export function accountOfPrincipal(principal: RequestPrincipal): string {
    return principal.type === "service" ? "" : principal.accountId;
}
