import assert from "node:assert/strict";
import {
    admin,
    developer,
    hubAccount,
    hubConfig,
    spokeAccount,
    spokeConfig,
} from "../../helpers/configs";
import { LocalHub, toolsList } from "../../helpers/localHub";

const thirdAccount = "777788889999";
describe("grants on the local cloud", () => {
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
        hub.project
            .config("provider", hubConfig([developer]))
            .config("consumer", spokeConfig(spokeAccount, ["developer", "auditor"]));
    });
    afterEach(() => hub.stop());

    it("let exactly the granted role in, and its call runs the tool", async () => {
        await hub.deployAll();
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 200);
        assert.equal(await hub.statusOf(spokeAccount, "auditor"), 403);
        assert.equal(await hub.statusOf(spokeAccount, "AdminRole"), 403);
        const response = await hub.post(hub.session(spokeAccount, "developer"), {
            jsonrpc: "2.0",
            id: 7,
            method: "tools/call",
            params: { name: "echo-tools___echo_message", arguments: { message: "hé" } },
        });
        assert.deepEqual(await response.json(), {
            jsonrpc: "2.0",
            id: 7,
            result: { content: [{ type: "text", text: '{"message":"hé"}' }], isError: false },
        });
    });

    it("are pending while the spoke is not there, and complete when the hub is deployed again", async () => {
        const first = await hub.deploy("provider");
        assert.deepEqual(first.outputs["pendingGrants"], [
            {
                gateway: "tools",
                spoke: "consumer",
                stack: "consumer",
                roles: ["developer"],
                reason: "role developer: stack consumer has not been deployed yet.",
            },
        ]);
        assert.match(hub.warnings.join("\n"), /Pending grant on gateway tools: role developer/);
        await hub.deploy("consumer");
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 403);
        const second = await hub.deploy("provider");
        assert.deepEqual(second.outputs["pendingGrants"], []);
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 200);
    });

    it("are pending for a role that the spoke does not have, and name those it has", async () => {
        hub.project.config(
            "provider",
            hubConfig([{ spoke: "consumer", roles: ["developer", "tester"] }]),
        );
        const results = await hub.deployAll();
        assert.deepEqual(
            (results.get("provider")?.outputs["pendingGrants"] as { reason: string }[]).map(
                ({ reason }) => reason,
            ),
            ["role tester: stack consumer has no such role; it has auditor, developer."],
        );
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 200);
    });

    it("end in the same state when the spoke comes first", async () => {
        const first = await hub.deploy("consumer");
        assert.equal((first.outputs["pendingGateways"] as unknown[]).length, 2);
        await hub.deploy("provider");
        const last = await hub.deploy("consumer");
        assert.deepEqual(last.outputs["pendingGateways"], []);
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 200);
        assert.equal(await hub.statusOf(spokeAccount, "auditor"), 403);
    });

    it("are revoked by deleting them, for that role alone", async () => {
        hub.project
            .config(
                "provider",
                hubConfig([developer, { spoke: "third", roles: ["reader"] }], {
                    third: { account: thirdAccount, stack: "third" },
                }),
            )
            .config("third", spokeConfig(thirdAccount, ["reader"]));
        await hub.deployAll();
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 200);
        assert.equal(await hub.statusOf(thirdAccount, "reader"), 200);
        const gatewayId = hub.gateway().gatewayId;

        hub.project.config(
            "provider",
            hubConfig([{ spoke: "third", roles: ["reader"] }], {
                third: { account: thirdAccount, stack: "third" },
            }),
        );
        await hub.deploy("provider");

        assert.equal(await hub.statusOf(spokeAccount, "developer"), 403);
        assert.equal(await hub.statusOf(thirdAccount, "reader"), 200);
        assert.equal(hub.gateway().gatewayId, gatewayId);
    });

    it("leave no resource policy when the last one goes", async () => {
        await hub.deployAll();
        hub.project.config("provider", hubConfig([]));
        const { changes } = await hub.deploy("provider");
        assert.equal(changes.delete, 1);
        assert.equal(hub.gateway().resourcePolicy, undefined);
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 403);
    });

    it("do not pass to a role made anew under the same name until the hub is deployed again", async () => {
        await hub.deployAll();
        await hub.destroy("consumer");
        await hub.deploy("consumer");
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 403);
        await hub.deploy("provider");
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 200);
    });

    it("go pending, and are refused, when the spoke is destroyed", async () => {
        await hub.deployAll();
        const session = hub.session(spokeAccount, "developer");
        await hub.destroy("consumer");
        assert.equal((await hub.post(session, toolsList)).status, 403);
        const { outputs } = await hub.deploy("provider");
        assert.equal((outputs["pendingGrants"] as unknown[]).length, 1);
    });

    it("take exact ARNs by hand, and a whole account where config says so", async () => {
        hub.project.config("provider", hubConfig([{ principals: [admin(spokeAccount)] }]));
        await hub.deployAll();
        assert.equal(await hub.statusOf(spokeAccount, "AdminRole"), 200);
        assert.equal(await hub.statusOf(spokeAccount, "developer"), 403);

        hub.project.config("provider", hubConfig([{ account: spokeAccount }]));
        await hub.deploy("provider");
        assert.equal(await hub.statusOf(spokeAccount, "auditor"), 200);
    });

    it("reach the tools of the Runtime article, built from config", async () => {
        hub.project.config("provider", {
            account: { role: "provider", id: hubAccount },
            spokes: { consumer: { account: spokeAccount, stack: "consumer" } },
            gateways: {
                tools: {
                    targets: {
                        "iam-auth-demo-lambda-target": {
                            lambda: "echo-tool",
                            tools: ["add_numbers", "multiply_numbers", "greet_user"],
                        },
                    },
                    grants: [developer],
                },
            },
        });
        await hub.deployAll();
        const ask = async (method: string, params?: object) => {
            const message = { jsonrpc: "2.0", id: 1, method, params };
            const response = await hub.post(hub.session(spokeAccount, "developer"), message);
            return ((await response.json()) as { result: Record<string, unknown> }).result;
        };
        const { tools } = await ask("tools/list");
        assert.deepEqual(
            (tools as { name: string }[]).map(({ name }) => name),
            ["add_numbers", "multiply_numbers", "greet_user"].map(
                (tool) => `iam-auth-demo-lambda-target___${tool}`,
            ),
        );
        const { content } = await ask("tools/call", {
            name: "iam-auth-demo-lambda-target___add_numbers",
            arguments: { a: 100, b: 12 },
        });
        assert.deepEqual(content, [{ type: "text", text: '{"result":112}' }]);
    });

    it("within one account are not needed: the caller's own policy is enough", async () => {
        hub.project
            .config("provider", {
                ...hubConfig([]),
                spokes: { consumer: { account: hubAccount, stack: "consumer" } },
            })
            .config("consumer", spokeConfig(hubAccount, ["developer"]));
        await hub.deployAll();
        assert.equal(await hub.statusOf(hubAccount, "developer"), 200);
    });

    it("to a stack that gives another account's roles are refused with both accounts", async () => {
        await hub.deployAll();
        const state = hub.project.stateFolder;
        const { readFileSync, writeFileSync } = await import("node:fs");
        const file = `${state}/backend/consumer.json`;
        writeFileSync(file, readFileSync(file, "utf8").replaceAll(spokeAccount, thirdAccount));
        await assert.rejects(
            hub.deploy("provider"),
            /spokes\.consumer: stack consumer gives arn:aws:iam::777788889999:role\/developer, of account 777788889999; config pins it to account 444455556666/,
        );
    });

    it("need a document that AWS accepts: too many principals are refused with the number to take off", async () => {
        const principals = Array.from(
            { length: 400 },
            (_, at) => `arn:aws:iam::999988887777:role/${"r".repeat(40)}${at}`,
        );
        hub.project.config("provider", hubConfig([{ principals }]));
        await assert.rejects(
            hub.deploy("provider"),
            /ToolGateway \(tools\): gateways\.tools\.grants: got 400 principals, a resource policy of \d+ characters; must be at most 20480 \(\d+ too many\)/,
        );
    });
});
