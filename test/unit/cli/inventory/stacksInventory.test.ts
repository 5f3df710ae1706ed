import assert from "node:assert/strict";
import { stacksInventory } from "../../../../cli/inventory/stacksInventory";
import type { ResourceRecord } from "../../../../engine/stackState";
import {
    changed,
    DeployedStacks,
    gatewayIn,
    principalIn,
    rowsOf,
    stackOf,
    toolRows,
} from "./stackStates";

describe("the inventory of stacks", function () {
    this.timeout(60_000);
    const fixture = new DeployedStacks();
    before(() => fixture.start());
    after(() => fixture.stop());

    it("lets the granted roles call each tool of both targets, and nobody else", () => {
        const inventory = fixture.inventoryOf();
        const allowed = {
            calculator___add_numbers: "allowed",
            calculator___greet_user: "allowed",
            calculator___multiply_numbers: "allowed",
            "echo-tools___echo_message": "allowed",
        };
        assert.deepEqual(toolRows(inventory, "consumer-developer"), allowed);
        assert.deepEqual(toolRows(inventory, "consumer-agent"), allowed);
        assert.deepEqual(
            [...new Set(Object.values(toolRows(inventory, "consumer-auditor")))],
            ["refused"],
        );
        assert.equal(Object.values(rowsOf(inventory)).filter((row) => row !== "refused").length, 2);
        assert.deepEqual([inventory.pending, inventory.unread], [[], []]);
    });

    it("names roles and gateways as config does, and documents as the local cloud", () => {
        const inventory = fixture.inventoryOf();
        const named = inventory.principals.map(({ name, kind, stack, role }) => ({
            ...{ kind, stack, role },
            name: name.replace(/-[0-9a-f]{7}$/, ""),
        }));
        const inHub = (name: string) => ({
            ...{ kind: "hubRole", stack: "provider", role: undefined },
            name: `arn:aws:iam::111122223333:role/${name}`,
        });
        const inSpoke = (role: string, kind: string) => ({
            ...{ kind, stack: "consumer", role, name: `consumer-${role}` },
        });
        assert.deepEqual(named, [
            inSpoke("auditor", "caller"),
            inSpoke("developer", "caller"),
            inSpoke("agent", "agent"),
            inHub("echo-tool-execution"),
            inHub("mcp-server-execution"),
            inHub("tools-service"),
        ]);
        const gateway = gatewayIn(inventory, "tools");
        const local = fixture.hub.gateway();
        assert.deepEqual(
            [gateway.stack, gateway.configName, gateway.arn, gateway.url, gateway.roleArn],
            ["provider", "tools", local.gatewayArn, local.gatewayUrl, local.roleArn],
        );
        assert.equal(gateway.resourcePolicy?.name, `resource policy of ${local.gatewayArn}`);
        for (const [accountId, name] of [
            ["444455556666", "developer"],
            ["444455556666", "agent"],
            ["111122223333", local.roleArn.split("/").at(-1) ?? ""],
        ] as const) {
            const { iam } = fixture.hub.cloud.accounts.get(accountId) ?? {};
            const role = iam?.role(name);
            assert.ok(iam !== undefined && role !== undefined);
            const { identity, trust, principal } = principalIn(
                inventory,
                accountId === "111122223333" ? role.arn : `consumer-${name}`,
            );
            assert.deepEqual(
                identity.map((document) => document.name),
                iam
                    .identityPolicies(role)
                    .map((document) => document.name)
                    .sort(),
            );
            assert.equal(trust?.name, `role ${name}, trust policy`);
            assert.equal(principal.type === "role-session" && principal.roleId, role.roleId);
        }
    });

    it("asks what the local cloud asks when a gateway calls its targets", () => {
        const { targets } = gatewayIn(fixture.inventoryOf(), "tools");
        const calls = targets.map(({ name, kind, calls: asked }) => [
            `${kind} ${name}`,
            asked.map(({ action, resource, resourcePolicy }) => [
                action,
                resource.replace(/[-_][0-9a-f]{7}$|-\w{10}(?=$|\/)/, ""),
                resourcePolicy?.name === `resource policy of ${resource}`,
            ]),
        ]);
        const runtime = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/mcp_server";
        const invoke = "bedrock-agentcore:InvokeAgentRuntime";
        assert.deepEqual(calls, [
            [
                "mcpServer calculator",
                [
                    [invoke, runtime, true],
                    [invoke, `${runtime}/runtime-endpoint/DEFAULT`, true],
                ],
            ],
            [
                "lambda echo-tools",
                [
                    [
                        "lambda:InvokeFunction",
                        "arn:aws:lambda:us-east-1:111122223333:function:echo-tool-function",
                        false,
                    ],
                ],
            ],
        ]);
    });

    it("knows roles and gateways by the outputs alone", () => {
        const inventory = stacksInventory([
            stackOf("provider", fixture.provider),
            stackOf("consumer", fixture.consumer),
        ]);
        const named = ({ name, kind, role }: (typeof inventory.principals)[number]) => [
            ...[name, kind, role],
        ];
        assert.deepEqual(
            inventory.principals.map(named),
            fixture.inventoryOf().principals.map(named),
        );
        assert.deepEqual(rowsOf(inventory), rowsOf(fixture.inventoryOf()));
        // What its server's tools are only the config or the gateway knows.
        assert.deepEqual(Object.keys(toolRows(inventory, "consumer-developer")), [
            "calculator___*",
            "echo-tools___echo_message",
        ]);
        const asked = stacksInventory([stackOf("provider", fixture.provider)], {
            toolsOf: (arn, target) =>
                arn === fixture.hub.gateway().gatewayArn ? [`of-${target}`] : undefined,
        });
        assert.deepEqual(
            gatewayIn(asked, "tools").targets.map(({ tools }) => tools),
            [["of-calculator"], ["echo_message"]],
        );
    });

    it("tells gateways apart that two hubs name alike", () => {
        const other = fixture.provider.map((resource) => ({
            ...resource,
            ...(JSON.parse(
                JSON.stringify(resource)
                    .replaceAll("111122223333", "999900001111")
                    .replaceAll("urn:pulumi:provider::", "urn:pulumi:second::"),
            ) as ResourceRecord),
        }));
        const { gateways } = stacksInventory([
            stackOf("provider", fixture.provider),
            stackOf("second", other),
        ]);
        assert.deepEqual(
            gateways.map(({ name, accountId }) => [name, accountId]),
            [
                ["provider/tools", "111122223333"],
                ["second/tools", "999900001111"],
            ],
        );
    });

    it("gives roles of two stacks that come to one name their ARNs", () => {
        const spoke = (stack: string, role: string) => {
            const arn = `arn:aws:iam::444455556666:role/${role}`;
            return stackOf(stack, [
                {
                    urn: `urn:pulumi:${stack}::agentcore-hub::pulumi:pulumi:Stack::s`,
                    type: "pulumi:pulumi:Stack",
                    outputs: { roles: { [role]: arn, own: `${arn}-own` } },
                },
            ]);
        };
        const { principals } = stacksInventory([spoke("a-b", "c"), spoke("a", "b-c")]);
        assert.deepEqual(
            principals.map(({ name, stack, role, unknownPolicies }) => [
                ...[name, stack, role],
                ...unknownPolicies,
            ]),
            [
                ["a-b-own", "a-b", "own", "its own policies"],
                ["a-own", "a", "own", "its own policies"],
                ["arn:aws:iam::444455556666:role/b-c", "a", "b-c", "its own policies"],
                ["arn:aws:iam::444455556666:role/c", "a-b", "c", "its own policies"],
            ],
        );
    });

    it("knows the roles of a spoke whose outputs are not there, by its config", () => {
        const spoke = changed(fixture.consumer, "agentcore-hub-consumer", "roles", () => undefined);
        const names = ({ principals }: ReturnType<DeployedStacks["inventoryOf"]>) =>
            principals.map(({ name, kind }) => [name, kind]);
        assert.deepEqual(
            names(fixture.inventoryOf(fixture.provider, spoke)),
            names(fixture.inventoryOf()),
        );
    });

    describe("what is pending", () => {
        const pendingGrants = [
            {
                ...{ gateway: "tools", spoke: "consumer", stack: "acme/agentcore-hub/consumer" },
                ...{ roles: ["developer", "agent"], reason: "the hub waits." },
            },
        ];
        const pendingGateways = [
            { caller: "developer", hub: "tools-team", gateway: "tools", reason: "it waits." },
            { caller: "auditor", hub: "tools-team", gateway: "tools", reason: "it waits." },
            { caller: "auditor", hub: "others", gateway: "more", reason: "it waits." },
        ];
        const hubStack = () =>
            changed(
                fixture.provider,
                "agentcore-hub-provider",
                "pendingGrants",
                () => pendingGrants,
            );
        const spoke = () =>
            changed(
                fixture.consumer,
                "agentcore-hub-consumer",
                "pendingGateways",
                () => pendingGateways,
            );
        const rows = ({ pending }: ReturnType<DeployedStacks["inventoryOf"]>) =>
            pending.map((one) => [one.principal, one.gateway, one.reason]);

        it("is said once for a role and a gateway, by hub and spoke", () => {
            assert.deepEqual(rows(fixture.inventoryOf(hubStack(), spoke())), [
                ["consumer-agent", "tools", "the hub waits."],
                ["consumer-auditor", "others/more", "it waits."],
                ["consumer-auditor", "tools", "it waits."],
                ["consumer-developer", "tools", "the hub waits."],
            ]);
        });

        it("is named as the caller's config does where the hub is not read", () => {
            const alone = stacksInventory([
                stackOf("consumer", spoke(), fixture.settings["consumer"]),
            ]);
            assert.deepEqual(rows(alone), [
                ["consumer-auditor", "others/more", "it waits."],
                ["consumer-auditor", "tools-team/tools", "it waits."],
                ["consumer-developer", "tools-team/tools", "it waits."],
            ]);
        });
    });

    it("names operators by their outputs", () => {
        const arn = "arn:aws:iam::111122223333:role/GatewayReadOnly";
        const hubStack = [
            ...changed(fixture.provider, "agentcore-hub-provider", "operators", () => ({
                readOnly: arn,
            })),
            {
                urn: "urn:pulumi:provider::agentcore-hub::aws:iam/role:Role::GatewayReadOnly",
                type: "aws:iam/role:Role",
                outputs: {
                    arn,
                    name: "GatewayReadOnly",
                    uniqueId: "AROAEXAMPLE",
                    assumeRolePolicy: fixture.provider.find(
                        ({ type }) => type === "aws:iam/role:Role",
                    )?.outputs["assumeRolePolicy"],
                },
            },
        ];
        const { kind, role, stack } = principalIn(
            fixture.inventoryOf(hubStack),
            "provider-GatewayReadOnly",
        );
        assert.deepEqual([kind, role, stack], ["operator", "GatewayReadOnly", "provider"]);
    });

    it("is conditional on a policy engine", () => {
        const inventory = fixture.inventoryOf(
            changed(fixture.provider, "tools-gateway", "policyEngineConfiguration", () => ({
                arn: "arn:aws:bedrock-agentcore:us-east-1:111122223333:policy-engine/e-0123456789",
                mode: "ENFORCE",
            })),
        );
        assert.equal(rowsOf(inventory)["consumer-developer tools"], "conditional: policyEngine");
    });
});
