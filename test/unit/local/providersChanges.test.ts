import assert from "node:assert/strict";
import { createOnlyProperties, type ConstrainedType } from "../../../agentcore/constraints";
import {
    account,
    document,
    gatewayInputs,
    Providers,
    trustOf,
    types,
    urnOf,
    type Inputs,
} from "./providersFixture";

const lambdaService = "lambda.amazonaws.com";
const gatewayService = "bedrock-agentcore.amazonaws.com";

/** Changes of a resource's inputs, one at a time. */
interface Change {
    type: ConstrainedType;
    olds: Inputs;
    replaced: Inputs;
    updated: Inputs;
    isDeletedFirst?: true;
}

describe("the providers", () => {
    let providers: Providers;
    beforeEach(async () => {
        providers = await new Providers().start();
    });
    afterEach(() => providers.stop());

    describe("know what is another resource", () => {
        const role = `arn:aws:iam::${account}:role/a`;
        for (const { type, olds, replaced, updated, isDeletedFirst } of [
            {
                type: types.role,
                olds: { name: "a", path: "/", description: "a", maxSessionDuration: 3600 },
                replaced: { name: "b", path: "/b/" },
                updated: { description: "b", maxSessionDuration: 7200, tags: { a: "b" } },
            },
            {
                type: types.rolePolicy,
                olds: { name: "a", role: "a", policy: "{}" },
                replaced: { name: "b", role: "b" },
                updated: { policy: "[]" },
            },
            {
                type: types.lambda,
                olds: { name: "a", role, runtime: "nodejs22.x", code: { hash: "a", path: "/a" } },
                replaced: { name: "b" },
                updated: {
                    role: `${role}b`,
                    runtime: "nodejs24.x",
                    architectures: ["arm64"],
                    code: { hash: "b", path: "/a" },
                },
            },
            {
                type: types.logGroup,
                olds: { name: "a", retentionInDays: 1 },
                replaced: { name: "b" },
                updated: { retentionInDays: 3 },
            },
            {
                type: types.gateway,
                olds: gatewayInputs("a", role),
                replaced: {},
                updated: { name: "b", roleArn: `${role}b`, exceptionLevel: "DEBUG" },
            },
            {
                type: types.target,
                olds: { name: "a", gatewayIdentifier: "a-0123456789" },
                replaced: { gatewayIdentifier: "b-0123456789" },
                updated: { name: "b", description: "b" },
            },
            {
                type: types.resourcePolicy,
                olds: { resourceArn: "a", policy: "{}" },
                replaced: { resourceArn: "b" },
                updated: { policy: "[]" },
            },
            {
                type: types.repository,
                olds: { name: "a", imageTagMutability: "MUTABLE" },
                replaced: { name: "b" },
                updated: { imageTagMutability: "IMMUTABLE", forceDelete: true, tags: { a: "b" } },
            },
            {
                type: types.lifecyclePolicy,
                olds: { repository: "a", policy: "{}" },
                replaced: { repository: "b", policy: "[]" },
                updated: {},
                isDeletedFirst: true,
            },
            {
                type: types.bucket,
                olds: { bucket: "a" },
                replaced: { bucket: "b" },
                updated: { forceDestroy: true, tags: { a: "b" } },
            },
            {
                type: types.bucketObject,
                olds: { bucket: "a", key: "a", source: { hash: "a", path: "/a" } },
                replaced: { bucket: "b", key: "b" },
                updated: { source: { hash: "b", path: "/a" } },
            },
            {
                type: types.runtime,
                olds: { agentRuntimeName: "a", roleArn: role },
                replaced: { agentRuntimeName: "b" },
                updated: { roleArn: `${role}b`, description: "b", protocolConfiguration: "MCP" },
            },
            {
                type: types.command,
                olds: { create: "a", triggers: ["a"] },
                replaced: { triggers: ["b"] },
                updated: { create: "b", update: "b", delete: "b", environment: { A: "b" } },
            },
        ] satisfies Change[]) {
            it(`of ${type}: exactly what AWS cannot change`, async () => {
                const client = await providers.client(type);
                const old = { id: "id", inputs: olds, outputs: olds };
                const diff = (news: Inputs) => client.diff(urnOf(type), old, news, []);
                assert.equal(await diff(olds), "same");
                for (const [name, value] of Object.entries<unknown>(updated)) {
                    assert.equal(await diff({ ...olds, [name]: value }), "update", name);
                }
                for (const [name, value] of Object.entries<unknown>(replaced)) {
                    const news = { ...olds, [name]: value };
                    const verdict = isDeletedFirst === true ? "deleteThenCreate" : "replace";
                    assert.equal(await diff(news), verdict, name);
                    await assert.rejects(client.update(urnOf(type), old, news), {
                        message: `ValidationException: ${name}: got ${JSON.stringify(value)}; must stay ${JSON.stringify((olds as Inputs)[name])}: another value is another resource`,
                    });
                }
                assert.deepEqual(Object.keys(replaced), createOnlyProperties(type));
            });
        }

        it("but not of a function whose code stands elsewhere and is the same", async () => {
            const client = await providers.client(types.lambda);
            const inputs = { name: "a", code: { hash: "a", path: "/a" } };
            const old = { id: "a", inputs, outputs: inputs };
            const moved = { name: "a", code: { hash: "a", path: "/b" } };
            assert.equal(await client.diff(urnOf(types.lambda), old, moved, []), "same");
        });
    });

    it("say nothing of what a preview does not know, and refuse the rest", async () => {
        const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
        assert.deepEqual(
            await providers.failures(types.gateway, {
                ...gatewayInputs("tools", unknown),
                description: "",
                tags: unknown,
            }),
            ["description: got 0 characters; must have 1-200 characters"],
        );
        assert.deepEqual(
            await providers.failures(types.rolePolicy, {
                role: unknown,
                policy: `not JSON, with ${unknown}`,
            }),
            [],
        );
    });

    it("take policy documents as objects, as the bridged provider does", async () => {
        const trust = document(trustOf(lambdaService));
        const { outputs } = await providers.create(types.role, {
            name: "a",
            assumeRolePolicy: trust,
        });
        assert.deepEqual(JSON.parse(outputs["assumeRolePolicy"] as string), trust);
    });

    it("keep the tags of roles and gateways, and change them in place", async () => {
        await providers.cloud.account(account);
        const { iam, agentcore } = providers.cloud.accounts.get(account) ?? assert.fail();
        const trust = JSON.stringify(document(trustOf(gatewayService)));
        const made = await providers.create(types.role, {
            name: "gateway",
            assumeRolePolicy: trust,
            tags: { team: "tools" },
        });
        assert.deepEqual(iam.role("gateway").tags, { team: "tools" });
        assert.deepEqual(made.outputs["tagsAll"], { team: "tools" });
        const client = await providers.client(types.role);
        await client.update(urnOf(types.role), made, { ...made.inputs, tags: { team: "data" } });
        assert.deepEqual(iam.role("gateway").tags, { team: "data" });
        const { tags: _tags, ...untagged } = made.inputs;
        await client.update(urnOf(types.role), made, untagged);
        assert.deepEqual(iam.role("gateway").tags, {});

        const { id, outputs } = await providers.create(types.gateway, {
            ...gatewayInputs("tools", made.outputs["arn"] as string),
            tags: { team: "tools" },
        });
        assert.deepEqual(agentcore.gateway(id).tags, { team: "tools" });
        assert.deepEqual(outputs["tags"], { team: "tools" });
    });
});
