import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { AgentRuntime, AgentRuntimeInput } from "../../../local/services/agentRuntimes";
import {
    accountId,
    executionStatements,
    isRunning,
    region,
    AgentRuntimeFixture,
} from "./agentRuntimeFixture";
import { echoOf } from "./runtimeWorkload";

describe("the process behind a runtime", () => {
    let fixture: AgentRuntimeFixture;
    before(async () => {
        fixture = await new AgentRuntimeFixture().start({
            runtimeSeconds: { initialization: 0.5, invocation: 0.5 },
        });
    });
    after(() => fixture.stop());
    const runtime = (change: Partial<AgentRuntimeInput> = {}) =>
        fixture.runtime({ protocol: "HTTP", ...change });
    const image = (program: string) => ({
        kind: "container" as const,
        containerUri: fixture.push(program),
    });
    const logOf = ({ agentRuntimeId }: AgentRuntime) =>
        fixture.account.logs.findLogGroup(
            `/aws/bedrock-agentcore/runtimes/${agentRuntimeId}-DEFAULT`,
        );

    it("has the role's credentials, the local endpoints, and both environments", async () => {
        const deployed = runtime();
        const { env } = echoOf(await fixture.invoke(fixture.admin(), deployed));
        assert.deepEqual(
            [env["NAME"], env["NODE_ENV"], env["AWS_REGION"], env["AWS_ENDPOINT_URL_STS"]],
            ["value", "production", region, fixture.cloud.endpoints.sts],
        );
        const { secretAccessKey, principal } =
            fixture.cloud.sts.key(env["AWS_ACCESS_KEY_ID"] ?? "") ?? assert.fail();
        assert.equal(env["AWS_SECRET_ACCESS_KEY"], secretAccessKey);
        assert.equal(principal.roleArn, deployed.roleArn);
        assert.match(principal.sessionName, /^BedrockAgentCore-[0-9a-f-]{36}$/);
        assert.equal(env["HOME"], undefined);
    });

    it("gets no call before it listens: refused in AWS's words when it never does", async () => {
        const text =
            "Runtime initialization time exceeded. Please make sure that initialization completes in 0.5s.";
        for (const [program, reason] of [
            ["setInterval(() => {}, 1000)", /^it did not answer at HOST and PORT /],
            [
                "throw new Error('at start')",
                /^it ended with exit code 1; its log: .*_aws_bedrock-agentcore_runtimes_server_.*-DEFAULT\.log$/,
            ],
        ] as const) {
            const deployed = runtime({ artifact: image(program) });
            const invoked = await fixture.invoke(fixture.admin(), deployed);
            assert.deepEqual(
                [invoked.httpStatus, invoked.headers.get("x-amzn-errortype"), invoked.json],
                [424, "RuntimeClientError", { message: text }],
            );
            assert.match(invoked.reason ?? "", reason);
        }
    });

    it("is known to have crashed at its start long before its time is up", async () => {
        const patient = await new AgentRuntimeFixture().start();
        const uri = patient.push("throw new Error('at start')");
        const began = performance.now();
        const deployed = patient.runtime({ artifact: { kind: "container", containerUri: uri } });
        const invoked = await patient.invoke(patient.admin(), deployed);
        const tookMs = performance.now() - began;
        await patient.stop();
        assert.match(invoked.text, /-32010.*initialization completes in 30s\./);
        assert.match(
            invoked.headers.get("x-hub-reason") ?? "",
            /^it ended with exit code 1; its log/,
        );
        assert.ok(tookMs < 10_000, `${tookMs} ms`);
    });

    it("tells who may not call nothing of why", async () => {
        const deployed = runtime({ artifact: image("throw new Error('at start')") });
        const invoked = await fixture.invoke(fixture.caller([]), deployed);
        assert.deepEqual([invoked.httpStatus, invoked.headers.get("x-hub-reason")], [403, null]);
    });

    it("has so long for a call, and no longer", async () => {
        const invoked = await fixture.invoke(fixture.admin(), runtime(), { method: "never" });
        assert.equal(invoked.httpStatus, 424);
        assert.match(invoked.text, /Received error \(504\) from runtime/);
        assert.equal(invoked.reason, "the container did not answer within 0.5 s");
    });

    it("logs to its group what its role may, and makes the group where it may", async () => {
        const deployed = runtime();
        const { agentRuntimeId } = deployed;
        const logs = executionStatements.slice(-1);
        const group = `arn:aws:logs:${region}:${accountId}:log-group:/aws/bedrock-agentcore/runtimes/${agentRuntimeId}-DEFAULT`;
        assert.equal(JSON.stringify(logs).includes("CreateLogGroup"), true);
        await fixture.invoke(fixture.admin(), deployed);
        await fixture.invoke(fixture.admin(), deployed, { method: "throw" });
        // Its second process has logged when it answers, and so has the first.
        await fixture.invoke(fixture.admin(), deployed);
        assert.equal(logOf(deployed)?.arn, group);
        const silent = runtime({
            roleArn: fixture.executionRole(executionStatements.slice(0, -1)),
        });
        await fixture.invoke(fixture.admin(), silent);
        await fixture.cloud.runtimes.stop();
        const text = readFileSync(logOf(deployed)?.file ?? "", "utf8");
        assert.match(text, /^listening with NAME=value\n/);
        assert.match(text, /Error: a fault of the workload/);
        assert.match(text, /The runtime's process is gone: it ended with exit code 1/);
        assert.equal(logOf(silent), undefined);
    });

    it("is another one after an update, and none after a deletion", async () => {
        const deployed = runtime();
        const { agentRuntimeId } = deployed;
        const first = echoOf(await fixture.invoke(fixture.admin(), deployed));
        const atWork = fixture.invoke(fixture.admin(), deployed, { method: "never" });
        await fixture.invoke(fixture.admin(), deployed);
        fixture.account.agentRuntimes.updateAgentRuntime(
            agentRuntimeId,
            fixture.input({
                agentRuntimeName: deployed.agentRuntimeName,
                protocol: "HTTP",
                environmentVariables: { NAME: "other" },
            }),
        );
        const second = echoOf(await fixture.invoke(fixture.admin(), deployed));
        assert.notEqual(second.pid, first.pid);
        assert.equal(second.env["NAME"], "other");
        // The old one finishes what it has begun.
        assert.match((await atWork).text, /Received error \(504\)/);
        const ended = fixture.invoke(fixture.admin(), deployed, { method: "never" });
        await fixture.invoke(fixture.admin(), deployed);
        fixture.account.agentRuntimes.deleteAgentRuntime(agentRuntimeId);
        assert.equal((await fixture.invoke(fixture.admin(), deployed)).httpStatus, 404);
        // A deleted one does not.
        assert.equal((await ended).reason, "the runtime's process was stopped");
        await fixture.cloud.runtimes.stop();
        assert.deepEqual([isRunning(first.pid), isRunning(second.pid)], [false, false]);
    });

    it("is not started with a role that AgentCore may not assume any more", async () => {
        const deployed = runtime();
        const name = deployed.roleArn.slice(deployed.roleArn.lastIndexOf("/") + 1);
        fixture.account.iam.deleteRolePolicy(name, "execution");
        fixture.account.iam.deleteRole(name);
        const invoked = await fixture.invoke(fixture.admin(), deployed);
        assert.equal(invoked.httpStatus, 424);
        assert.match(invoked.text, /cannot be assumed by bedrock-agentcore\.amazonaws\.com/);
    });

    it("ends with the local cloud, and with it the calls at work", async () => {
        const other = await new AgentRuntimeFixture().start();
        const deployed = other.runtime({ protocol: "HTTP" });
        const { pid } = echoOf(await other.invoke(other.admin(), deployed));
        const atWork = other.invoke(other.admin(), deployed, { method: "never" });
        const settled = atWork.then(
            () => "answered",
            () => "connection closed",
        );
        await other.invoke(other.admin(), deployed);
        const { agentRuntimeName } = deployed;
        other.account.agentRuntimes.updateAgentRuntime(
            deployed.agentRuntimeId,
            other.input({ agentRuntimeName, protocol: "HTTP" }),
        );
        const updated = echoOf(await other.invoke(other.admin(), deployed));
        assert.deepEqual([isRunning(pid), isRunning(updated.pid)], [true, true]);
        await other.stop();
        assert.deepEqual([isRunning(pid), isRunning(updated.pid)], [false, false]);
        assert.equal(await settled, "connection closed");
    });
});
