import assert from "node:assert/strict";
import { withoutEndpoint } from "../../../../cli/withoutEndpoint";
import type { SessionKey } from "../../../../local/services/sessionKey";
import { developer, hubAccount, hubConfig, spokeAccount } from "../../../helpers/configs";
import { ExplainedHub, unwrapped } from "./explainFixture";

const call = (name: string, args: object) => ({
    ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
    params: { name, arguments: args },
});
const add = call("calculator___add_numbers", { a: 2, b: 3 });
const echo = call("echo-tools___echo_message", { message: "a secret word" });

describe("a gateway that does not get to its target is explained", function () {
    this.timeout(60_000);
    let hub: ExplainedHub;
    let key: SessionKey;
    before(async () => {
        hub = await new ExplainedHub().start();
        const config = hubConfig([developer]);
        const { tools } = config.gateways;
        hub.project.config("provider", {
            ...config,
            gateways: {
                tools: {
                    ...tools,
                    targets: { ...tools.targets, calculator: { mcpServer: "mcp-server" } },
                },
            },
        });
        await hub.deployAll();
        key = hub.session(spokeAccount, "developer");
    });
    after(() => hub.stop());
    const iam = () => hub.cloud.accounts.get(hubAccount)?.iam ?? assert.fail();
    const gatewayRole = () => hub.gateway().roleArn.split("/").at(-1) ?? "";

    it("without the runtime's endpoint: by the call that was refused, and the statement lets it in", async () => {
        const withdrawn = withoutEndpoint(hub.cloud, hubAccount, "tools") ?? assert.fail();
        const response = await hub.post(key, add);
        assert.equal(response.status, 200);
        const pointer = response.headers.get("x-agentcore-hub-explain");
        assert.equal(pointer, `hub explain ${response.headers.get("x-amzn-requestid") ?? ""}`);
        const report = await hub.explain(response);
        assert.deepEqual(
            report.steps.map(({ step, target, decision }) => [step, target, decision]),
            [
                ["invokeGateway", undefined, "allowed"],
                ["assumeRole", "calculator", "allowed"],
                ["call", "calculator", "allowed"],
                ["call", "calculator", "refused"],
            ],
        );
        assert.match(report.steps[3]?.resource ?? "", /\/runtime-endpoint\/DEFAULT$/);
        const identity = report.steps[3]?.layers.find(({ layer }) => layer === "identity");
        assert.equal(identity?.decision, "implicitDeny");
        const [change] = report.changes;
        assert.ok(report.changes.length === 1 && change?.kind === "deploy");
        assert.equal(change.place.key, "gateways.tools.targets.calculator");
        // The hub's administrator may call everything of its own account.
        const administrator = `arn:aws:iam::${hubAccount}:role/AdminRole`;
        assert.deepEqual(change.gains, ["consumer-developer", administrator]);
        assert.match(
            unwrapped(report),
            /^refused: consumer-developer may call tools, and tools does not get to calculator\n/,
        );
        const document = { Version: "2012-10-17", Statement: [change.statement] };
        iam().putRolePolicy(gatewayRole(), "fix", JSON.stringify(document));
        const fixed = (await (await hub.post(key, add)).json()) as {
            result: { isError?: boolean };
        };
        assert.notEqual(fixed.result.isError, true);
        iam().deleteRolePolicy(gatewayRole(), "fix");
        withdrawn.restore();
    });

    it("that is a function: by lambda:InvokeFunction", async () => {
        const role = iam().role(gatewayRole());
        const policies = [...role.inlinePolicies];
        for (const [name] of policies) iam().deleteRolePolicy(gatewayRole(), name);
        const report = await hub.explain(await hub.post(key, echo));
        for (const [name, text] of policies) iam().putRolePolicy(gatewayRole(), name, text);
        const refused = report.steps.find(({ decision }) => decision === "refused");
        assert.equal(refused?.action, "lambda:InvokeFunction");
        assert.equal(report.changes.length, 1);
    });

    it("whose role trusts AgentCore no more: by the trust policy", async () => {
        const { trust } = iam().role(gatewayRole());
        const nobody = trust.text.replace("bedrock-agentcore.amazonaws.com", "ec2.amazonaws.com");
        iam().updateRole(gatewayRole(), { assumeRolePolicyDocument: nobody });
        const report = await hub.explain(await hub.post(key, echo));
        const [change] = report.changes;
        assert.ok(change?.kind === "deploy");
        assert.equal(change.layer, "trust");
        assert.deepEqual(
            report.steps.map(({ step, decision }) => `${step}: ${decision}`),
            ["invokeGateway: allowed", "assumeRole: refused"],
        );
        iam().updateRole(gatewayRole(), { assumeRolePolicyDocument: trust.text });
        assert.equal((await hub.explain(await hub.post(key, echo))).answer, "allowed");
    });

    it("and neither the log nor the explanation has what was given to the tool, or a key", async () => {
        const response = await hub.post(key, echo);
        const id = response.headers.get("x-amzn-requestid") ?? "";
        const text = JSON.stringify([await hub.logged(id), await hub.explain(response)]);
        for (const secret of ["a secret word", key.secretAccessKey, key.sessionToken ?? "?"]) {
            assert.ok(!text.includes(secret));
        }
        assert.equal(response.headers.get("x-agentcore-hub-explain"), null);
    });
});
