import assert from "node:assert/strict";
import type { StackPolicies } from "../../../cli/deployerPolicy";
import type { PolicyDocument } from "../../../access/documentSchema";
import { hubAccount, hubConfig } from "../../helpers/configs";
import { permissionsOf } from "../../helpers/deployerCycle";
import { runHub } from "../../helpers/hubProcess";
import { TestProject } from "../../helpers/project";

describe("hub deployer-policy", function () {
    this.timeout(60_000);
    let project: TestProject;

    beforeEach(() => {
        project = new TestProject();
    });
    afterEach(() => {
        project.remove();
    });

    it("prints one JSON array with the policies of every stack", async () => {
        const { code, stdout, stderr } = await runHub(project.folder, [
            "deployer-policy",
            "--json",
        ]);
        assert.equal(code, 0, stderr);
        const policies = JSON.parse(stdout) as StackPolicies[];
        assert.deepEqual(
            policies.map(({ stack, account, documents }) => [stack, account, documents.length]),
            [
                ["provider", "111122223333", 1],
                ["consumer", "444455556666", 1],
            ],
        );
        // Nothing of it is random.
        assert.doesNotMatch(stdout, /-[0-9a-f]{7}"|gateway\/tools-\w{10}/);
    });

    it("prints one stack's policy as it is, and what it is on stderr", async () => {
        const { stdout, stderr } = await runHub(project.folder, ["deployer-policy", "consumer"]);
        assert.equal((JSON.parse(stdout) as { Version: string }).Version, "2012-10-17");
        assert.match(stderr, /^hub: consumer: account 444455556666, 1 managed policy of at most/m);
        assert.doesNotMatch(stderr, /pending|provider/);
    });

    it("says what is pending, because the policy does not have it", async () => {
        project
            .file("Pulumi.consumer.yaml", "config: {}\n")
            .config("provider", hubConfig([{ spoke: "consumer", roles: ["developer"] }]));
        const { code, stderr } = await runHub(project.folder, ["deployer-policy"]);
        assert.equal(code, 0);
        assert.match(stderr, /^hub: provider: pending, and not in the policy: grant on gateway/m);
    });

    it("computes it for functions and runtimes that are there already", async () => {
        const runtimeArn = `arn:aws:bedrock-agentcore:us-east-1:${hubAccount}:runtime/theirs-5y5cxbPEDW`;
        project.file("Pulumi.consumer.yaml", "config: {}\n").config("provider", {
            account: { role: "provider", id: hubAccount },
            gateways: {
                tools: {
                    targets: {
                        theirs: { existingRuntimeArn: runtimeArn },
                        function: {
                            existingLambdaArn: `arn:aws:lambda:us-east-1:${hubAccount}:function:theirs`,
                            toolSchemaFile: "workloads/echo-tool/tools.json",
                        },
                    },
                    grants: [],
                },
            },
        });
        const { stdout, stderr } = await runHub(project.folder, ["deployer-policy"]);
        assert.equal(stderr.split("\n").length, 2, stderr);
        const [document] = [JSON.parse(stdout) as PolicyDocument];
        const ofRuntime = permissionsOf([document]).filter(({ resource }) =>
            resource.includes(":runtime/"),
        );
        assert.deepEqual(
            ofRuntime.map(({ action, resource }) => [action, resource]),
            [["bedrock-agentcore:GetAgentRuntime", runtimeArn]],
        );
        assert.doesNotMatch(stdout, /lambda/);
    });

    it("refuses a stack that is not there", async () => {
        const { code, stdout, stderr } = await runHub(project.folder, ["deployer-policy", "prod"]);
        assert.deepEqual([code, stdout], [2, ""]);
        assert.equal(stderr, "hub: stack: got prod; must be one of provider, consumer\n");
    });
});
