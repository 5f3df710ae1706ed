import assert from "node:assert/strict";
import fc from "fast-check";
import { anyAccount } from "../../../access/assumption";
import {
    anySessionOf,
    type Inventory,
    type InventoryGateway,
    type InventoryPrincipal,
} from "../../../access/inventory";
import { accessMatrix, questionOf, toolsOf, type Pair } from "../../../access/matrix";
import { remedyOf, withChanges } from "../../../access/remedy";
import { naiveDecision } from "../../oracle/naiveEvaluator";
import {
    documentOf,
    gatewayNames,
    hubAccount,
    roleArn,
    spokeAccounts,
    worlds,
    type World,
} from "../../oracle/worlds";

const runs = Math.min(Number(process.env["ORACLE_RUNS"] ?? 250), 10_000);
const [spoke] = spokeAccounts;
const arns = Object.fromEntries(
    gatewayNames.map((name) => [
        name,
        `arn:aws:bedrock-agentcore:us-east-1:${hubAccount}:gateway/${name}-a1b2c3d4e5`,
    ]),
);
/** What requests bring, beside the principal and the gateway. */
const requests = [
    { "aws:SourceIp": "127.0.0.1", "aws:CurrentTime": "2026-11-21T12:00:00Z" },
    { "aws:SourceIp": "10.1.2.3", "aws:CurrentTime": "2019-11-21T12:00:00Z" },
    {
        "aws:SourceVpce": "vpce-0a1b2c3d4e5f60718",
        "aws:MultiFactorAuthPresent": "true",
        "aws:CurrentTime": "2026-11-21T12:00:00Z",
        "aws:PrincipalOrgID": "o-elsewhere0",
    },
];

describe("the access matrix", function () {
    this.timeout(20_000 + 100 * runs);

    it("is the second evaluator's answer to every request, over random accounts", () => {
        const seen = { allowed: 0, refused: 0, conditional: 0 };
        fc.assert(
            fc.property(worlds, (world) => {
                const inventory = inventoryOf(world);
                for (const pair of accessMatrix(inventory).pairs) {
                    seen[pair.access] += 1;
                    const words = requests.map((keys) => naive(inventory, pair, keys));
                    const refused = words.filter((word) => word !== "allow").length;
                    if (pair.access === "allowed") assert.equal(refused, 0);
                    if (pair.access === "refused") assert.equal(refused, words.length);
                    if (pair.access === "conditional") assert.ok(pair.on.length > 0);
                }
            }),
            { numRuns: runs },
        );
        assert.ok(Math.min(...Object.values(seen)) > runs / 10, JSON.stringify(seen));
    });

    it("gains one pair by a pair's remedy, and loses none", () => {
        let gained = 0;
        fc.assert(
            fc.property(worlds, fc.nat(99), (world, at) => {
                const before = inventoryOf(world);
                const matrix = accessMatrix(before);
                const refused = matrix.pairs.filter(({ access }) => access === "refused");
                const pair = refused[at % Math.max(refused.length, 1)];
                if (pair === undefined) return;
                const after = remedied(before, pair);
                if (after === undefined) return;
                gained += 1;
                const gaining = matrix.pairs.indexOf(pair);
                const pairs = accessMatrix(after).pairs;
                assert.notEqual(pairs[gaining]?.access, "refused");
                const others = (of: readonly Pair[]) => of.map(nameOf).toSpliced(gaining, 1);
                assert.deepEqual(others(pairs), others(matrix.pairs));
            }),
            { numRuns: runs },
        );
        assert.ok(gained > runs / 4, `${gained} refusals were remedied`);
    });

    it("shows a target's tools, or that only the target knows them", () => {
        const matrix = accessMatrix(hub({}));
        const [pair] = matrix.pairs.filter(({ principal }) => principal.name === "spoke-developer");
        assert.deepEqual(pair && toolsOf(matrix, pair).map(({ name, access }) => [name, access]), [
            ["echo-tools___echo_message", "allowed"],
            ["calculator___*", "allowed"],
        ]);
    });

    it("refuses everyone the tools of a target that the gateway does not get to", () => {
        const withoutEndpoint = hub({
            invokes: [lambdaArn, runtimeArn],
        });
        const matrix = accessMatrix(withoutEndpoint);
        const [pair] = matrix.pairs.filter(({ principal }) => principal.name === "spoke-developer");
        assert.equal(pair?.access, "allowed");
        assert.deepEqual(
            toolsOf(matrix, pair).map(({ name, access }) => [name, access]),
            [
                ["echo-tools___echo_message", "allowed"],
                ["calculator___*", "refused"],
            ],
        );
        const [, calculator] = matrix.reaches.get(pair.gateway) ?? [];
        assert.deepEqual(
            calculator?.steps.map((step) => [
                step.step === "call" ? step.call.resource : step.step,
                step.access,
            ]),
            [
                ["assumeRole", "allowed"],
                [runtimeArn, "allowed"],
                [endpointArn, "refused"],
            ],
        );
    });

    it("refuses all tools of a gateway whose role AgentCore may not take on for it", () => {
        const matrix = accessMatrix(hub({ trustedGateway: "billing" }));
        const [pair] = matrix.pairs.filter(({ principal }) => principal.name === "spoke-developer");
        assert.deepEqual(pair && toolsOf(matrix, pair).map(({ access }) => access), [
            "refused",
            "refused",
        ]);
    });

    it("depends on a gateway's role that was not read", () => {
        const { principals, ...rest } = hub({});
        const matrix = accessMatrix({
            ...rest,
            principals: principals.filter(({ kind }) => kind !== "hubRole"),
        });
        const [pair] = matrix.pairs;
        assert.deepEqual(pair && toolsOf(matrix, pair).map(({ access }) => access), [
            "conditional",
            "conditional",
        ]);
    });

    it("depends on a policy engine that enforces, and not on one that only logs", () => {
        const arn = "arn:aws:bedrock-agentcore:us-east-1:111122223333:policy-engine/guard";
        const of = (mode: string) => {
            const inventory = hub({});
            const gateways = inventory.gateways.map((one) => ({
                ...one,
                policyEngine: { arn, mode },
            }));
            return accessMatrix({ ...inventory, gateways }).pairs[0];
        };
        assert.deepEqual(
            [of("ENFORCE")?.access, of("ENFORCE")?.on],
            ["conditional", [{ kind: "policyEngine", arn }]],
        );
        assert.equal(of("LOG_ONLY")?.access, "allowed");
    });

    it("does not ask policies at a gateway with another authorizer", () => {
        const of = (authorizerType: string) => {
            const inventory = hub({});
            const gateways = inventory.gateways.map((one) => ({ ...one, authorizerType }));
            const pairs = accessMatrix({ ...inventory, gateways }).pairs;
            return pairs.map(({ access, on, grantedBy }) => [access, on, grantedBy]);
        };
        assert.deepEqual(of("NONE"), Array(2).fill(["allowed", [], []]));
        const on = [{ kind: "authorizer", authorizerType: "CUSTOM_JWT" }];
        assert.deepEqual(of("CUSTOM_JWT"), Array(2).fill(["conditional", on, []]));
    });

    it("depends on a gateway's policy that was not read, for everyone whose own policies may allow", () => {
        const inventory = hub({});
        const gateways = inventory.gateways.map(({ resourcePolicy: _unread, ...one }) => ({
            ...one,
            unknownPolicies: ["its resource policy"],
        }));
        const [developer, role] = accessMatrix({ ...inventory, gateways }).pairs;
        assert.deepEqual(
            [developer?.access, developer?.on],
            ["conditional", [{ kind: "unreadPolicy", policy: "its resource policy" }]],
        );
        // Of the gateway's own account: its policy alone would be enough.
        assert.equal(role?.access, "conditional");
        const principals = inventory.principals.map((one) => ({ ...one, identity: [] }));
        const [without] = accessMatrix({ ...inventory, gateways, principals }).pairs;
        assert.equal(without?.access, "refused");
    });

    it("says by which statements a pair is granted", () => {
        const [pair] = accessMatrix(hub({})).pairs;
        assert.deepEqual(
            pair?.grantedBy.map(({ layer, statement }) => [layer, statement?.document]),
            [
                ["identity", "developer, own policy"],
                ["resource", "policy of tools"],
            ],
        );
    });

    it("has a row for anyone where a policy lets anyone in", () => {
        const inventory = hub({ principals: "*" });
        const anyone: InventoryPrincipal = {
            name: "*",
            kind: "other",
            principal: { type: "root", accountId: anyAccount },
            identity: [],
            unknownPolicies: ["its own policies"],
        };
        const matrix = accessMatrix({
            ...inventory,
            principals: [...inventory.principals, anyone],
        });
        const pair = matrix.pairs.find(({ principal }) => principal === anyone);
        assert.deepEqual(
            [pair?.access, pair?.on],
            ["conditional", [{ kind: "unreadPolicy", policy: "its own policies" }]],
        );
    });
});

function inventoryOf(world: World): Inventory {
    return {
        accounts: [hubAccount, ...spokeAccounts].map((id) => ({ id })),
        principals: world.roles.map((role) => {
            const boundary = role.boundary && documentOf(role.boundary, arns);
            return {
                ...principal(role.accountId, role.name, documentOf(role.identity, arns)),
                tags: role.tags,
                ...(boundary && { boundary: { name: "boundary", document: boundary } }),
            };
        }),
        gateways: gatewayNames.map((name) => {
            const policy = documentOf(world.gateways[name] ?? [], arns);
            return gateway(name, policy);
        }),
        pending: [],
        unread: [],
    };
}

function principal(
    accountId: string,
    name: string,
    document: string | undefined,
): InventoryPrincipal {
    return {
        name: `${accountId === spoke ? "spoke" : accountId}-${name}`,
        kind: "caller",
        principal: anySessionOf(roleArn({ accountId, name }), `AROA${accountId}${name}`),
        identity: document === undefined ? [] : [{ name: `${name}, own policy`, document }],
        unknownPolicies: [],
    };
}

function gateway(name: string, policy: string | undefined): InventoryGateway {
    return {
        ...{ name, arn: arns[name] ?? "", accountId: hubAccount, region: "us-east-1" },
        ...{ authorizerType: "AWS_IAM", roleArn: roleArn({ accountId: hubAccount, name }) },
        ...(policy && { resourcePolicy: { name: `policy of ${name}`, document: policy } }),
        targets: [],
    };
}

const lambdaArn = `arn:aws:lambda:us-east-1:${hubAccount}:function:echo`;
const runtimeArn = `arn:aws:bedrock-agentcore:us-east-1:${hubAccount}:runtime/server-a1b2c3d4e5`;
const endpointArn = `${runtimeArn}/runtime-endpoint/DEFAULT`;

/** One gateway with two targets and one caller that it lets in. */
function hub({
    invokes = [lambdaArn, runtimeArn, endpointArn],
    trustedGateway = "tools",
    principals = `${spoke}/developer`,
}: {
    invokes?: readonly string[];
    trustedGateway?: string;
    principals?: string;
}): Inventory {
    const grant = {
        effect: "Allow",
        action: "bedrock-agentcore:InvokeGateway",
        gateways: ["tools"],
    } as const;
    const role: InventoryPrincipal = {
        ...principal(
            hubAccount,
            "tools",
            JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "*", Resource: invokes }],
            }),
        ),
        kind: "hubRole",
        trust: {
            name: "trust",
            document: {
                Version: "2012-10-17",
                Statement: [
                    {
                        Effect: "Allow",
                        Principal: { Service: "bedrock-agentcore.amazonaws.com" },
                        Action: "sts:AssumeRole",
                        Condition: { ArnLike: { "aws:SourceArn": arns[trustedGateway] } },
                    },
                ],
            },
        },
    };
    const call = (action: string, resource: string) => ({
        ...{ action, resource, resourceAccountId: hubAccount },
    });
    const policy = documentOf([{ ...grant, principals: [principals] }], arns);
    return {
        accounts: [],
        principals: [principal(spoke, "developer", documentOf([grant], arns)), role],
        gateways: [
            {
                ...gateway("tools", policy),
                targets: [
                    {
                        ...{ name: "echo-tools", kind: "lambda", tools: ["echo_message"] },
                        calls: [call("lambda:InvokeFunction", lambdaArn)],
                        unknownPolicies: [],
                    },
                    {
                        ...{ name: "calculator", kind: "mcpServer", unknownPolicies: [] },
                        calls: [runtimeArn, endpointArn].map((arn) =>
                            call("bedrock-agentcore:InvokeAgentRuntime", arn),
                        ),
                    },
                ],
            },
        ],
        pending: [],
        unread: [],
    };
}

function naive(
    inventory: Inventory,
    { principal: asker, gateway: asked }: Pair,
    keys: Record<string, string>,
): string {
    const { request, policies } = questionOf(asker, asked, new Map());
    const { principal: session } = request;
    if (session.type !== "role-session") throw new Error("Only roles are in these worlds");
    const named = { ...session, sessionName: "test", sessionArn: `${session.sessionArn}test` };
    return naiveDecision(
        { ...request, principal: named, context: { ...request.context, ...keys } },
        policies,
    );
}

/** The inventory after a pair's remedy; `undefined` where a deny refuses it. */
function remedied(inventory: Inventory, pair: Pair): Inventory | undefined {
    const { request, policies } = questionOf(pair.principal, pair.gateway, new Map());
    const { changes, denies } = remedyOf(request, policies, "mostAccess");
    if (denies.length > 0 || changes.length === 0) return undefined;
    const { identity, boundary, resource } = withChanges(policies, changes);
    return {
        ...inventory,
        principals: inventory.principals.map((one) =>
            one === pair.principal ? { ...one, identity, ...(boundary && { boundary }) } : one,
        ),
        gateways: inventory.gateways.map((one) =>
            one === pair.gateway && resource ? { ...one, resourcePolicy: resource } : one,
        ),
    };
}

function nameOf({ principal: { name }, gateway: { name: of }, access }: Pair): string {
    return `${name} ${of} ${access}`;
}
