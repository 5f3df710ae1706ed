import assert from "node:assert/strict";
import { join } from "node:path";
import { runtimeEndpointArn } from "../../../agentcore/runtime";
import { account, document, trustOf, types, urnOf } from "./providersFixture";
import { registry, RuntimeFixture, service } from "./providersRuntimeFixture";

describe("the providers of runtimes", () => {
    const fixture = new RuntimeFixture();
    beforeEach(fixture.start);
    afterEach(fixture.stop);
    const { local, repository, image, execution, runtimeInputs, runtime } = fixture;

    describe("keep an archive in a bucket", () => {
        const archive = async () => {
            const { outputs } = await fixture.providers.create(types.bucket, { bucket: "archive" });
            assert.equal(outputs["arn"], "arn:aws:s3:::archive");
            return fixture.providers.create(types.bucketObject, {
                bucket: "archive",
                key: "code.zip",
                source: { path: fixture.providers.codeFolder, hash: "1" },
            });
        };

        it("with its ARN, until it is deleted", async () => {
            const made = await archive();
            assert.equal(made.id, "archive/code.zip");
            assert.equal(made.outputs["arn"], "arn:aws:s3:::archive/code.zip");
            assert.equal(local().objects.findObject("archive", "code.zip")?.hash, "1");
            const client = await fixture.providers.client(types.bucketObject);
            await client.delete(urnOf(types.bucketObject), made);
            assert.equal(local().objects.findObject("archive", "code.zip"), undefined);
        });

        it("with other files in its place, which is an update", async () => {
            const made = await archive();
            const client = await fixture.providers.client(types.bucketObject);
            const source = { path: fixture.providers.codeFolder, hash: "2" };
            const news = { ...made.inputs, source };
            const urn = urnOf(types.bucketObject);
            assert.equal(await client.diff(urn, made, news, []), "update");
            const outputs = await client.update(urn, made, news);
            assert.equal(outputs["etag"], "2");
            assert.equal(local().objects.findObject("archive", "code.zip")?.hash, "2");
        });

        it("but nothing that is no folder", async () => {
            await fixture.providers.create(types.bucket, { bucket: "archive" });
            const source = { path: join(fixture.providers.codeFolder, "index.mjs"), hash: "1" };
            await assert.rejects(
                fixture.providers.create(types.bucketObject, {
                    bucket: "archive",
                    key: "k",
                    source,
                }),
                /NotEmulated: an object that is no FileArchive of a folder/,
            );
        });

        it("and make a runtime of it", async () => {
            await archive();
            const role = await fixture.providers.role("execution", trustOf(service), {
                Action: "s3:GetObject",
                Resource: "arn:aws:s3:::archive/code.zip",
            });
            const made = await fixture.providers.create(types.runtime, {
                ...runtimeInputs(role, ""),
                agentRuntimeArtifact: {
                    codeConfiguration: {
                        code: { s3: { bucket: "archive", prefix: "code.zip" } },
                        runtime: "NODE_22",
                        entryPoint: ["index.mjs"],
                    },
                },
            });
            assert.deepEqual(local().agentRuntimes.findRuntime(made.id)?.code.command, [
                "node",
                "index.mjs",
            ]);
        });
    });

    describe("make a runtime", () => {
        it("of an image, with what its inputs say and AWS's defaults for the rest", async () => {
            const { id, outputs } = await runtime();
            assert.match(id, /^calculator-[a-zA-Z0-9]{10}$/);
            const arn = `arn:aws:bedrock-agentcore:us-east-1:${account}:runtime/${id}`;
            assert.equal(outputs["agentRuntimeArn"], arn);
            assert.equal(outputs["agentRuntimeId"], id);
            assert.equal(outputs["agentRuntimeVersion"], "1");
            assert.equal(outputs["status"], "READY");
            const made = local().agentRuntimes.findRuntime(id) ?? assert.fail();
            assert.equal(made.protocol, "MCP");
            assert.equal(made.idleRuntimeSessionTimeout, 300);
            assert.equal(made.maxLifetime, 28_800);
            assert.deepEqual(made.environmentVariables, { LEVEL: "debug" });
            assert.deepEqual(made.requestHeaderAllowlist, []);
        });

        it("in another version with each update, which replaces all that is not said", async () => {
            const made = await runtime();
            const client = await fixture.providers.client(types.runtime);
            const {
                environmentVariables: _variables,
                lifecycleConfiguration: _lifecycle,
                protocolConfiguration: _protocol,
                ...news
            } = made.inputs;
            const outputs = await client.update(urnOf(types.runtime), made, news);
            assert.equal(outputs["agentRuntimeVersion"], "2");
            const updated = local().agentRuntimes.findRuntime(made.id) ?? assert.fail();
            assert.deepEqual(updated.environmentVariables, {});
            assert.equal(updated.idleRuntimeSessionTimeout, 900);
            assert.equal(updated.protocol, "HTTP");
        });

        it("but not with a role that may not read its image", async () => {
            const role = await execution();
            local().iam.putRolePolicy(
                "execution",
                "policy",
                JSON.stringify(document({ Action: "ecr:GetAuthorizationToken", Resource: "*" })),
            );
            await repository();
            const { id } = await image();
            await assert.rejects(
                fixture.providers.create(
                    types.runtime,
                    runtimeInputs(role, `${registry}/images@${id}`),
                ),
                /^Error: ValidationException: .*Access denied while validating ECR URI/,
            );
        });

        it("but not of an image of another platform", async () => {
            const role = await execution();
            await repository();
            const { id } = await image({ platforms: ["linux/amd64"] });
            await assert.rejects(
                fixture.providers.create(
                    types.runtime,
                    runtimeInputs(role, `${registry}/images@${id}`),
                ),
                /platforms: got linux\/amd64; must have linux\/arm64/,
            );
        });

        it("and delete it", async () => {
            const made = await runtime();
            const client = await fixture.providers.client(types.runtime);
            await client.delete(urnOf(types.runtime), made);
            assert.equal(local().agentRuntimes.findRuntime(made.id), undefined);
        });

        it("with a policy of its own and one of its endpoint", async () => {
            const { outputs } = await runtime();
            const arn = outputs["agentRuntimeArn"] as string;
            const client = await fixture.providers.client(types.resourcePolicy);
            const urn = urnOf(types.resourcePolicy);
            for (const resourceArn of [arn, runtimeEndpointArn(arn)]) {
                const policy = (Resource: string) =>
                    JSON.stringify(
                        document({
                            Principal: { AWS: `arn:aws:iam::${account}:role/execution` },
                            Action: "bedrock-agentcore:InvokeAgentRuntime",
                            Resource,
                        }),
                    );
                const inputs = { resourceArn, policy: policy(resourceArn) };
                const made = await fixture.providers.create(types.resourcePolicy, inputs);
                assert.equal(made.id, resourceArn);
                const { agentRuntimes } = local();
                assert.equal(agentRuntimes.getResourcePolicy(resourceArn).text, inputs.policy);
                await assert.rejects(
                    client.update(urn, made, { ...inputs, policy: policy(`${resourceArn}*`) }),
                    /ValidationException: Statement\[0\]\.Resource: got /,
                );
                await client.delete(urn, made);
                assert.equal(agentRuntimes.policyDocument(resourceArn), undefined);
            }
        });
    });
});
