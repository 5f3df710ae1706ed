import {
    BedrockAgentCoreControlClient,
    GetGatewayCommand,
    GetResourcePolicyCommand,
    ListAgentRuntimesCommand,
    ListGatewaysCommand,
    ListGatewayTargetsCommand,
    PutResourcePolicyCommand,
} from "@aws-sdk/client-bedrock-agentcore-control";
import assert from "node:assert/strict";
import type { PolicyDocument } from "../../../access/documentSchema";
import { gatewayResourcePolicy, policyDocument } from "../../../access/statements";
import {
    admin,
    developer,
    hubAccount,
    hubConfig,
    operators,
    spokeAccount,
    spokeConfig,
} from "../../helpers/configs";
import { credentialsOf, LocalHub, toolsList } from "../../helpers/localHub";

const denied = { name: "AccessDeniedException" };

describe("operators' roles on the local cloud", function () {
    this.timeout(30_000);
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start();
        hub.project
            .config("provider", { ...hubConfig([developer]), ...operators(hubAccount) })
            .config("consumer", {
                ...spokeConfig(spokeAccount, ["developer"]),
                operators: { readOnly: { assumedBy: [admin(spokeAccount)] } },
            });
        await hub.deployAll();
    });
    after(() => hub.stop());

    const control = (role: string, account = hubAccount) =>
        new BedrockAgentCoreControlClient({
            region: "us-east-1",
            endpoint: hub.cloud.endpoints.bedrockAgentcoreControl,
            credentials: credentialsOf(hub.session(account, role)),
            maxAttempts: 1,
        });
    const grantsTo = (principals: string[]) => {
        const { gatewayArn } = hub.gateway();
        const statement = gatewayResourcePolicy({ gatewayArn, principals, roleIds: [] });
        return { resourceArn: gatewayArn, policy: JSON.stringify(policyDocument([statement])) };
    };

    it("are outputs of the stacks that have them", async () => {
        const { backend } = await hub.target();
        assert.deepEqual(backend.read("provider")?.outputs["operators"], {
            management: `arn:aws:iam::${hubAccount}:role/GatewayManagement`,
            readOnly: `arn:aws:iam::${hubAccount}:role/GatewayReadOnly`,
        });
        assert.deepEqual(backend.read("consumer")?.outputs["operators"], {
            readOnly: `arn:aws:iam::${spokeAccount}:role/GatewayReadOnly`,
        });
    });

    it("have profiles on the local cloud", async () => {
        const { profiles } = await (await hub.target()).writeConnection();
        assert.deepEqual(profiles.filter((one) => one.includes("-Gateway")).sort(), [
            "consumer-GatewayReadOnly",
            "provider-GatewayManagement",
            "provider-GatewayReadOnly",
        ]);
    });

    it("are passed the gateway's own service role, and are taken on by those that config names", () => {
        const role = hub.cloud.accounts.get(hubAccount)?.iam.role("GatewayManagement");
        assert.ok(role);
        const [policy, ...others] = [...role.inlinePolicies.values()];
        assert.deepEqual(others, []);
        const { Statement } = JSON.parse(policy ?? "") as PolicyDocument;
        const passed = Statement.find(({ Action }) => Action === "iam:PassRole");
        assert.deepEqual(passed?.Resource, [hub.gateway().roleArn]);
        const trust = JSON.parse(role.trust.text) as PolicyDocument;
        assert.deepEqual(
            trust.Statement.map(({ Principal }) => Principal),
            [{ AWS: [admin(hubAccount)] }],
        );
    });

    it("let the management role read, and put, the policy of a gateway", async () => {
        const client = control("GatewayManagement");
        const { resourceArn } = grantsTo([]);
        const before = await client.send(new GetResourcePolicyCommand({ resourceArn }));
        const role = `arn:aws:iam::${spokeAccount}:role/developer`;
        await client.send(new PutResourcePolicyCommand(grantsTo([role, admin(spokeAccount)])));
        const { policy } = await client.send(new GetResourcePolicyCommand({ resourceArn }));
        assert.match(policy ?? "", /AdminRole/);
        assert.match(before.policy ?? "", /developer/);
        const { items } = await client.send(new ListGatewaysCommand());
        assert.equal(items?.length, 1);
    });

    it("do not let the management role call the gateway, not even by a policy that it puts itself", async () => {
        assert.equal(await hub.statusOf(hubAccount, "GatewayManagement"), 403);
        const own = `arn:aws:iam::${hubAccount}:role/GatewayManagement`;
        const others = [admin(hubAccount), `arn:aws:iam::${spokeAccount}:role/developer`];
        await control("GatewayManagement").send(
            new PutResourcePolicyCommand(grantsTo([own, ...others])),
        );
        assert.equal(await hub.statusOf(hubAccount, "AdminRole"), 200);
        assert.equal(await hub.statusOf(hubAccount, "GatewayManagement"), 403);
    });

    it("let the read-only role read, and put and call nothing", async () => {
        const client = control("GatewayReadOnly");
        const { gatewayId: gatewayIdentifier } = hub.gateway();
        const { name } = await client.send(new GetGatewayCommand({ gatewayIdentifier }));
        assert.equal(name, "tools");
        const { items } = await client.send(new ListGatewayTargetsCommand({ gatewayIdentifier }));
        assert.equal(items?.length, 1);
        const { resourceArn } = grantsTo([]);
        assert.ok((await client.send(new GetResourcePolicyCommand({ resourceArn }))).policy);
        await client.send(new ListAgentRuntimesCommand());
        await assert.rejects(
            client.send(new PutResourcePolicyCommand(grantsTo([admin(hubAccount)]))),
            denied,
        );
        assert.equal(await hub.statusOf(hubAccount, "GatewayReadOnly"), 403);
    });

    it("do not let a spoke's read-only role read the hub's gateways", async () => {
        const { gatewayId: gatewayIdentifier } = hub.gateway();
        await assert.rejects(
            control("GatewayReadOnly", spokeAccount).send(
                new GetGatewayCommand({ gatewayIdentifier }),
            ),
        );
    });

    it("refuse every other address, where config names some", async () => {
        const from = (sourceAddresses: string[]) => ({
            ...hubConfig([developer]),
            operators: {
                management: { assumedBy: [admin(hubAccount)], sourceAddresses },
                readOnly: { assumedBy: [admin(hubAccount)], sourceAddresses },
            },
        });
        const list = (role: string) => control(role).send(new ListGatewaysCommand());
        hub.project.config("provider", from(["203.0.113.0/24"]));
        await hub.deploy("provider");
        for (const role of ["GatewayManagement", "GatewayReadOnly"]) {
            await assert.rejects(list(role), denied);
        }
        hub.project.config("provider", from(["127.0.0.0/8", "203.0.113.0/24"]));
        await hub.deploy("provider");
        for (const role of ["GatewayManagement", "GatewayReadOnly"]) {
            assert.equal((await list(role)).items?.length, 1);
        }
    });

    it("leave the callers of the gateway alone", async () => {
        const response = await hub.post(hub.session(spokeAccount, "developer"), toolsList);
        assert.equal(response.status, 200);
    });
});

describe("a stack without operators", () => {
    it("has no such role and no such output", async () => {
        const hub = await new LocalHub().start();
        try {
            hub.project.config("provider", hubConfig([]));
            const { outputs } = await hub.deploy("provider");
            assert.ok(!("operators" in outputs));
            const names = hub.cloud.accounts.get(hubAccount)?.iam.roles();
            assert.deepEqual(
                names?.map(({ roleName }) => roleName).filter((name) => /^Gateway/.test(name)),
                [],
            );
        } finally {
            await hub.stop();
        }
    });
});
