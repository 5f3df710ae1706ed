import assert from "node:assert/strict";
import { evaluate } from "../../access";
import type { Gateway } from "../../local/services/agentcoreControl";
import { naiveDecision } from "../oracle/naiveEvaluator";
import type { Policies, Request } from "../oracle/types";
import {
    asPolicies,
    decisionInputs,
    type DecisionInput,
    type StoredPolicies,
} from "./decisionInputs";
import { hubAccount, spokeAccount } from "../helpers/configs";
import type { Fuzzed, FuzzCloud } from "./fuzzCloud";
import { target, withInput, type FuzzTarget } from "./target";

/** A gateway serves a caller exactly where the evaluator, and the second one, allow it. */
export function decisions(cloud: FuzzCloud): FuzzTarget {
    const gateway = cloud.fuzzedGateway("decisions");
    const callers = {
        hub: cloud.fuzzedRole(hubAccount),
        spoke: cloud.fuzzedRole(spokeAccount),
    };
    const principalIds = Object.fromEntries(
        [
            ...Object.values(callers).map(({ role }) => role),
            cloud.role(spokeAccount, "auditor"),
        ].map(({ arn, roleId }) => [arn, roleId]),
    );
    return target("decisions", decisionInputs, async (input) => {
        const caller = callers[input.from];
        const stored = input.policiesFor(gateway.gatewayArn, caller);
        store(cloud, gateway, caller, stored);
        const httpStatus = await ask(cloud, gateway, caller, input);
        const request = requestOf(cloud, gateway, caller, input);
        withInput("policies", JSON.stringify(stored), () => {
            cloud.assertNoFault();
            assertAgreed(httpStatus, request, asPolicies(stored, principalIds));
        });
    });
}

function assertAgreed(httpStatus: number, request: Request, policies: Policies): void {
    const { decision } = evaluate(request, policies);
    assert.equal(decision, naiveDecision(request, policies), JSON.stringify(request));
    assert.equal(httpStatus, decision === "allow" ? 200 : 403, `${decision}, by the evaluators`);
}

function store(
    cloud: FuzzCloud,
    gateway: Gateway,
    { role, key }: Fuzzed,
    { identity, session, resource }: StoredPolicies,
): void {
    const { iam } = cloud.account(key.principal.accountId);
    for (const name of [...role.inlinePolicies.keys()]) iam.deleteRolePolicy("fuzzed", name);
    for (const [index, document] of identity.entries()) {
        iam.putRolePolicy("fuzzed", `policy-${index}`, JSON.stringify(document));
    }
    // On the session that there is: STS would keep one for each policy.
    if (session === undefined) delete key.sessionPolicy;
    else key.sessionPolicy = JSON.stringify(session);
    const { agentcore } = cloud.account(hubAccount);
    if (resource !== undefined) {
        agentcore.putResourcePolicy(gateway.gatewayArn, JSON.stringify(resource));
    } else if (gateway.resourcePolicy !== undefined) {
        agentcore.deleteResourcePolicy(gateway.gatewayArn);
    }
}

async function ask(
    cloud: FuzzCloud,
    { gatewayUrl }: Gateway,
    { key }: Fuzzed,
    { vpcEndpointId, userAgent }: DecisionInput,
): Promise<number> {
    const { pathname } = new URL(gatewayUrl);
    const { httpStatus, body } = await cloud.ask(key, {
        path: vpcEndpointId === undefined ? pathname : `/${vpcEndpointId}${pathname}`,
        headers: { "user-agent": userAgent },
        body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    });
    assert.equal("result" in (JSON.parse(body) as object), httpStatus === 200);
    return httpStatus;
}

/** The request as IAM's pages have it, for what the policies here ask of it. */
function requestOf(
    cloud: FuzzCloud,
    { gatewayArn }: Gateway,
    { key }: Fuzzed,
    { vpcEndpointId, userAgent }: DecisionInput,
): Request {
    return {
        principal: key.principal,
        action: "bedrock-agentcore:InvokeGateway",
        resource: gatewayArn,
        resourceAccountId: hubAccount,
        context: {
            "aws:PrincipalOrgID": "o-hublocal00",
            "aws:PrincipalOrgPaths": ["o-hublocal00/r-hub0/"],
            "aws:PrincipalTag/team": "blue",
            "aws:ResourceAccount": hubAccount,
            "aws:CurrentTime": new Date(cloud.now).toISOString(),
            "aws:MultiFactorAuthPresent": "false",
            "aws:SecureTransport": "true",
            "aws:UserAgent": userAgent,
            ...(vpcEndpointId === undefined
                ? { "aws:SourceIp": "127.0.0.1" }
                : { "aws:SourceVpce": vpcEndpointId }),
        },
    };
}
