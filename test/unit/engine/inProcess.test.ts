import assert from "node:assert/strict";
import { InProcessEngine } from "../../../engine/inProcessEngine";
import { spokeConfig } from "../../helpers/configs";
import { LocalHub } from "../../helpers/localHub";

const target = { lambda: "echo-tool", tools: ["echo_message"] };
const config = (gateways: object) => ({
    account: { role: "provider", id: "111122223333" },
    gateways,
});

describe("the in-process engine", () => {
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
    });
    afterEach(() => hub.stop());

    it("changes nothing when nothing changed", async () => {
        await hub.deployAll();
        const same = await resourcesOf(hub, "provider");
        const { changes } = await hub.deploy("provider");
        assert.deepEqual(changes, { create: 0, update: 0, replace: 0, delete: 0, same });
    });

    it("updates in place, and keeps ids", async () => {
        hub.project.config("provider", config({ tools: { targets: { echo: target } } }));
        await hub.deploy("provider");
        const before = hub.gateway();
        hub.project.config(
            "provider",
            config({ tools: { exceptionLevel: "DEBUG", targets: { echo: target } } }),
        );
        const { changes } = await hub.deploy("provider");
        assert.equal(changes.update, 1);
        assert.equal(hub.gateway().gatewayArn, before.gatewayArn);
        assert.equal(hub.gateway().exceptionLevel, "DEBUG");
        assert.deepEqual([...hub.gateway().targets.keys()], [...before.targets.keys()]);
    });

    it("deletes what is gone from config, targets before their gateway", async () => {
        hub.project.config(
            "provider",
            config({ tools: { targets: { echo: target } }, more: { targets: { echo: target } } }),
        );
        await hub.deploy("provider");
        const { agentcore, iam } = hub.cloud.accounts.get("111122223333") ?? assert.fail();
        assert.equal(agentcore.gateways().length, 2);

        hub.project.config("provider", config({ tools: { targets: { echo: target } } }));
        const { changes } = await hub.deploy("provider");

        assert.equal(changes.delete, 4);
        assert.deepEqual(
            agentcore.gateways().map(({ name }) => name),
            ["tools"],
        );
        assert.deepEqual(
            iam.roles().filter(({ roleName }) => roleName.startsWith("more")),
            [],
        );
    });

    it("destroys everything and leaves empty outputs", async () => {
        await hub.deployAll();
        const made = await resourcesOf(hub, "provider");
        const { changes } = await hub.destroy("provider");
        assert.equal(changes.delete, made);
        const account = hub.cloud.accounts.get("111122223333") ?? assert.fail();
        assert.deepEqual(account.agentcore.gateways(), []);
        assert.deepEqual(account.lambda.functions(), []);
        assert.deepEqual(account.logs.logGroups(), []);
        assert.deepEqual(account.agentRuntimes.runtimes(), []);
        assert.deepEqual(account.images.repositories(), []);
        assert.deepEqual(
            account.iam.roles().map(({ roleName }) => roleName),
            ["AdminRole"],
        );
        assert.deepEqual((await hub.target()).backend.read("provider")?.outputs, {});
    });

    it("goes on after a failure: what was made stays, and the next deployment completes it", async () => {
        // Given a role that stands in the way of the spoke's second caller
        hub.project.config("consumer", spokeConfig("444455556666", ["developer", "auditor"]));
        const { iam } = await accountOf(hub, "444455556666");
        iam.createRole({
            roleName: "auditor",
            assumeRolePolicyDocument: iam.role("AdminRole").trust.text,
        });
        // When the spoke is deployed
        await assert.rejects(
            hub.deploy("consumer"),
            /Stack consumer: aws:iam\/role:Role \(auditor-role\): EntityAlreadyExists: Role with name auditor already exists/,
        );
        assert.notEqual(iam.findRole("developer"), undefined);
        const developerId = iam.role("developer").roleId;
        // Then it completes once the role is out of the way
        iam.deleteRole("auditor");
        const { changes } = await hub.deploy("consumer");
        assert.equal(changes.create, 1);
        assert.equal(iam.role("developer").roleId, developerId);
    });

    it("refuses credentials of another account, and names both", async () => {
        const target = await hub.target();
        const stack = target.project.stacks[0] ?? assert.fail();
        const other = await hub.cloud.account("999988887777");
        const engine = new InProcessEngine({
            project: target.project,
            backend: target.backend,
            providers: () => Promise.resolve(other.providerPorts),
            onEvent: () => undefined,
        });
        await assert.rejects(
            engine.deploy(stack),
            /the credentials are of account 999988887777; the stack is pinned to 111122223333/,
        );
        assert.deepEqual((await accountOf(hub, "999988887777")).iam.roles().length, 1);
    });
});

/** How many resources a stack has, its providers not counted. */
async function resourcesOf(hub: LocalHub, stack: string): Promise<number> {
    const { resources = [] } = (await hub.target()).backend.read(stack) ?? {};
    const made = resources.filter(
        ({ custom, type }) => custom && !type.startsWith("pulumi:providers:"),
    );
    assert.ok(made.length > 0);
    return made.length;
}

async function accountOf(hub: LocalHub, id: string) {
    await hub.target();
    return hub.cloud.accounts.get(id) ?? assert.fail();
}
