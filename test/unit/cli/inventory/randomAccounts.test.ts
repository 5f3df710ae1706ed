import assert from "node:assert/strict";
import fc from "fast-check";
import { explainAccess } from "../../../../access";
import { accessMatrix, type AccessMatrix } from "../../../../access/matrix";
import { remedyOf, withChanges } from "../../../../access/remedy";
import { awsInventory } from "../../../../cli/inventory/awsInventory";
import type { LocalAccount } from "../../../../local/services/account";
import { policyStore } from "../../../../local/services/policyStore";
import type { LoggedDecision } from "../../../../local/services/requestLog";
import { credentialsOf, LocalHub, toolsList } from "../../../helpers/localHub";
import { hubConfig } from "../../../helpers/configs";
import { naiveDecision } from "../../../oracle/naiveEvaluator";
import {
    documentOf,
    gatewayNames,
    hubAccount,
    spokeAccounts,
    worlds,
    type World,
    type WorldRole,
} from "../../../oracle/worlds";

const runs = Number(process.env["ORACLE_RUNS"] ?? 30);
const accountIds = [hubAccount, ...spokeAccounts];

/** A call that was really made, and what the gateway decided by. */
interface Made {
    status: number;
    decision: Extract<LoggedDecision, { kind: "access" }>;
}

describe("random accounts on the local cloud", function () {
    this.timeout(60_000 + 2_000 * runs);
    const hub = new LocalHub();
    let arns: Record<string, string>;

    before(async () => {
        await hub.start();
        const { gateways, ...config } = hubConfig([]);
        hub.project.config("provider", {
            ...config,
            gateways: Object.fromEntries(gatewayNames.map((name) => [name, gateways.tools])),
        });
        await hub.deploy("provider");
        await Promise.all(accountIds.map((id) => hub.account(id)));
        arns = Object.fromEntries(
            account(hubAccount)
                .agentcore.gateways()
                .map(({ name, gatewayArn }) => [name, gatewayArn]),
        );
        for (const { accountId, name } of fc.sample(worlds, 1)[0]?.roles ?? []) {
            account(accountId).iam.createRole({
                roleName: name,
                assumeRolePolicyDocument: trust(accountId),
            });
        }
    });
    after(() => hub.stop());

    it("answer signed calls as the matrix that is read of them says, and as the second evaluator does", async () => {
        const seen = { allowed: 0, refused: 0, conditional: 0 };
        await fc.assert(
            fc.asyncProperty(worlds, async (world) => {
                settle(world);
                const matrix = await readMatrix();
                for (const role of world.roles) {
                    for (const gateway of gatewayNames) {
                        const { status, decision } = await call(role, gateway);
                        const access = accessOf(matrix, role, gateway);
                        seen[access] += 1;
                        if (access !== "conditional") {
                            assert.equal(status, access === "allowed" ? 200 : 403);
                        }
                        const { request, policies } = decision;
                        const word = naiveDecision(request, policies);
                        assert.equal(word === "allow", status === 200);
                        assert.equal(explainAccess(request, policies).decision, word);
                    }
                }
            }),
            { numRuns: runs },
        );
        assert.ok(Math.min(...Object.values(seen)) > 0, JSON.stringify(seen));
    });

    it("let one refused caller in by what its explanation proposes, and nobody else", async () => {
        let applied = 0;
        await fc.assert(
            fc.asyncProperty(worlds, fc.nat(99), async (world, at) => {
                settle(world);
                const before = await callAll(world);
                const refused = [...before].filter(([, { status }]) => status === 403);
                const [pair, made] = refused[at % Math.max(refused.length, 1)] ?? [];
                if (pair === undefined || made === undefined) return;
                const { request, policies } = made.decision;
                const { changes, denies } = remedyOf(request, policies);
                if (denies.length > 0) return;
                applied += 1;
                put(pair.role, pair.gateway, withChanges(policies, changes));
                for (const [other, { status }] of await callAll(world)) {
                    const was = [...before].find(([one]) => isSame(one, other))?.[1].status;
                    assert.equal(status, isSame(other, pair) ? 200 : was, nameOf(other));
                }
            }),
            { numRuns: runs },
        );
        assert.ok(applied > runs / 4, `${applied} proposals were applied`);
    });

    interface Pair {
        role: WorldRole;
        gateway: string;
    }

    function account(id: string): LocalAccount {
        return hub.cloud.accounts.get(id) ?? assert.fail(`no account ${id}`);
    }

    /** Makes the accounts what a world says. */
    function settle(world: World): void {
        for (const { accountId, name, tags, identity, boundary } of world.roles) {
            const { iam } = account(accountId);
            const role = iam.role(name);
            role.tags = tags;
            role.inlinePolicies.clear();
            const own = documentOf(identity, arns);
            if (own !== undefined) iam.putRolePolicy(name, "own", own);
            delete role.permissionsBoundary;
            const limit = boundary && documentOf(boundary, arns);
            if (limit !== undefined)
                iam.putRolePermissionsBoundary(name, boundaryArn({ accountId, name }), limit);
        }
        for (const [gateway, statements] of Object.entries(world.gateways)) {
            const store = policyStore(account(hubAccount), arns[gateway] ?? "");
            const policy = documentOf(statements, arns);
            if (store.find() !== undefined) store.delete();
            if (policy !== undefined) store.put(policy);
        }
    }

    /** Puts a caller's and a gateway's policies in place of what they had. */
    function put(
        { accountId, name }: WorldRole,
        gateway: string,
        { identity, boundary, resource }: ReturnType<typeof withChanges>,
    ): void {
        const { iam } = account(accountId);
        iam.role(name).inlinePolicies.clear();
        identity.forEach(({ document }, index) => {
            iam.putRolePolicy(name, `own-${index}`, textOf(document));
        });
        if (boundary !== undefined) {
            iam.putRolePermissionsBoundary(
                name,
                boundaryArn({ accountId, name }),
                textOf(boundary.document),
            );
        }
        if (resource !== undefined) {
            policyStore(account(hubAccount), arns[gateway] ?? "").put(textOf(resource.document));
        }
    }

    async function readMatrix(): Promise<AccessMatrix> {
        return accessMatrix(
            await awsInventory({
                accounts: accountIds.map((id) => ({
                    id,
                    regions: ["us-east-1"],
                    credentials: credentialsOf(hub.session(id, "AdminRole")),
                })),
                endpoints: hub.cloud.endpoints,
                stacks: [],
            }),
        );
    }

    function accessOf(matrix: AccessMatrix, role: WorldRole, gateway: string) {
        const arn = `arn:aws:iam::${role.accountId}:role/${role.name}`;
        const pair = matrix.pairs.find(
            (one) => one.principal.name === arn && one.gateway.arn === arns[gateway],
        );
        return pair?.access ?? assert.fail(`no pair of ${arn} and ${gateway}`);
    }

    async function callAll(world: World): Promise<Map<Pair, Made>> {
        const made = new Map<Pair, Made>();
        for (const role of world.roles) {
            for (const gateway of gatewayNames) {
                made.set({ role, gateway }, await call(role, gateway));
            }
        }
        return made;
    }

    async function call({ accountId, name }: WorldRole, gateway: string): Promise<Made> {
        const { gatewayUrl } =
            account(hubAccount).agentcore.gatewayByArn(arns[gateway] ?? "") ??
            assert.fail(`no gateway ${gateway}`);
        const response = await hub.post(hub.session(accountId, name), toolsList, gatewayUrl);
        await response.arrayBuffer();
        const id = response.headers.get("x-amzn-requestid") ?? "";
        const decision = hub.cloud.requests.get(id)?.decisions[0];
        assert.equal(decision?.kind, "access");
        return { status: response.status, decision };
    }
});

function boundaryArn({ accountId, name }: Pick<WorldRole, "accountId" | "name">): string {
    return `arn:aws:iam::${accountId}:policy/limits-of-${name}`;
}

function trust(accountId: string): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${accountId}:root` },
                Action: "sts:AssumeRole",
            },
        ],
    });
}

function textOf(document: string | object): string {
    return typeof document === "string" ? document : JSON.stringify(document);
}

function isSame(one: { role: WorldRole; gateway: string }, other: typeof one): boolean {
    return nameOf(one) === nameOf(other);
}

function nameOf({ role, gateway }: { role: WorldRole; gateway: string }): string {
    return `${role.accountId}/${role.name} ${gateway}`;
}
