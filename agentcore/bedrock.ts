import { parseArn } from "./arn";

/**
 * What Bedrock Runtime says of models: ids, ARNs, inference profiles, and what a call is authorized on. The page
 * that each entry names is of the Bedrock user guide; each says how well it is known, as in `mcp.ts`.
 */

/** The IAM action of each operation: Converse has none of its own (sure: API reference, API_runtime_Converse). */
export const modelActions = {
    Converse: "bedrock:InvokeModel",
    ConverseStream: "bedrock:InvokeModelWithResponseStream",
} as const;

/** On a foundation model: the profile that the call came through (sure: service authorization reference). */
export const inferenceProfileArnKey = "bedrock:InferenceProfileArn";

/** `aws:RequestedRegion` on the ARN without a region (sure: global-cross-region-inference). */
export const globalRequestedRegion = "unspecified";

/** Where the profiles of a geography may be called from, and where they lead. */
export interface Geography {
    sources: RegExp;
    /** The regions behind a profile; a model's own profile may have fewer or more. */
    regions: readonly string[];
}

/**
 * Prefixes of inference profiles (sure: model cards, CDK's CrossRegionInferenceProfileRegion). The regions of `us` are
 * those of the example on geographic-cross-region-inference, sure for Claude Sonnet 4.5; the others are inferred from
 * the tables of inference-profiles-support. They differ by model: config may name a profile's own (GetInferenceProfile).
 */
export const geographies: Readonly<Record<string, Geography>> = {
    us: { sources: /^(?:us-(?:east|west)|ca-)/, regions: ["us-east-1", "us-east-2", "us-west-2"] },
    "us-gov": { sources: /^us-gov-/, regions: ["us-gov-east-1", "us-gov-west-1"] },
    eu: {
        sources: /^eu-/,
        regions: [
            "eu-central-1",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-3",
        ],
    },
    apac: {
        sources: /^(?:ap|me)-/,
        regions: [
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-4",
        ],
    },
    jp: { sources: /^ap-northeast-[13]$/, regions: ["ap-northeast-1", "ap-northeast-3"] },
    au: { sources: /^ap-southeast-[246]$/, regions: ["ap-southeast-2", "ap-southeast-4"] },
};

/** Who makes the models that Converse takes (sure: models-supported, conversation-inference-supported-models-features). */
export const modelProviders: readonly string[] = [
    ...[
        "ai21",
        "amazon",
        "anthropic",
        "cohere",
        "deepseek",
        "google",
        "meta",
        "minimax",
        "mistral",
    ],
    ...["moonshot", "moonshotai", "nvidia", "openai", "qwen", "writer", "zai"],
];

/** A model as a caller names it. An ARN says its region, and a profile's its account. */
export type ModelReference = { modelId: string; region?: string; partition?: string } & (
    | { kind: "foundationModel" }
    | { kind: "geographicProfile"; profileId: string; geography: string; accountId?: string }
    | { kind: "globalProfile"; profileId: string; accountId?: string }
    /** An application profile, a provisioned or imported model, a prompt: the ARN's resource. */
    | { kind: "other"; resource: string; accountId?: string }
);

/** The parts of a model id, a profile's id, or an ARN of either; `undefined` for what names no model. */
export function parseModelId(text: string): ModelReference | undefined {
    const arn = parseArn(text);
    if (arn === undefined) return idReference(text);
    const { partition, service, region, accountId, resource } = arn;
    const [, type = "", id = ""] = /^([a-z-]+)\/(.+)$/.exec(resource) ?? [];
    if (service !== "bedrock" || region === "" || id === "") return undefined;
    const place = { region, partition };
    if (type === "foundation-model" || type === "inference-profile") {
        const reference = idReference(id);
        const isProfile = reference?.kind !== "foundationModel";
        if (reference === undefined || isProfile !== (type === "inference-profile")) {
            return undefined;
        }
        // A foundation model belongs to no account, and a profile to the caller's.
        if (isProfile === (accountId === "")) return undefined;
        return { ...reference, ...place, ...(isProfile && { accountId }) };
    }
    return { kind: "other", modelId: id, resource, accountId, ...place };
}

/** What a call is made with. */
export interface ModelCall {
    /** As the caller gives it: a model's or profile's id or ARN. */
    modelId: string;
    /** The region that is called. */
    region: string;
    accountId: string;
    /** The regions behind the profile. @default those of its geography */
    profileRegions?: readonly string[];
    /** @default "aws" */
    partition?: string;
}

/** One resource that a call is authorized on, with the condition keys that Bedrock fills in there. */
export interface ModelResource {
    arn: string;
    context: Readonly<Record<string, string>>;
}

/**
 * What a call is authorized on, all of it, in this order: the profile; the model in the region that is called, and in
 * those behind the profile, or without a region behind a global one (sure: geographic- and
 * global-cross-region-inference; that all regions are checked, not only the one that answers, and the order of
 * several, are inferred). `undefined` for what is neither a foundation model nor a system-defined profile, and for
 * a profile that this region does not have.
 */
export function modelInvocationResources(call: ModelCall): ModelResource[] | undefined {
    const { region, accountId, partition = "aws" } = call;
    const reference = parseModelId(call.modelId);
    if (reference === undefined || reference.kind === "other") return undefined;
    const isElsewhere =
        (reference.region ?? region) !== region || (reference.partition ?? partition) !== partition;
    if (isElsewhere) return undefined;
    const { modelId } = reference;
    const model = (place: string, context: ModelResource["context"]): ModelResource => ({
        arn: foundationModelArn(modelId, place, partition),
        context,
    });
    if (reference.kind === "foundationModel") return [model(region, {})];
    if ((reference.accountId ?? accountId) !== accountId) return undefined;
    const arn = inferenceProfileArn(reference.profileId, region, accountId, partition);
    const through = { [inferenceProfileArnKey]: arn };
    const profile: ModelResource = { arn, context: {} };
    if (reference.kind === "globalProfile") {
        const anywhere = { ...through, "aws:RequestedRegion": globalRequestedRegion };
        return [profile, model(region, through), model("", anywhere)];
    }
    const geography = geographies[reference.geography];
    if (geography?.sources.test(region) !== true) return undefined;
    const places = new Set([region, ...(call.profileRegions ?? geography.regions)]);
    return [profile, ...[...places].map((place) => model(place, through))];
}

/** The ARNs of {@link modelInvocationResources}, as an identity policy names them. */
export function modelInvocationArns(call: ModelCall): string[] | undefined {
    return modelInvocationResources(call)?.map(({ arn }) => arn);
}

/** A foundation model's ARN, which has no account; without a region it is that of a global profile's model. */
export function foundationModelArn(modelId: string, region: string, partition = "aws"): string {
    return `arn:${partition}:bedrock:${region}::foundation-model/${modelId}`;
}

/** The ARN of a system-defined inference profile, which is the caller's account's (sure: inference-profiles-prereq). */
export function inferenceProfileArn(
    profileId: string,
    region: string,
    accountId: string,
    partition = "aws",
): string {
    return `arn:${partition}:bedrock:${region}:${accountId}:inference-profile/${profileId}`;
}

/** A model's id, or a profile's: the model's after a prefix. */
function idReference(id: string): ModelReference | undefined {
    if (isFoundationModel(id)) return { kind: "foundationModel", modelId: id };
    const [prefix = "", ...rest] = id.split(".");
    const modelId = rest.join(".");
    if (!isFoundationModel(modelId)) return undefined;
    if (prefix === "global") return { kind: "globalProfile", profileId: id, modelId };
    if (!Object.hasOwn(geographies, prefix)) return undefined;
    return { kind: "geographicProfile", profileId: id, geography: prefix, modelId };
}

/** `anthropic.claude-…-v1:0` (sure: botocore model, ModelId). */
function isFoundationModel(id: string): boolean {
    const [, provider = ""] = /^([a-z0-9-]+)\.[a-z0-9-]+(?:[.:][a-z0-9-]+)*$/.exec(id) ?? [];
    return modelProviders.includes(provider);
}
