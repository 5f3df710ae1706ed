import { evaluateTrust, type Decision, type TrustRequest } from "./evaluate";
import type {
    InventoryAccount,
    InventoryGateway,
    InventoryPrincipal,
    InventoryTarget,
    TargetCall,
} from "./inventory";
import type { OpenCondition } from "./openConditions";
import { decideOpen, type OpenDecision } from "./openDecision";
import type { AccessPolicies, AccessRequest } from "./request";

/** Whether a gateway gets to one of its targets. */
export interface TargetReach {
    target: InventoryTarget;
    access: OpenDecision["access"];
    on: readonly OpenCondition[];
    /** In the order in which AWS asks; each needs the ones before it. */
    steps: readonly TargetStep[];
}

/** One question on the way from a gateway to its target. */
export type TargetStep =
    /** May AgentCore take on the gateway's role for this gateway? */
    | { step: "assumeRole"; access: OpenDecision["access"]; decision: Decision }
    /** May the gateway's role make this call? */
    | {
          step: "call";
          call: TargetCall;
          access: OpenDecision["access"];
          decision: Decision;
          request: AccessRequest;
          policies: AccessPolicies;
      };

/** The service that takes on a gateway's role. */
const gatewayService = "bedrock-agentcore.amazonaws.com";

/**
 * Whether a gateway gets to a target: its role's trust policy, then each call, by the policies of both sides.
 *
 * @param role the gateway's, where it was read.
 * @throws MalformedPolicy
 */
export function reachOf(
    gateway: InventoryGateway,
    target: InventoryTarget,
    role: InventoryPrincipal | undefined,
    accounts: ReadonlyMap<string, InventoryAccount>,
): TargetReach {
    if (target.calls.length === 0) {
        return { target, steps: [], ...worst([], unreadOf(target.unknownPolicies)) };
    }
    if (role === undefined) {
        const unread = unreadOf([`the policies of the gateway's role ${gateway.roleArn}`]);
        return { target, steps: [], ...worst([], unread) };
    }
    const steps = [
        ...assumeStep(gateway, role),
        ...target.calls.map((call) => callStep(call, role, accounts)),
    ];
    const on = [
        ...steps.flatMap((step) => step.on),
        ...unreadOf([
            ...target.unknownPolicies,
            ...(role.trust ? [] : ["its role's trust policy"]),
        ]),
    ];
    return { target, steps, ...worst(steps, on) };
}

function worst(
    steps: readonly { access: OpenDecision["access"] }[],
    on: readonly OpenCondition[],
): Pick<TargetReach, "access" | "on"> {
    if (steps.some(({ access }) => access === "refused")) return { access: "refused", on: [] };
    return { access: on.length > 0 ? "conditional" : "allowed", on };
}

function unreadOf(policies: readonly string[]): OpenCondition[] {
    return policies.map((policy) => ({ kind: "unreadPolicy", policy }));
}

type Step = TargetStep & { on: readonly OpenCondition[] };

function assumeStep(gateway: InventoryGateway, role: InventoryPrincipal): Step[] {
    const question = trustQuestion(gateway, role);
    if (question === undefined) return [];
    const decision = evaluateTrust(question);
    const access = decision.decision === "allow" ? "allowed" : "refused";
    return [{ step: "assumeRole", access, decision, on: [] }];
}

/** Whether AgentCore may take on a gateway's role for it; `undefined` where the role's trust policy was not read. */
export function trustQuestion(
    gateway: Pick<InventoryGateway, "accountId" | "arn">,
    { principal, trust }: InventoryPrincipal,
): TrustRequest | undefined {
    if (trust === undefined || principal.type !== "role-session") return undefined;
    return {
        principal: { type: "service", service: gatewayService },
        ...{ roleArn: principal.roleArn, roleAccountId: principal.accountId, trust },
        policies: { identity: [] },
        context: { "aws:SourceAccount": gateway.accountId, "aws:SourceArn": gateway.arn },
    };
}

function callStep(
    call: TargetCall,
    role: InventoryPrincipal,
    accounts: ReadonlyMap<string, InventoryAccount>,
): Step {
    const { request, policies } = callQuestion(call, role, accounts);
    const unread = { identity: role.unknownPolicies };
    const { access, on, decision } = decideOpen(request, policies, unread);
    return { step: "call", call, access, decision, request, policies, on };
}

/** A principal's call as a question to IAM, and the policies that bear on it. */
export function callQuestion(
    { action, resource, resourceAccountId, resourcePolicy, context }: TargetCall,
    role: InventoryPrincipal,
    accounts: ReadonlyMap<string, InventoryAccount>,
): { request: AccessRequest; policies: AccessPolicies } {
    return {
        request: {
            principal: role.principal,
            ...{ action, resource, resourceAccountId },
            context: { ...contextFor(role, { resource, resourceAccountId }), ...context },
        },
        policies: policiesFor(role, resourcePolicy, resourceAccountId, accounts),
    };
}

/** The condition keys that are so for every call of a principal on a resource. */
function contextFor(
    { tags = {} }: InventoryPrincipal,
    { resource, resourceAccountId }: { resource: string; resourceAccountId: string },
): NonNullable<AccessRequest["context"]> {
    const [, , , region = ""] = resource.split(":", 4);
    return {
        "aws:ResourceAccount": resourceAccountId,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        ...(region !== "" && { "aws:RequestedRegion": region }),
        ...Object.fromEntries(
            Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]),
        ),
    };
}

/** All policies that bear on a principal's call. */
function policiesFor(
    { identity, boundary, principal }: InventoryPrincipal,
    resource: AccessPolicies["resource"],
    resourceAccountId: string,
    accounts: ReadonlyMap<string, InventoryAccount>,
): AccessPolicies {
    const own = principal.type === "service" ? undefined : accounts.get(principal.accountId);
    const rcp = accounts.get(resourceAccountId)?.rcp;
    return {
        identity,
        ...(boundary !== undefined && { boundary }),
        ...(resource !== undefined && { resource }),
        ...(own?.scp !== undefined && { scp: own.scp }),
        ...(rcp !== undefined && { rcp }),
    };
}
