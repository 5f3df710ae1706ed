import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LocalHub } from "../../helpers/localHub";

const hubAccount = "111122223333";

describe("The log of a Lambda function", () => {
    let hub: LocalHub;
    beforeEach(async () => {
        hub = await new LocalHub().start();
        await hub.deployAll();
    });
    afterEach(() => {
        hub.project.remove();
    });
    const account = () => hub.cloud.accounts.get(hubAccount) ?? assert.fail();
    const logGroup = () => {
        const { logs, lambda } = account();
        return logs.logGroup(lambda.functions()[0]?.logGroup ?? "");
    };
    const call = () =>
        hub.post(hub.session("444455556666", "developer"), {
            jsonrpc: "2.0",
            id: 1,
            method: "tools/call",
            params: { name: "echo-tools___echo_message", arguments: { message: "a" } },
        });
    /** The function's role may do this besides. */
    const allow = (action: string) => {
        const { iam, lambda } = account();
        const role = iam.roleByArn(lambda.functions()[0]?.role ?? "") ?? assert.fail();
        const statement = { Effect: "Allow", Action: action, Resource: "*" };
        iam.putRolePolicy(
            role.roleName,
            "more",
            JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
        );
    };

    it("is written to the end when the local cloud stops", async () => {
        const group = logGroup();
        await call();
        await hub.cloud.stop();
        assert.match(readFileSync(group.file, "utf8"), /echo_message/);
    });

    for (const [what, isAllowed] of [
        ["is lost where its group is gone and the role may make none", false],
        ["goes to a group that the role makes, where it may", true],
    ] as const) {
        it(what, async () => {
            const { logs } = account();
            const { name } = logGroup();
            logs.deleteLogGroup(name);
            if (isAllowed) allow("logs:CreateLogGroup");
            await call();
            await hub.cloud.stop();
            assert.equal(logs.findLogGroup(name) !== undefined, isAllowed);
        });
    }

    it("has the last lines of code that an update has taken away", async () => {
        const { lambda } = account();
        const group = logGroup();
        const [old] = lambda.functions();
        await call();
        const file = "Pulumi.provider.yaml";
        const shipped = readFileSync(join(hub.project.folder, file), "utf8");
        hub.project.file(file, `${shipped}  agentcore-hub:lambda: { memoryMb: 512 }\n`);
        await hub.deployAll();
        assert.notEqual(lambda.functions()[0], old);
        await call();
        await hub.cloud.stop();
        const lines = readFileSync(group.file, "utf8").split("\n");
        assert.equal(lines.filter((line) => line.includes('"tool":"echo_message"')).length, 2);
    });
});
