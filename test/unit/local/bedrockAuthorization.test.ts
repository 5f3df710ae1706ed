import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import assert from "node:assert/strict";
import { modelInvocationArns } from "../../../agentcore/bedrock";
import {
    accountId,
    BedrockCloud,
    events,
    foundationModelId,
    modelId,
    profileArn,
    user,
} from "./bedrockFixture";

const call = { region: "us-east-1", accountId };
const both = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
const exact = (id: string) => modelInvocationArns({ ...call, modelId: id }) ?? assert.fail(id);
const allow = (Resource: unknown, change: object = {}) => ({
    ...{ Effect: "Allow", Action: both, Resource },
    ...change,
});
const nothing = allow("arn:aws:bedrock:us-east-1::foundation-model/other.model");

describe("A call of a model", () => {
    const bedrock = new BedrockCloud();
    before(() => bedrock.start());
    after(() => bedrock.stop());

    /** `allowed`, or the refusal. */
    const converse = async (statements: readonly object[], id = modelId, region = "us-east-1") => {
        const client = bedrock.client(bedrock.session(statements), { region });
        try {
            await client.send(new ConverseCommand({ modelId: id, messages: [user("hello")] }));
            return "allowed";
        } catch (error) {
            const { name, message } = error as Error;
            return `${name}: ${message}`;
        }
    };

    for (const id of [modelId, `global.${foundationModelId}`, foundationModelId, profileArn]) {
        it(`is allowed by exactly the ARNs of ${id}, and by none fewer`, async () => {
            const arns = exact(id);
            assert.equal(await converse([allow(arns)], id), "allowed");
            for (const without of arns) {
                const fewer = arns.filter((arn) => arn !== without);
                const refused = await converse(
                    [nothing, ...(fewer.length > 0 ? [allow(fewer)] : [])],
                    id,
                );
                assert.match(refused, /^AccessDeniedException: /);
                assert.ok(refused.includes(`on resource: ${without} because`), refused);
            }
        });
    }

    it("is refused in IAM's words", async () => {
        const refused = await converse([nothing]);
        assert.match(
            refused,
            /^AccessDeniedException: User: arn:aws:sts::444455556666:assumed-role\/agent-\d+\/test is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1:444455556666:inference-profile\/us\.anthropic\.claude-haiku-4-5-20251001-v1:0 because no identity-based policy allows the bedrock:InvokeModel action$/,
        );
    });

    it("with a stream has an action of its own", async () => {
        const statements = [allow(exact(modelId), { Action: "bedrock:InvokeModel" })];
        const client = bedrock.client(bedrock.session(statements));
        const stream = events(client, { modelId, messages: [user("hello")] });
        await assert.rejects(stream, {
            name: "AccessDeniedException",
            message: /not authorized to perform: bedrock:InvokeModelWithResponseStream on resource/,
        });
    });

    it("knows the profile on the foundation models, and not on the profile", async () => {
        const models = "arn:aws:bedrock:*::foundation-model/*";
        const Condition = { ArnEquals: { "bedrock:InferenceProfileArn": profileArn } };
        assert.equal(await converse([allow(profileArn), allow(models, { Condition })]), "allowed");
        const onProfile = await converse([allow(profileArn, { Condition }), allow(models)]);
        assert.match(
            onProfile,
            /on resource: arn:aws:bedrock:us-east-1:444455556666:inference-profile/,
        );
        const direct = await converse([allow(models, { Condition })], foundationModelId);
        assert.match(direct, /^AccessDeniedException/);
    });

    it("by a global profile is denied where the region `unspecified` is", async () => {
        const Condition = { StringEquals: { "aws:RequestedRegion": "unspecified" } };
        const id = `global.${foundationModelId}`;
        const deny = { Effect: "Deny", Action: "bedrock:*", Resource: "*", Condition };
        const refused = await converse([allow("*"), deny], id);
        assert.match(refused, /arn:aws:bedrock:::foundation-model\/.* with an explicit deny/);
        assert.equal(await converse([allow("*"), deny]), "allowed");
    });

    it("is of the region that it is signed for", async () => {
        const arns = modelInvocationArns({
            ...call,
            region: "eu-west-1",
            modelId: `eu.${foundationModelId}`,
        });
        const id = `eu.${foundationModelId}`;
        assert.equal(await converse([allow(arns)], id, "eu-west-1"), "allowed");
        assert.equal(
            await converse([allow("*")], id),
            "ValidationException: The provided model identifier is invalid.",
        );
    });

    it("of a model that is not there is refused as that only to who may call it", async () => {
        const id = "anthropic_claude";
        assert.equal(
            await converse([allow("*")], id),
            "ValidationException: The provided model identifier is invalid.",
        );
        assert.match(
            await converse([nothing], id),
            /^AccessDeniedException: .*foundation-model\/anthropic_claude/,
        );
    });

    it("by an application profile is not emulated, by name", async () => {
        const id = `arn:aws:bedrock:us-east-1:${accountId}:application-inference-profile/abc123`;
        assert.match(
            await converse([allow("*")], id),
            /^NotEmulated: .*models of kind application-inference-profile/,
        );
    });
});
