import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { programInventory } from "../../../../cli/inventory/programInventory";
import { deployInProcess } from "../../../../cli/deployInProcess";
import { Interrupted } from "../../../../cli/interrupted";
import { InvalidOptions } from "../../../../cli/invalidOptions";
import { readProject } from "../../../../engine/stacks";
import {
    developer,
    hubAccount,
    hubConfig,
    operators,
    spokeAccount,
    spokeConfig,
} from "../../../helpers/configs";
import { TestProject } from "../../../helpers/project";
import { gatewayIn, rowsOf, toolRows } from "./stackStates";

describe("the inventory of the program", function () {
    this.timeout(60_000);
    let project: TestProject;
    beforeEach(() => {
        project = new TestProject();
    });
    afterEach(() => {
        project.remove();
    });
    const read = () => programInventory(readProject(project.folder), { json: true });

    it("is that of the shipped stacks, without a cloud that runs", async () => {
        const { inventory, project: found, failures } = await read();
        assert.equal(found.name, "agentcore-hub");
        assert.deepEqual([failures, inventory.pending, inventory.unread], [[], [], []]);
        const rows = rowsOf(inventory);
        assert.equal(rows["consumer-developer tools"], "allowed");
        assert.equal(rows["consumer-agent tools"], "allowed");
        assert.equal(rows["consumer-auditor tools"], "refused");
        assert.deepEqual(Object.keys(toolRows(inventory, "consumer-developer")).sort(), [
            "calculator___add_numbers",
            "calculator___greet_user",
            "calculator___multiply_numbers",
            "echo-tools___echo_message",
        ]);
        // That of an AWS that is gone.
        assert.equal("url" in gatewayIn(inventory, "tools"), false);
    });

    it("has a grant to a whole account as a row of its own", async () => {
        project
            .config("provider", hubConfig([developer, { account: "777788889999" }]))
            .config("consumer", spokeConfig(spokeAccount, ["developer"]));
        const { inventory } = await read();
        assert.equal(
            rowsOf(inventory)["arn:aws:iam::777788889999:root tools"],
            "conditional: the policies of its principals",
        );
    });

    it("has the operators' roles, which call no gateway", async () => {
        project
            .config("provider", { ...hubConfig([developer]), ...operators(hubAccount) })
            .config("consumer", spokeConfig(spokeAccount, ["developer"]));
        const { inventory } = await read();
        assert.deepEqual(
            inventory.principals
                .filter(({ kind }) => kind === "operator")
                .map(({ name, role }) => [name, role, rowsOf(inventory)[`${name} tools`]]),
            [
                ["provider-GatewayManagement", "GatewayManagement", "refused"],
                ["provider-GatewayReadOnly", "GatewayReadOnly", "refused"],
            ],
        );
    });

    it("has what is pending before the spoke is there", async () => {
        project.config(
            "provider",
            hubConfig([{ spoke: "consumer", roles: ["developer", "agent"] }]),
        );
        rmSync(join(project.folder, "Pulumi.consumer.yaml"));
        const { inventory } = await read();
        const reason = "roles developer, agent: stack consumer has not been deployed yet.";
        assert.deepEqual(
            inventory.pending,
            ["agent", "developer"].map((role) => ({
                ...{ principal: `consumer-${role}`, stack: "consumer", role },
                ...{ gateway: "tools", reason },
            })),
        );
    });

    it("has what a spoke waits for once, by its hub's name of it", async () => {
        const spoke = spokeConfig(spokeAccount, ["developer"]);
        project
            .config("provider", hubConfig([{ spoke: "consumer", roles: ["developer", "tester"] }]))
            .config("consumer", {
                ...spoke,
                callers: {
                    ...spoke.callers,
                    auditor: {
                        ...spoke.callers["developer"],
                        gateways: ["tools-team/tools", "tools-team/more"],
                    },
                },
            });
        const { inventory } = await read();
        assert.deepEqual(
            inventory.pending.map(({ principal, gateway, reason }) => [principal, gateway, reason]),
            [
                ["consumer-auditor", "more", "hub tools-team has no gateway more."],
                [
                    "consumer-tester",
                    "tools",
                    "role tester: stack consumer has no such role; it has auditor, developer.",
                ],
            ],
        );
    });

    it("goes on without a stack that fails, and says so", async () => {
        const file = "Pulumi.provider.yaml";
        const text = readFileSync(join(project.folder, file), "utf8");
        const ghost = `arn:aws:iam::${spokeAccount}:role/ghost`;
        const shipped = "- { spoke: consumer, roles: [developer, agent] }";
        assert.ok(text.includes(shipped));
        project.file(
            file,
            text.replace(shipped, `${shipped}\n        - { principals: ["${ghost}"] }`),
        );
        const { inventory, failures } = await read();
        assert.deepEqual(
            failures.map(({ stack }) => stack),
            ["provider"],
        );
        assert.match(failures[0]?.message ?? "", /Invalid principal in policy: .*role\/ghost/);
        assert.deepEqual(inventory.unread, [
            `stack provider was not deployed to its end, so that what comes after is missing: ${failures[0]?.message ?? ""}`,
        ]);
        assert.ok(inventory.principals.some(({ name }) => name === "consumer-developer"));
    });

    it("ends by Ctrl-C, and leaves no one listening for it", async () => {
        const before = process.listenerCount("SIGINT");
        await assert.rejects(
            deployInProcess(
                readProject(project.folder),
                {
                    onEvent: () => undefined,
                    analyzer: () => {
                        const listeners = process.listeners("SIGINT");
                        assert.equal(listeners.length, before + 1);
                        listeners.at(-1)?.("SIGINT");
                        return new Promise(() => undefined);
                    },
                },
                () => assert.fail("was read"),
            ),
            Interrupted,
        );
        assert.equal(process.listenerCount("SIGINT"), before);
    });

    it("needs a stack", async () => {
        for (const stack of ["provider", "consumer"]) {
            rmSync(join(project.folder, `Pulumi.${stack}.yaml`));
        }
        await assert.rejects(
            read(),
            (error) =>
                error instanceof InvalidOptions &&
                error.message ===
                    `${project.folder}: got no Pulumi.<stack>.yaml with keys of agentcore-hub; there is nothing to read`,
        );
    });
});
