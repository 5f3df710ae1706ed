import assert from "node:assert/strict";
import { runtimeEndpointArn, runtimeHeaders, runtimeUrl } from "../../../../agentcore/runtime";
import type { SessionKey } from "../../../../local/services/sessionKey";
import { sigv4Fetch } from "../../../../sigv4-fetch/src/index.js";
import { hubAccount, spokeAccount } from "../../../helpers/configs";
import { credentialsOf, toolsList } from "../../../helpers/localHub";
import { ExplainedHub, unwrapped } from "./explainFixture";

const invoke = "bedrock-agentcore:InvokeAgentRuntime";
const arnOf = (role: string, account = spokeAccount) => `arn:aws:iam::${account}:role/${role}`;
const administrator = arnOf("AdminRole");

describe("a refusal at the local runtime is explained", function () {
    this.timeout(60_000);
    let hub: ExplainedHub;
    beforeEach(async () => {
        hub = await new ExplainedHub().start();
        await hub.deployAll();
    });
    afterEach(() => hub.stop());

    it("of the agent: by the program's own deny, and the line of invokedBy lets in this role alone", async () => {
        const others = ["auditor", "agent"];
        const before = await Promise.all(others.map((role) => statusAs(role)));
        const response = await post(agent(), hub.session(spokeAccount, "developer"));
        assert.equal(response.status, 403);
        const report = await hub.explain(response);
        assert.deepEqual(
            report.denies.map(({ sid, layer, accountId, purpose }) => [
                ...[sid, layer, accountId, purpose],
            ]),
            [
                [
                    ...["DenyEveryoneElse", "resource", spokeAccount],
                    "the program lets in only who agent.invokedBy names",
                ],
            ],
        );
        const [change] = report.changes;
        // Within one account the runtime policy's Allow of the role is enough.
        assert.ok(report.changes.length === 1 && change?.kind === "config");
        assert.equal(change.deploy.command, "npm run hub -- deploy consumer --local");
        const text = unwrapped(report);
        assert.match(
            text,
            /statement DenyEveryoneElse .*: the program lets in only who agent\.inv/,
        );
        assert.match(
            text,
            /\nto be allowed:\n {2}Pulumi\.consumer\.yaml:\d+ {2}agent\.invokedBy: \[/,
        );
        assert.ok(text.includes(`agent.invokedBy: [${administrator}, ${arnOf("developer")}]\n`));
        hub.apply(report);
        await hub.deployAll();
        assert.equal(await statusAs("developer"), 200);
        assert.deepEqual(
            [before, await Promise.all(others.map((role) => statusAs(role)))],
            [
                ...[
                    [403, 403],
                    [403, 403],
                ],
            ],
        );
    });

    it("of the agent by a role of another account: by both accounts, the role's own policy for the endpoint too", async () => {
        const key = () => hub.session(hubAccount, "AdminRole");
        // That account's administrators may do everything there: without their policy nothing is allowed.
        const { iam } = hub.cloud.accounts.get(hubAccount) ?? assert.fail();
        iam.createRole({
            roleName: "visitor",
            assumeRolePolicyDocument: iam.role("AdminRole").trust.text,
        });
        const visitor = () => hub.session(hubAccount, "visitor");
        const report = await hub.explain(await post(agent(), visitor()));
        const [config, statement] = report.changes;
        assert.ok(report.changes.length === 2 && config?.kind === "config");
        assert.ok(statement?.kind === "statement");
        const arn = agent();
        assert.deepEqual([statement.layer, statement.accountId], ["identity", hubAccount]);
        assert.deepEqual(statement.statement, {
            ...{ Effect: "Allow", Action: invoke, Resource: [arn, runtimeEndpointArn(arn)] },
        });
        hub.apply(report);
        await hub.deployAll();
        assert.equal((await post(agent(), visitor())).status, 403);
        const document = { Version: "2012-10-17", Statement: [statement.statement] };
        iam.putRolePolicy("visitor", "ask", JSON.stringify(document));
        assert.equal((await post(agent(), visitor())).status, 200);
        assert.equal((await post(agent(), key())).status, 403);
    });

    it("of the agent by a deny of the role's own too: the line helps only beside the end of that", async () => {
        const { iam } = hub.cloud.accounts.get(spokeAccount) ?? assert.fail();
        const deny = { Sid: "Quarantine", Effect: "Deny", Action: invoke, Resource: "*" };
        const quarantine = JSON.stringify({ Version: "2012-10-17", Statement: [deny] });
        iam.putRolePolicy("developer", "quarantine", quarantine);
        const key = () => hub.session(spokeAccount, "developer");
        const report = await hub.explain(await post(agent(), key()));
        assert.deepEqual(
            report.denies.map(({ sid, purpose }) => [sid, purpose === undefined]),
            [
                ["Quarantine", true],
                ["DenyEveryoneElse", false],
            ],
        );
        const text = unwrapped(report);
        assert.match(text, /statement Quarantine .*; it was meant, so it is not undone here\n/);
        assert.match(
            text,
            /\nto be allowed, beside the end of the deny of role developer, inline policy quarantine, statement Quarantine \(without it, .*\):\n {2}Pul/,
        );
        hub.apply(report);
        await hub.deployAll();
        assert.equal((await post(agent(), key())).status, 403);
        iam.deleteRolePolicy("developer", "quarantine");
        assert.equal((await post(agent(), key())).status, 200);
    });

    it("of the agent by a deny of the role's own alone: config has nothing to do with it", async () => {
        const { iam } = hub.cloud.accounts.get(spokeAccount) ?? assert.fail();
        const deny = { Sid: "Quarantine", Effect: "Deny", Action: invoke, Resource: "*" };
        const quarantine = JSON.stringify({ Version: "2012-10-17", Statement: [deny] });
        iam.putRolePolicy("AdminRole", "quarantine", quarantine);
        const report = await hub.explain(
            await post(agent(), hub.session(spokeAccount, "AdminRole")),
        );
        assert.deepEqual(
            report.denies.map(({ sid }) => sid),
            ["Quarantine"],
        );
        assert.deepEqual(report.changes, []);
    });

    it("of the agent whose policy somebody changed: config names the role, so it is deployed again", async () => {
        const { agentRuntimes } = hub.cloud.accounts.get(spokeAccount) ?? assert.fail();
        const arn = agent();
        const closed = agentRuntimes.getResourcePolicy(arn).text;
        agentRuntimes.putResourcePolicy(arn, closed.replaceAll("AdminRole", "auditor"));
        const response = await post(arn, hub.session(spokeAccount, "AdminRole"));
        assert.equal(response.status, 403);
        const report = await hub.explain(response);
        const [change] = report.changes;
        assert.ok(report.changes.length === 1 && change?.kind === "deploy");
        assert.deepEqual(
            [change.place.key, change.deploy.stacks, change.statement.Principal],
            ["agent.invokedBy", ["consumer"], { AWS: [administrator] }],
        );
    });

    it("of a hub's MCP server: through the gateway first, and else by runtime.operators", async () => {
        const key = () => hub.session(hubAccount, "AdminRole");
        const response = await post(server(), key(), toolsList);
        assert.equal(response.status, 403);
        const report = await hub.explain(response);
        const [way, change] = report.changes;
        assert.deepEqual(way, {
            kind: "request",
            how: "call it through gateway tools, which is how the hub's tools are called: calculator___add_numbers, calculator___multiply_numbers, calculator___greet_user",
        });
        assert.ok(report.changes.length === 2 && change?.kind === "config");
        const [edit] = change.edits;
        assert.deepEqual(
            [edit?.file, edit?.key, edit?.write],
            ["Pulumi.provider.yaml", "runtime.operators", `[${arnOf("AdminRole", hubAccount)}]`],
        );
        assert.equal(
            report.denies[0]?.purpose,
            "the program lets in only the roles of the gateways that show it (tools) and who runtime.operators names",
        );
        hub.apply(report);
        await hub.deployAll();
        assert.equal((await post(server(), key(), toolsList)).status, 200);
        const other = hub.session(spokeAccount, "AdminRole");
        assert.equal((await post(server(), other, toolsList)).status, 403);
    });

    it("behind the gateway, of a runtime whose policy denies the gateway's role: deployed again", async () => {
        const { agentRuntimes } = hub.cloud.accounts.get(hubAccount) ?? assert.fail();
        const arn = server();
        const before = agentRuntimes.getResourcePolicy(arn).text;
        const { roleArn } = hub.gateway();
        const administrators = arnOf("AdminRole", hubAccount);
        agentRuntimes.putResourcePolicy(arn, before.replaceAll(roleArn, administrators));
        const call = {
            ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
            params: { name: "calculator___add_numbers", arguments: { a: 2, b: 3 } },
        };
        const developer = hub.session(spokeAccount, "developer");
        const report = await hub.explain(await hub.post(developer, call));
        const [change] = report.changes;
        assert.ok(report.changes.length === 1 && change?.kind === "deploy");
        assert.equal(change.place.key, "gateways.tools.targets.calculator");
        assert.deepEqual(change.statement.Condition, {
            ArnNotEquals: { "aws:PrincipalArn": [administrators, roleArn].sort() },
        });
        assert.notEqual(report.denies[0]?.purpose, undefined);
    });

    const statusAs = async (role: string) =>
        (await post(agent(), hub.session(spokeAccount, role))).status;

    const agent = () => runtimeOf(spokeAccount);
    const server = () => runtimeOf(hubAccount);

    /** The one runtime of an account. */
    function runtimeOf(account: string): string {
        const { agentRuntimes } = hub.cloud.accounts.get(account) ?? assert.fail();
        return agentRuntimes.runtimes()[0]?.agentRuntimeArn ?? assert.fail();
    }

    /** Invokes a runtime, as `hub ask` does. */
    function post(arn: string, key: SessionKey, body: object = { prompt: "Greet Ann." }) {
        const signed = sigv4Fetch({
            ...{ service: "bedrock-agentcore", region: "us-east-1" },
            credentials: credentialsOf(key),
        });
        const { pathname, search } = new URL(runtimeUrl(arn));
        return signed(`${hub.cloud.endpoints.bedrockAgentcore}${pathname}${search}`, {
            method: "POST",
            headers: {
                "content-type": "application/json",
                accept: "application/json, text/event-stream",
                [runtimeHeaders.sessionId]: "session-0123456789-0123456789-012",
            },
            body: JSON.stringify(body),
        });
    }
});
