import assert from "node:assert/strict";
import {
    modelInvocationArns,
    modelInvocationResources,
    parseModelId,
} from "../../../agentcore/bedrock";

const model = "anthropic.claude-haiku-4-5-20251001-v1:0";
const call = { region: "us-east-1", accountId: "444455556666" };
const foundation = (region: string) => `arn:aws:bedrock:${region}::foundation-model/${model}`;
const profile = (id: string, region = "us-east-1") =>
    `arn:aws:bedrock:${region}:444455556666:inference-profile/${id}`;

describe("A Bedrock model id", () => {
    it("is a foundation model's, a profile's, or an ARN of either", () => {
        assert.deepEqual(parseModelId(model), { kind: "foundationModel", modelId: model });
        assert.deepEqual(parseModelId(`us-gov.${model}`), {
            kind: "geographicProfile",
            profileId: `us-gov.${model}`,
            geography: "us-gov",
            modelId: model,
        });
        assert.deepEqual(parseModelId(profile(`global.${model}`)), {
            kind: "globalProfile",
            profileId: `global.${model}`,
            modelId: model,
            region: "us-east-1",
            partition: "aws",
            accountId: "444455556666",
        });
        assert.deepEqual(parseModelId(foundation("eu-west-1")), {
            kind: "foundationModel",
            modelId: model,
            region: "eu-west-1",
            partition: "aws",
        });
    });

    it("of what else Bedrock has is told apart by its ARN", () => {
        const arn = "arn:aws:bedrock:us-east-1:444455556666:application-inference-profile/abc123";
        assert.equal(parseModelId(arn)?.kind, "other");
        assert.equal(modelInvocationArns({ ...call, modelId: arn }), undefined);
    });

    for (const text of [
        "",
        "claude",
        "nobody.claude-v1:0",
        `mars.${model}`,
        `us.us.${model}`,
        "anthropic.",
        "anthropic.Claude",
        `arn:aws:s3:us-east-1::foundation-model/${model}`,
        `arn:aws:bedrock:us-east-1:444455556666:foundation-model/${model}`,
        `arn:aws:bedrock:us-east-1::inference-profile/us.${model}`,
        `arn:aws:bedrock:us-east-1:444455556666:inference-profile/${model}`,
        `arn:aws:bedrock:us-east-1::foundation-model/us.${model}`,
    ]) {
        it(`is not ${text === "" ? "empty" : text}`, () => {
            assert.equal(parseModelId(text), undefined);
        });
    }
});

describe("A model's invocation", () => {
    it("is authorized on the foundation model of the region alone", () => {
        assert.deepEqual(modelInvocationArns({ ...call, modelId: model }), [
            foundation("us-east-1"),
        ]);
    });

    it("by a geographic profile is authorized on the profile, and on the model in each region", () => {
        assert.deepEqual(modelInvocationArns({ ...call, modelId: `us.${model}` }), [
            profile(`us.${model}`),
            foundation("us-east-1"),
            foundation("us-east-2"),
            foundation("us-west-2"),
        ]);
    });

    it("by a profile whose regions are given is authorized there, and where it is called", () => {
        const given = { ...call, modelId: `us.${model}`, profileRegions: ["us-west-2"] };
        assert.deepEqual(modelInvocationArns(given), [
            profile(`us.${model}`),
            foundation("us-east-1"),
            foundation("us-west-2"),
        ]);
    });

    it("by a global profile is authorized on the ARN without a region too", () => {
        const arn = profile(`global.${model}`);
        const through = { "bedrock:InferenceProfileArn": arn };
        assert.deepEqual(modelInvocationResources({ ...call, modelId: `global.${model}` }), [
            { arn, context: {} },
            { arn: foundation("us-east-1"), context: through },
            {
                arn: foundation(""),
                context: { ...through, "aws:RequestedRegion": "unspecified" },
            },
        ]);
    });

    it("has none by what is in another region, account, partition or geography", () => {
        for (const modelId of [
            `eu.${model}`,
            foundation("us-west-2"),
            profile(`us.${model}`, "us-west-2"),
            profile(`us.${model}`).replace("444455556666", "111122223333"),
            foundation("us-east-1").replace("arn:aws:", "arn:aws-cn:"),
        ]) {
            assert.equal(modelInvocationArns({ ...call, modelId }), undefined, modelId);
        }
    });
});
