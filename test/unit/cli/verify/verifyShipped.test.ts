import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Expected } from "../../../../cli/verify/verifyExpected";
import { hubAccount, spokeAccount } from "../../../helpers/configs";
import { repository } from "../../../helpers/project";
import { VerifyHub } from "./verifyFixture";

const shipped = readFileSync(join(repository, "Pulumi.provider.yaml"), "utf8");

describe("hub verify of the stacks as they are shipped", function () {
    this.timeout(60_000);
    const verify = new VerifyHub();
    let expected: Expected;
    before(async () => {
        await verify.hub.start();
        await verify.deploy();
        expected = await verify.expected();
    });
    after(() => verify.hub.stop());

    const grant = (...roles: string[]) => {
        const { agentcore } = verify.account(hubAccount);
        const { gatewayArn } = verify.hub.gateway();
        const statement = {
            Effect: "Allow",
            Principal: { AWS: roles.map((role) => `arn:aws:iam::${spokeAccount}:role/${role}`) },
            Action: "bedrock-agentcore:InvokeGateway",
            Resource: gatewayArn,
        };
        const policy = { Version: "2012-10-17", Statement: [statement] };
        agentcore.putResourcePolicy(gatewayArn, JSON.stringify(policy));
    };
    afterEach(() => {
        grant("developer", "agent");
    });

    it("calls the tools of both targets, asks the agent, and goes around the gateway", async () => {
        const results = await verify.results(expected);
        assert.deepEqual(
            results.map(({ name, status, got, profile }) => [name, status, got, profile]),
            [
                ["consumer-auditor → tools", "held", "HTTP 403", "consumer-auditor"],
                [
                    ...["consumer-developer → tools", "held"],
                    "4 tools; called echo-tools___echo_message, calculator___add_numbers",
                    "consumer-developer",
                ],
                [
                    ...["consumer-agent → tools", "held"],
                    ...["the agent called echo-tools___echo_message", "account-b"],
                ],
                ["unsigned → tools", "held", "HTTP 401", undefined],
                ["wrong region → tools", "held", "HTTP 401", "consumer-developer"],
                ["wrong service → tools", "held", "HTTP 401", "consumer-developer"],
                ["expired session → tools", "held", "HTTP 401", undefined],
                ...["auditor", "developer"].map((role) => [
                    ...[`consumer-${role} → calculator, around tools`, "held", "HTTP 403"],
                    `consumer-${role}`,
                ]),
            ],
        );
    });

    it("tells of an agent that the program grants and its gateway refuses", async () => {
        grant("developer");
        const differing = await verify.differing(expected);
        assert.deepEqual(Object.keys(differing), ["consumer-agent → tools"]);
        assert.match(Object.values(differing)[0] ?? "", /^The gateway http.* refused .*403/);
    });

    it("takes the agent's own word for a refusal that the program says", async () => {
        verify.hub.project.file(
            "Pulumi.provider.yaml",
            shipped.replace("[developer, agent]", "[developer]"),
        );
        const ungranted = await verify.expected();
        verify.hub.project.ship("provider");
        const agent = async () =>
            (await verify.results(ungranted)).find(({ kind }) => kind === "agent");
        const letIn = await agent();
        assert.equal(letIn?.expect, "refuse");
        assert.equal(letIn.status, "differs");
        assert.equal(letIn.got, "the agent called echo-tools___echo_message");
        grant("developer");
        const refused = await agent();
        assert.equal(refused?.status, "held");
        assert.match(refused.got, /refused/);
        assert.ok(refused.requestId !== undefined);
    });

    it("tells of a runtime that lets a caller in around its gateway", async () => {
        const { agentRuntimes } = verify.account(hubAccount);
        const [runtime] = agentRuntimes.runtimes();
        const { agentRuntimeArn } = runtime ?? assert.fail();
        const arns = [agentRuntimeArn, `${agentRuntimeArn}/runtime-endpoint/DEFAULT`];
        const before = arns.map((arn) => agentRuntimes.getResourcePolicy(arn).text);
        const { iam } = verify.account(spokeAccount);
        const call = { Effect: "Allow", Action: "bedrock-agentcore:InvokeAgentRuntime" };
        const Principal = { AWS: `arn:aws:iam::${spokeAccount}:role/auditor` };
        const document = (Statement: object) =>
            JSON.stringify({ Version: "2012-10-17", Statement });
        for (const Resource of arns) {
            agentRuntimes.putResourcePolicy(Resource, document({ ...call, Principal, Resource }));
        }
        iam.putRolePolicy("auditor", "around", document({ ...call, Resource: arns }));
        try {
            const differing = await verify.differing(expected);
            // The gateway's own role has lost its runtime by this, too.
            assert.equal(
                differing["consumer-auditor → calculator, around tools"],
                "let in: HTTP 200",
            );
            assert.ok(!("consumer-developer → calculator, around tools" in differing));
        } finally {
            iam.deleteRolePolicy("auditor", "around");
            arns.forEach((arn, index) => {
                agentRuntimes.putResourcePolicy(arn, before[index] ?? "");
            });
        }
    });
});
