import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRuntimeArn, runtimeEndpointArn } from "../../../agentcore/runtime";
import { assumptions } from "../../../agentcore/openFacts";
import type { LocalAccount } from "../../../local/services/account";
import { AgentRuntimes, type AgentRuntimeInput } from "../../../local/services/agentRuntimes";
import { PrincipalDirectory } from "../../../local/services/principals";
import { ServiceRoles } from "../../../local/services/serviceRoles";
import {
    accountId,
    executionStatements,
    otherAccountId,
    region,
    AgentRuntimeFixture,
} from "./agentRuntimeFixture";

describe("the runtimes of an account", () => {
    let fixture: AgentRuntimeFixture;
    let account: LocalAccount;
    before(async () => {
        fixture = await new AgentRuntimeFixture().start();
        account = fixture.account;
    });
    after(() => fixture.stop());
    const create = (change: Partial<AgentRuntimeInput> = {}) => fixture.runtime(change);
    const refused = (
        change: Partial<AgentRuntimeInput>,
        code: string,
        message: RegExp | string,
    ): void => {
        assert.throws(() => create(change), { code, message });
    };

    it("have AWS's ids and ARNs, and the code of their image", () => {
        const runtime = create({ agentRuntimeName: "my_server" });
        assert.match(runtime.agentRuntimeId, /^my_server-[a-zA-Z0-9]{10}$/);
        assert.equal(
            runtime.agentRuntimeArn,
            `arn:aws:bedrock-agentcore:${region}:${accountId}:runtime/${runtime.agentRuntimeId}`,
        );
        assert.ok(isRuntimeArn(runtime.agentRuntimeArn));
        assert.equal(runtime.status, "READY");
        assert.equal(runtime.agentRuntimeVersion, "1");
        const { workingDirectory, command, environment } = runtime.code;
        assert.deepEqual(
            { workingDirectory, command, environment },
            {
                workingDirectory: "/app",
                command: ["node", "--max-old-space-size=64", "server.mjs"],
                environment: { NODE_ENV: "production" },
            },
        );
        assert.equal(account.agentRuntimes.runtimeByArn(runtime.agentRuntimeArn), runtime);
        assert.equal(account.agentRuntimes.findRuntime(runtime.agentRuntimeId), runtime);
        const endpointArn = runtimeEndpointArn(runtime.agentRuntimeArn);
        assert.equal(account.agentRuntimes.runtimeByArn(endpointArn), undefined);
    });

    it("have names of letters, digits and underscores, and no two the same", () => {
        refused(
            { agentRuntimeName: "my-server" },
            "ValidationException",
            /agentRuntimeName: got "my-server"; must be 1-48 letters, digits or underscores/,
        );
        create({ agentRuntimeName: "twice" });
        refused(
            { agentRuntimeName: "twice" },
            "ConflictException",
            /^An agent with the specified name already exists in your account\./,
        );
    });

    it("have lifetimes within AWS's bounds", () => {
        refused(
            { idleRuntimeSessionTimeout: 59, maxLifetime: 1_209_601 },
            "ValidationException",
            /^2 validation errors detected: .*idleRuntimeSessionTimeout: got 59.*maxLifetime: got 1209601/,
        );
    });

    it("have a role of their account that AgentCore may assume for them", () => {
        const missing = `arn:aws:iam::${accountId}:role/missing`;
        refused(
            { roleArn: missing },
            "ValidationException",
            `Role validation failed for '${missing}'. Please verify that the role exists and its trust policy allows assumption by this service (roleArn: got ${missing}; must be a role that is there)`,
        );
        refused(
            { roleArn: `arn:aws:iam::${otherAccountId}:role/AdminRole` },
            "AccessDeniedException",
            /^Cross-account pass role is not allowed\./,
        );
        refused(
            { roleArn: `arn:aws:iam::${accountId}:role/AdminRole` },
            "ValidationException",
            /^Role validation failed for .* its trust policy must admit bedrock-agentcore\.amazonaws\.com with aws:SourceAccount 111122223333 and aws:SourceArn arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime\/server_/,
        );
    });

    it("have a role that may pull their image, each permission of it", () => {
        for (const action of [
            "ecr:GetAuthorizationToken",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ]) {
            const roleArn = fixture.executionRole([
                { Effect: "Allow", Action: "ecr:*", Resource: "*" },
                { Effect: "Deny", Action: action, Resource: "*" },
            ]);
            const containerUri = fixture.push();
            assert.throws(
                () => create({ roleArn, artifact: { kind: "container", containerUri } }),
                (error: Error) => {
                    assert.ok(
                        error.message.startsWith(
                            `Access denied while validating ECR URI '${containerUri}'. The execution role requires permissions for ecr:GetAuthorizationToken, ecr:BatchGetImage, and ecr:GetDownloadUrlForLayer operations.`,
                        ),
                    );
                    assert.match(error.message, new RegExp(`must allow ${action} on [^,]+$`));
                    return true;
                },
            );
        }
    });

    it("have an image that is there, for linux/arm64, of the account's own registry", () => {
        const { repositoryUrl } = account.images.repository("servers");
        refused(
            { artifact: { kind: "container", containerUri: `${repositoryUrl}:v1` } },
            "ValidationException",
            /^The specified image identifier does not exist in the repository\. Verify the image tag format and repository name\. \(containerUri: got .*servers:v1; must be an image that was pushed\)$/,
        );
        const containerUri = fixture.push("", { platforms: ["linux/amd64"] });
        refused(
            { artifact: { kind: "container", containerUri } },
            "ValidationException",
            `Architecture incompatible for uri '${containerUri}'. Supported architectures: [arm64]. (platforms: got linux/amd64; must have linux/arm64)`,
        );
        refused(
            {
                artifact: {
                    kind: "container",
                    containerUri: `${otherAccountId}.dkr.ecr.${region}.amazonaws.com/servers:v1`,
                },
            },
            "NotEmulated",
            /images outside of the account's own registry/,
        );
    });

    it("run node, and speak MCP or HTTP", () => {
        const containerUri = fixture.push("", { command: ["python", "server.py"] });
        refused(
            { artifact: { kind: "container", containerUri } },
            "NotEmulated",
            /a runtime that runs \["python","server\.py"\]; it must run node/,
        );
        refused({ protocol: "A2A" as "MCP" }, "NotEmulated", /runtime protocol A2A/);
    });

    it("have headers to pass on that are not AWS's own", () => {
        const { requestHeaderAllowlist } = create({
            requestHeaderAllowlist: ["X-Request", "X-Amzn-Bedrock-AgentCore-Runtime-Custom-Team"],
        });
        assert.equal(requestHeaderAllowlist.length, 2);
        for (const name of ["X-Amz-Date", "x-amzn-trace"]) {
            refused({ requestHeaderAllowlist: [name] }, "ValidationException", /must not start/);
        }
    });

    it("take an archive in place of an image, where their role may read it", () => {
        const folder = join(fixture.folder, "archive");
        mkdirSync(folder);
        writeFileSync(join(folder, "server.mjs"), "");
        account.objects.createBucket({ bucket: "code-of-servers" }, region);
        const { arn } = account.objects.putArchive("code-of-servers", "a/server.zip", {
            folder,
            hash: "1234",
        });
        const artifact = {
            kind: "code",
            bucket: "code-of-servers",
            prefix: "a/server.zip",
            runtime: "NODE_22",
            entryPoint: ["server.mjs"],
        } as const;
        const input = { ...artifact, entryPoint: [...artifact.entryPoint] };
        const reader = fixture.executionRole([
            { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::code-of-servers/*" },
        ]);
        const runtime = create({ roleArn: reader, artifact: input });
        assert.equal(runtime.code.workingDirectory, "/");
        assert.deepEqual(runtime.code.command, ["node", "server.mjs"]);
        const denied =
            "Access denied when trying to retrieve zip file from S3. Check if you have sufficient permissions on the object";
        const stranger = fixture.executionRole();
        refused(
            { roleArn: stranger, artifact: input },
            "ValidationException",
            `${denied} (roleArn: got ${stranger}; its policies must allow s3:GetObject on ${arn})`,
        );
        refused(
            { roleArn: reader, artifact: { ...input, prefix: "b.zip" } },
            "ValidationException",
            `${denied} (code.s3: got s3://code-of-servers/b.zip; must be an object of account ${accountId} that is there)`,
        );
        refused(
            { roleArn: reader, artifact: { ...input, runtime: "PYTHON_3_13" } },
            "NotEmulated",
            /runtimes of PYTHON_3_13/,
        );
        refused(
            { roleArn: reader, artifact: { ...input, entryPoint: ["a", "b"] } },
            "NotEmulated",
            /entryPoint of several parts/,
        );
        const { iam, images, objects } = account;
        const others = new AgentRuntimes(account, {
            ...{ images, objects, now: Date.now },
            directory: new PrincipalDirectory(fixture.cloud.accounts),
            roles: new ServiceRoles(account, iam, Date.now),
            assumptions: assumptions({ runtimeArchiveReader: "caller" }),
        });
        assert.ok(
            others.createAgentRuntime(
                fixture.input({ roleArn: stranger, artifact: input }),
                region,
            ),
        );
    });

    it("get a new version with each update, which replaces all but the name", () => {
        const first = create({ description: "old", requestHeaderAllowlist: ["x-old"] });
        const { description: _gone, ...input } = fixture.input({
            agentRuntimeName: first.agentRuntimeName,
        });
        const second = account.agentRuntimes.updateAgentRuntime(first.agentRuntimeId, input);
        assert.equal(second.agentRuntimeArn, first.agentRuntimeArn);
        assert.equal(second.agentRuntimeVersion, "2");
        assert.equal(second.description, undefined);
        assert.deepEqual(second.requestHeaderAllowlist, []);
        assert.throws(
            () =>
                account.agentRuntimes.updateAgentRuntime(
                    first.agentRuntimeId,
                    fixture.input({ agentRuntimeName: "other" }),
                ),
            { code: "ValidationException", message: /cannot be changed/ },
        );
        assert.throws(
            () =>
                account.agentRuntimes.updateAgentRuntime(
                    first.agentRuntimeId,
                    fixture.input({
                        agentRuntimeName: first.agentRuntimeName,
                        roleArn: fixture.executionRole([]),
                    }),
                ),
            { code: "ValidationException", message: /^Access denied while validating ECR URI/ },
        );
        assert.equal(account.agentRuntimes.runtime(first.agentRuntimeId), second);
    });

    it("keep what the statements of an execution role are about", () => {
        const roleArn = fixture.executionRole(executionStatements);
        assert.ok(create({ roleArn }));
        const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
        account.iam.deleteRolePolicy(name, "execution");
        refused({ roleArn }, "ValidationException", /^Access denied while validating ECR URI/);
    });
});
