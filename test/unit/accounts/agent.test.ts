import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { PolicyDocument } from "../../../access/documentSchema";
import { ask, type AskOutcome } from "../../../cli/ask";
import { sigv4Fetch } from "../../../sigv4-fetch/src/index.js";
import { developer, hubAccount, hubConfig, spokeAccount } from "../../helpers/configs";
import { credentialsOf, LocalHub } from "../../helpers/localHub";

const admin = `arn:aws:iam::${spokeAccount}:role/AdminRole`;
const question = 'Echo back the message "hello".';
const agentGrant = { spoke: "consumer", roles: ["developer", "agent"] };
const model = "anthropic.claude-haiku-4-5-20251001-v1:0";

describe("a spoke's agent on the local cloud", function () {
    this.timeout(60_000);
    let hub: LocalHub;
    before(async () => {
        hub = await new LocalHub().start();
        hub.project.config("provider", hubConfig([agentGrant]));
        await hub.deployAll();
    });
    after(() => hub.stop());

    const runtime = async () => {
        const { backend } = await hub.target();
        const runtimes = backend.read("consumer")?.outputs["runtimes"] as
            Record<string, { runtimeArn: string; runtimeArnUrlEncoded: string }> | undefined;
        return runtimes?.["agent"] ?? assert.fail("The stack has no agent");
    };
    const askAs = async (role: string, prompt = question): Promise<AskOutcome> => {
        const { pathname, search } = new URL((await runtime()).runtimeArnUrlEncoded);
        return ask({
            prompt,
            url: `${hub.cloud.endpoints.bedrockAgentcore}${pathname}${search}`,
            session: randomUUID(),
            signed: sigv4Fetch({
                service: "bedrock-agentcore",
                region: "us-east-1",
                credentials: credentialsOf(hub.session(spokeAccount, role)),
            }),
        });
    };
    const grant = async (grants: unknown[]) => {
        hub.project.config("provider", hubConfig(grants));
        await hub.deploy("provider");
    };

    it("answers who may ask it, with the hub's tools", async () => {
        const outcome = await askAs("AdminRole");
        assert.ok(outcome.outcome === "ok", JSON.stringify(outcome));
        assert.match(outcome.response, /hello/);
        assert.deepEqual(
            outcome.toolCalls.map(({ name, isError }) => ({ name, isError })),
            [{ name: "echo-tools___echo_message", isError: false }],
        );
    });

    it("refuses everyone else, the granted callers of its own account too", async () => {
        const outcome = await askAs("developer");
        assert.deepEqual(
            [outcome.outcome, "httpStatus" in outcome && outcome.httpStatus],
            ["refused", 403],
        );
    });

    it("says which gateway refuses it when its grant is gone, and answers when it is back", async () => {
        await grant([developer]);
        const refused = await askAs("AdminRole");
        await grant([agentGrant]);
        assert.ok(refused.outcome === "failed", JSON.stringify(refused));
        assert.ok(refused.error.includes(hub.gateway().gatewayUrl), refused.error);
        assert.match(refused.error, /refused the agent \(HTTP 403\)/);
        assert.match(
            hub.cloud.refusalOf(refused.requestId ?? "") ?? "",
            /does not name arn:aws:iam::444455556666:role\/agent/,
        );
        assert.equal((await askAs("AdminRole")).outcome, "ok");
    });

    it("has a role that may call its gateway and its model, write what it tells, and no more", async () => {
        const { iam, images } = hub.cloud.accounts.get(spokeAccount) ?? assert.fail();
        const allowed = [...iam.role("agent").inlinePolicies.values()]
            .flatMap((text) => (JSON.parse(text) as PolicyDocument).Statement)
            .map(({ Action, Resource, Condition }) => {
                const what = `${[Action].flat().sort().join(" ")} on ${[Resource].flat().join(" ")}`;
                return Condition === undefined ? what : `${what} if ${JSON.stringify(Condition)}`;
            });
        const id = (await runtime()).runtimeArn.split("/").at(-1) ?? "";
        const repository = images.repositories()[0]?.repositoryArn ?? "";
        const profile = `arn:aws:bedrock:us-east-1:${spokeAccount}:inference-profile/us.${model}`;
        const invokeModel = "bedrock:InvokeModel bedrock:InvokeModelWithResponseStream";
        assert.deepEqual(allowed.sort(), [
            `bedrock-agentcore:InvokeGateway on ${hub.gateway().gatewayArn}`,
            `${invokeModel} on arn:aws:bedrock:*::foundation-model/${model} if {"StringEquals":{"bedrock:InferenceProfileArn":"${profile}"}}`,
            `${invokeModel} on ${profile}`,
            'cloudwatch:PutMetricData on * if {"StringEquals":{"cloudwatch:namespace":"bedrock-agentcore"}}',
            `ecr:BatchGetImage ecr:GetDownloadUrlForLayer on ${repository}`,
            "ecr:GetAuthorizationToken on *",
            `logs:CreateLogStream logs:PutLogEvents on arn:aws:logs:us-east-1:${spokeAccount}:log-group:/aws/bedrock-agentcore/runtimes/${id}-DEFAULT:*`,
            "xray:PutTelemetryRecords xray:PutTraceSegments on *",
        ]);
    });

    it("cannot be the hub's administrator's", async () => {
        const { pathname, search } = new URL((await runtime()).runtimeArnUrlEncoded);
        const outcome = await ask({
            prompt: question,
            url: `${hub.cloud.endpoints.bedrockAgentcore}${pathname}${search}`,
            session: randomUUID(),
            signed: sigv4Fetch({
                service: "bedrock-agentcore",
                region: "us-east-1",
                credentials: credentialsOf(hub.session(hubAccount, "AdminRole")),
            }),
        });
        assert.equal(outcome.outcome, "refused");
    });

    it("finds its tools by the gateway's search", async () => {
        const { gateways, ...rest } = hubConfig([agentGrant]);
        const { tools } = gateways;
        const searched = { ...tools, searchType: "SEMANTIC" };
        hub.project.config("provider", { ...rest, gateways: { searched } }).config("consumer", {
            account: { role: "consumer", id: spokeAccount },
            hubs: { "tools-team": { account: hubAccount, stack: "provider" } },
            callers: {
                developer: { gateways: ["tools-team/searched"], assumedBy: [admin] },
            },
            agent: {
                gateways: ["tools-team/searched"],
                invokedBy: [admin],
                toolLoading: "search",
            },
        });
        await hub.deployAll();
        const outcome = await askAs("AdminRole");
        assert.ok(outcome.outcome === "ok", JSON.stringify(outcome));
        assert.deepEqual(
            outcome.toolCalls.map(({ name }) => name),
            ["x_amz_bedrock_agentcore_search", "echo-tools___echo_message"],
        );
        assert.match(outcome.response, /hello/);
    });

    it("answers without tools, and says so, where it has no gateway", async () => {
        hub.project.config("consumer", {
            account: { role: "consumer", id: spokeAccount },
            agent: { invokedBy: [admin] },
        });
        await hub.deploy("consumer");
        const outcome = await askAs("AdminRole");
        assert.ok(outcome.outcome === "ok", JSON.stringify(outcome));
        assert.deepEqual(outcome.toolCalls, []);
        assert.match(outcome.response, /no tools/i);
    });

    it("is refused its model when its role may not invoke it", async () => {
        const { iam } = hub.cloud.accounts.get(spokeAccount) ?? assert.fail();
        const { inlinePolicies } = iam.role("agent");
        const [name = ""] =
            [...inlinePolicies].find(([, text]) => text.includes("bedrock:Invoke")) ?? [];
        iam.deleteRolePolicy("agent", name);
        const outcome = await askAs("AdminRole");
        assert.ok(outcome.outcome === "failed", JSON.stringify(outcome));
        assert.match(outcome.error, /not authorized to perform: bedrock:InvokeModel/);
    });
});
