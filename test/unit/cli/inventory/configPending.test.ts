import assert from "node:assert/strict";
import type { Inventory } from "../../../../access/inventory";
import { accessMatrix } from "../../../../access/matrix";
import { beyondConfig } from "../../../../cli/access/accessBeyond";
import { accessReport } from "../../../../cli/access/accessAnswer";
import { awsInventory } from "../../../../cli/inventory/awsInventory";
import { readProject } from "../../../../engine/stacks";
import {
    admin,
    developer,
    hubAccount,
    hubConfig,
    spokeAccount,
    spokeConfig,
} from "../../../helpers/configs";
import { credentialsOf, LocalHub } from "../../../helpers/localHub";

const roleArn = (role: string) => `arn:aws:iam::${spokeAccount}:role/${role}`;

describe("What config says and accounts do not have", () => {
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
        hub.project
            .config("provider", hubConfig([developer]))
            .config("consumer", spokeConfig(spokeAccount, ["developer", "auditor"]));
        await hub.account(hubAccount);
        await hub.account(spokeAccount);
    });
    afterEach(() => hub.stop());

    const stacks = () => readProject(hub.project.folder).stacks;
    const read = (spokeReader = "AdminRole"): Promise<Inventory> =>
        awsInventory({
            accounts: [
                { id: hubAccount, role: "AdminRole" },
                { id: spokeAccount, role: spokeReader },
            ].map(({ id, role }) => ({
                ...{ id, regions: ["us-east-1"] },
                credentials: credentialsOf(hub.session(id, role)),
            })),
            endpoints: hub.cloud.endpoints,
            stacks: stacks(),
        });
    const pendingOf = async (spokeReader?: string) =>
        Object.fromEntries(
            (await read(spokeReader)).pending.map(({ principal, gateway, reason }) => [
                `${principal} ${gateway}`,
                reason,
            ]),
        );
    const beyond = async () => {
        const found = beyondConfig(accessMatrix(await read()), stacks());
        return found.map(({ text }) => text.replace("not in config: ", ""));
    };
    const agentcore = () => hub.cloud.accounts.get(hubAccount)?.agentcore ?? assert.fail();
    const iam = (id: string) => hub.cloud.accounts.get(id)?.iam ?? assert.fail();
    const policyText = () =>
        JSON.parse(agentcore().resourcePolicy(hub.gateway().gatewayArn).text) as {
            Statement: object[];
        };
    /** Adds statements to what is deployed. */
    const putStatements = (...statements: object[]) => {
        const { gatewayArn } = hub.gateway();
        const policy = policyText();
        const added = statements.map((statement) => ({
            ...{ Effect: "Allow", Action: "bedrock-agentcore:InvokeGateway" },
            ...{ Resource: gatewayArn, ...statement },
        }));
        agentcore().putResourcePolicy(
            gatewayArn,
            JSON.stringify({ ...policy, Statement: [...policy.Statement, ...added] }),
        );
    };

    describe("is pending", () => {
        it("step by step, until all is deployed", async () => {
            assert.deepEqual(await pendingOf(), {
                "consumer-developer tools":
                    "gateway tools and role developer are not there yet: deploy provider, then consumer, then provider again",
            });
            await hub.deploy("provider");
            assert.deepEqual(await pendingOf(), {
                "consumer-developer tools":
                    "role developer is not there yet: deploy consumer, then provider",
            });
            await hub.deploy("consumer");
            assert.deepEqual(await pendingOf(), {
                "consumer-developer tools":
                    "config grants it; the gateway's policy does not name it yet: deploy provider",
            });
            await hub.deploy("provider");
            assert.deepEqual(await pendingOf(), {});
        });

        it("where the spoke was deployed before its hub", async () => {
            await hub.deploy("consumer");
            assert.deepEqual(await pendingOf(), {
                "consumer-developer tools":
                    "gateway tools is not there yet: deploy provider, then consumer",
            });
            await hub.deploy("provider");
            assert.deepEqual(await pendingOf(), {
                "consumer-developer tools":
                    "config asks for it; its own policies do not allow it yet: deploy consumer",
            });
        });

        it("where config has gained a grant, and shows so though IAM refuses", async () => {
            await hub.deployAll();
            const both = { spoke: "consumer", roles: ["developer", "auditor"] };
            hub.project.config("provider", hubConfig([both]));
            const inventory = await read();
            const reason =
                "config grants it; the gateway's policy does not name it yet: deploy provider";
            assert.deepEqual(inventory.pending, [
                {
                    ...{ principal: "consumer-auditor", stack: "consumer", role: "auditor" },
                    ...{ gateway: "tools", reason },
                },
            ]);
            const report = accessReport(accessMatrix(inventory), { source: "AWS" });
            const row = report.principals.find(({ name }) => name === "consumer-auditor");
            assert.deepEqual(
                row?.cells.map((cell) => [cell.access, cell.reason]),
                [["pending", reason]],
            );
            await hub.deploy("provider");
            assert.deepEqual((await read()).pending, []);
        });

        it("for principals and accounts by their ARNs", async () => {
            await hub.deployAll();
            const grants = [
                developer,
                { principals: [roleArn("auditor"), roleArn("visitor"), admin(spokeAccount)] },
                { account: "777788889999" },
            ];
            hub.project.config("provider", hubConfig(grants));
            assert.deepEqual(await pendingOf(), {
                "consumer-auditor tools":
                    "config grants it; the gateway's policy does not name it yet: deploy provider",
                [`${admin(spokeAccount)} tools`]:
                    "config grants it; the gateway's policy does not name it yet: deploy provider",
                [`${roleArn("visitor")} tools`]: `${roleArn("visitor")} is not there yet: make it, then deploy provider`,
                "arn:aws:iam::777788889999:root tools":
                    "config grants it; the gateway's policy does not name it yet: deploy provider",
            });
            const { principals } = accessReport(accessMatrix(await read()), { source: "AWS" });
            const visitor = principals.find(({ name }) => name === roleArn("visitor"));
            assert.deepEqual([visitor?.kind, visitor?.accountId], ["other", spokeAccount]);
        });

        it("with what is missing, where a spoke's config has no such role", async () => {
            await hub.deployAll();
            const grant = { spoke: "consumer", roles: ["developer", "tester"] };
            hub.project.config("provider", hubConfig([grant]));
            assert.deepEqual(await pendingOf(), {
                "consumer-tester tools":
                    "role tester is not there yet, and config of stack consumer has no such role: add it, then deploy consumer, then provider",
            });
        });
    });

    describe("is not pending", () => {
        it("in an account that could not be read", async () => {
            await hub.deployAll();
            const grant = { spoke: "consumer", roles: ["developer", "tester"] };
            hub.project.config("provider", hubConfig([grant]));
            assert.deepEqual(await pendingOf("auditor"), {});
        });

        it("where a statement denies it, or its own config does not ask", async () => {
            await hub.deployAll();
            const grant = { spoke: "consumer", roles: ["developer", "auditor"] };
            hub.project.config("provider", hubConfig([grant]));
            putStatements({ Effect: "Deny", Principal: { AWS: roleArn("auditor") } });
            assert.deepEqual(await pendingOf(), {});
            iam(spokeAccount).createRole({
                roleName: "tester",
                assumeRolePolicyDocument: iam(spokeAccount).role("auditor").trust.text,
            });
            const tester = { spoke: "consumer", roles: ["tester"] };
            hub.project.config("provider", hubConfig([developer, tester]));
            assert.deepEqual(await pendingOf(), {});
        });
    });

    describe("is said where it is more than config has", () => {
        it("but for what is deployed, and for administrators whom their own policies allow", async () => {
            await hub.deployAll();
            const inventory = await read();
            const administrator = accessMatrix(inventory).pairs.find(
                ({ principal }) => principal.name === admin(hubAccount),
            );
            assert.equal(administrator?.access, "allowed");
            assert.deepEqual(await beyond(), []);
        });

        it("for a role that a policy lets in, whether it may call or not", async () => {
            await hub.deployAll();
            putStatements(
                { Sid: "ByHand", Principal: { AWS: roleArn("auditor") } },
                {
                    ...{ Sid: "FromHome", Principal: { AWS: admin(hubAccount) } },
                    Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
                },
            );
            assert.deepEqual((await beyond()).sort(), [
                `${admin(hubAccount)} may call tools of gateway tools by its policy, FromHome`,
                "consumer-auditor may call tools of gateway tools by its policy, ByHand",
            ]);
            iam(spokeAccount).deleteRolePolicy(
                "auditor",
                iam(spokeAccount).role("auditor").inlinePolicies.keys().next().value ?? "",
            );
            assert.ok(
                (await beyond()).includes(
                    "consumer-auditor is let in by the policy of gateway tools, ByHand; its own policies do not allow it",
                ),
            );
        });

        it("for an account once, for anyone once, and for each whom a condition names", async () => {
            await hub.deployAll();
            putStatements({ Principal: { AWS: `arn:aws:iam::${spokeAccount}:root` } });
            assert.deepEqual(await beyond(), [
                `arn:aws:iam::${spokeAccount}:root may call tools of gateway tools by its policy, statement 1`,
            ]);
            hub.project.config("provider", hubConfig([developer, { account: spokeAccount }]));
            assert.deepEqual(await beyond(), []);
            hub.project.config("provider", hubConfig([developer]));
            await hub.deploy("provider");
            const { gatewayArn } = hub.gateway();
            const [own] = policyText().Statement;
            const put = (statement: object) => {
                agentcore().putResourcePolicy(
                    gatewayArn,
                    JSON.stringify({ Version: "2012-10-17", Statement: [own] }),
                );
                putStatements(statement);
            };
            put({
                Principal: "*",
                Condition: { StringEquals: { "aws:PrincipalOrgID": "o-abc123" } },
            });
            assert.deepEqual(
                (await beyond()).map((text) => text.replace(/\(.*/, "")),
                ["anyone may call tools of gateway tools by its policy, statement 1 "],
            );
            put({
                Principal: "*",
                Condition: { ArnEquals: { "aws:PrincipalArn": roleArn("auditor") } },
            });
            assert.deepEqual(await beyond(), [
                "consumer-auditor may call tools of gateway tools by its policy, statement 1",
            ]);
        });

        it("for a target and a gateway that config has not any more", async () => {
            await hub.deployAll();
            const { gatewayId } = hub.gateway();
            const config = hubConfig([developer]);
            const { tools } = config.gateways;
            hub.project.config("provider", {
                ...config,
                gateways: {
                    tools: { ...tools, targets: { other: tools.targets["echo-tools"] } },
                },
            });
            assert.deepEqual(await beyond(), ["target echo-tools of gateway tools"]);
            hub.project.config("provider", { ...config, gateways: { others: tools } });
            assert.deepEqual(await beyond(), [
                `gateway ${gatewayId} (account ${hubAccount}, us-east-1)`,
            ]);
        });
    });
});
