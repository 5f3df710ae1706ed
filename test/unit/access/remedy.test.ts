import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate, evaluateTrust, type AccessPolicies, type AccessRequest } from "../../../access";
import { anySessionOf } from "../../../access/inventory";
import { remedyOf, remedyOfTrust, withChanges, type Change } from "../../../access/remedy";
import { scenarios, type Scenario } from "../../oracle/arbitraries";
import { naiveDecision } from "../../oracle/naiveEvaluator";
import type { Caller } from "../../oracle/types";
import { actions, resourcesOf, roleSessions, users } from "../../oracle/universe";

const runs = Number(process.env["ORACLE_RUNS"] ?? 1_500);
const hub = "111122223333";
const gateway = `arn:aws:bedrock-agentcore:us-east-1:${hub}:gateway/tools-a1b2c3d4e5`;
const other = `arn:aws:bedrock-agentcore:us-east-1:${hub}:gateway/billing-a1b2c3d4e5`;
const developer = "arn:aws:iam::444455556666:role/developer";

/**
 * Scenarios about one resource, which a statement can name exactly, and with the principal's own keys: AWS lets nobody
 * give another `aws:PrincipalArn`.
 */
const exact = scenarios
    .filter(({ request }) => !/[*?]/.test(request.resource))
    .map(({ request, policies }) => {
        const keys = Object.entries(request.context ?? {}).filter(
            ([key]) => !/^aws:(?:principalarn|username)$/i.test(key),
        );
        return { request: { ...request, context: Object.fromEntries(keys) }, policies };
    });

describe("the smallest change that lets a request through", function () {
    this.timeout(20_000 + 60 * runs);

    it("turns a refusal into an allow, by the second evaluator too", () => {
        let changed = 0;
        fc.assert(
            fc.property(exact, ({ request, policies }) => {
                const { changes, denies, beyond } = remedyOf(request, policies);
                const before = naiveDecision(request, policies);
                if (before === "allow") {
                    assert.deepEqual(changes, []);
                    return;
                }
                if (before === "explicitDeny") {
                    assert.notDeepEqual(denies, []);
                    return;
                }
                assert.deepEqual(denies, []);
                const after = naiveDecision(request, withChanges(policies, changes));
                if (beyond.length > 0) {
                    assert.equal(after, "implicitDeny");
                    return;
                }
                changed += 1;
                assert.equal(after, "allow");
            }),
            { numRuns: runs },
        );
        assert.ok(changed > runs / 10, `${changed} refusals were turned`);
    });

    it("gives the same principal no other action and no other resource", () => {
        fc.assert(
            fc.property(
                exact.filter(hasNobodyFormer),
                fc.constantFrom(...actions),
                fc.nat(99),
                ({ request, policies }, action, index) => {
                    const resources = resourcesOf(request.resourceAccountId);
                    const resource = resources[index % resources.length] ?? "";
                    const isAsked =
                        resource === request.resource &&
                        action.toLowerCase() === request.action.toLowerCase();
                    if (isAsked) return;
                    const { changes } = remedyOf(request, policies);
                    const asked = { ...request, action, resource };
                    const after = withChanges(policies, changes) as never;
                    assert.equal(
                        naiveDecision(asked, after) === "allow",
                        naiveDecision(asked, policies) === "allow",
                    );
                },
            ),
            { numRuns: 2 * runs },
        );
    });

    it("gives no other principal anything, whatever its own policies say", () => {
        fc.assert(
            fc.property(
                exact.filter(hasNobodyFormer),
                fc.constantFrom(...roleSessions, ...users),
                fc.boolean(),
                ({ request, policies }, principal, hasBoundary) => {
                    if (nameOf(principal) === nameOf(request.principal)) return;
                    const { changes } = remedyOf(request, policies);
                    // Its own policies allow it everything; what they share is the rest.
                    const shared = (from: AccessPolicies) => sharedWith(principal, request, from);
                    const asked = { ...request, principal };
                    const decided = (from: AccessPolicies) => {
                        const { boundary, ...all } = shared(from);
                        return naiveDecision(asked, {
                            ...all,
                            ...(hasBoundary && boundary && { boundary }),
                        });
                    };
                    assert.equal(
                        decided(withChanges(policies, changes)) === "allow",
                        decided(policies) === "allow",
                    );
                },
            ),
            { numRuns: runs },
        );
    });

    it("names an explicit deny, and says what is missing beside it", () => {
        const deny = { Sid: "NoTools", Effect: "Deny", Action: "*", Resource: "*" };
        const remedy = remedyOf(question(), {
            identity: [named("developer, inline policy limits", [deny])],
        });
        assert.deepEqual(
            remedy.denies.map(({ layer, document, sid }) => [layer, document, sid]),
            [["identity", "developer, inline policy limits", "NoTools"]],
        );
        assert.deepEqual(layersOf(remedy.changes), ["identity", "resource"]);
    });

    it("is one statement of one side where the other side allows already", () => {
        const { changes } = remedyOf(question(), { identity: [named("own", [invoke(gateway)])] });
        assert.deepEqual(changes, [
            {
                layer: "resource",
                accountId: hub,
                kind: "addStatement",
                statement: { ...invoke(gateway), Principal: { AWS: developer } },
            },
        ]);
    });

    it("is the caller's exact gateway where its policy names another one", () => {
        const resource = named("policy of tools", [
            { ...invoke(gateway), Principal: { AWS: developer } },
        ]);
        const { changes } = remedyOf(question(), {
            identity: [named("own", [invoke(other)])],
            resource,
        });
        assert.deepEqual(changes, [
            {
                layer: "identity",
                accountId: "444455556666",
                kind: "addStatement",
                statement: invoke(gateway),
            },
        ]);
    });

    it("is to put the policy again where its role was made anew", () => {
        const policies: AccessPolicies = {
            identity: [named("own", [invoke(gateway)])],
            resource: {
                ...named("policy of tools", [
                    { ...invoke(gateway), Principal: { AWS: developer } },
                ]),
                principalIds: { [developer]: "AROAFORMERLIFE" },
            },
        };
        const { changes } = remedyOf(question(), policies);
        assert.deepEqual(
            changes.map(({ kind, document }) => [kind, document]),
            [["putAgain", "policy of tools"]],
        );
        assert.equal(evaluate(question(), withChanges(policies, changes)).decision, "allow");
    });

    it("opens a boundary and each level of an organization's policies for this principal only", () => {
        const nothing = [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }];
        const { changes } = remedyOf(question(), {
            identity: [named("own", [invoke(gateway)])],
            boundary: named("boundary", nothing),
            resource: named("policy", [{ ...invoke(gateway), Principal: { AWS: developer } }]),
            scp: [[named("root", nothing)], [named("all", [everything])], [named("ou", nothing)]],
        });
        const Condition = { ArnEquals: { "aws:PrincipalArn": developer } };
        assert.deepEqual(
            changes.map(({ layer, level, document, statement }) => [
                layer,
                level,
                document,
                statement.Condition,
            ]),
            [
                ["boundary", undefined, "boundary", Condition],
                ["scp", 0, "root", Condition],
                ["scp", 2, "ou", Condition],
            ],
        );
    });

    it("does not reach over resource control policies without AWS's own", () => {
        const { changes, beyond } = remedyOf(question(), {
            identity: [named("own", [invoke(gateway)])],
            rcp: [
                [
                    named("rcp", [
                        { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" },
                    ]),
                ],
            ],
        });
        assert.deepEqual([layersOf(changes), beyond], [["resource"], ["rcp"]]);
    });

    it("has a role admit the service for one resource only", () => {
        const request = {
            principal: { type: "service", service: "bedrock-agentcore.amazonaws.com" } as const,
            roleArn: `arn:aws:iam::${hub}:role/tools-service`,
            roleAccountId: hub,
            trust: named("trust", [
                {
                    Effect: "Allow",
                    Principal: { Service: "lambda.amazonaws.com" },
                    Action: "sts:AssumeRole",
                },
            ]),
            policies: { identity: [] },
            context: { "aws:SourceAccount": hub, "aws:SourceArn": gateway },
        };
        const { changes } = remedyOfTrust(request);
        const Statement = changes.map(({ statement }) => statement);
        const trust = { name: "trust", document: { Version: "2012-10-17", Statement } };
        assert.equal(evaluateTrust({ ...request, trust }).decision, "allow");
        const forOther = { ...request.context, "aws:SourceArn": other };
        assert.equal(
            evaluateTrust({ ...request, trust, context: forOther }).decision,
            "implicitDeny",
        );
    });
});

const everything = { Effect: "Allow", Action: "*", Resource: "*" };

function question(): AccessRequest {
    return {
        principal: anySessionOf(developer, "AROADEVELOPER"),
        action: "bedrock-agentcore:InvokeGateway",
        resource: gateway,
        resourceAccountId: hub,
    };
}

function invoke(Resource: string) {
    return { Effect: "Allow", Action: "bedrock-agentcore:InvokeGateway", Resource } as const;
}

function named(name: string, Statement: readonly object[]) {
    return { name, document: { Version: "2012-10-17", Statement } };
}

function layersOf(changes: readonly Change[]): string[] {
    return changes.map(({ layer }) => layer);
}

function nameOf(caller: Caller): string {
    switch (caller.type) {
        case "role-session":
            return caller.roleArn;
        case "user":
            return caller.userArn;
        case "root":
            return caller.accountId;
        case "service":
            return caller.service;
    }
}

/** A resource policy that is put again names all its roles and users as they are now, and not this one alone. */
function hasNobodyFormer({ policies }: Scenario): boolean {
    return policies.resource?.principalIds === undefined;
}

/** What another principal shares: the resource's policies, and those of its account. */
function sharedWith(
    principal: Caller,
    { principal: asker }: Pick<AccessRequest, "principal">,
    { resource, boundary, scp, rcp }: AccessPolicies,
): AccessPolicies {
    const isOfAccount =
        principal.type !== "service" &&
        asker.type !== "service" &&
        principal.accountId === asker.accountId;
    return {
        identity: [{ name: "own", document: { Version: "2012-10-17", Statement: everything } }],
        ...(resource && { resource }),
        ...(isOfAccount && boundary && { boundary }),
        ...(isOfAccount && scp && { scp }),
        ...(rcp && { rcp }),
    };
}
