import type { CompiledStatement } from "../access/compiledStatement";
import { parseArn } from "../agentcore/arn";
import { inferenceProfileArnKey, modelActions } from "../agentcore/bedrock";
import { runtimeUnscopedActions } from "../agentcore/unscopedActions";
import { isPattern } from "./documents";
import { undecidedUnlessPattern, type Permission } from "./permission";
import { at, unknown } from "./resource";
import type { Worker } from "./workers";

/** Reading its own image, or its own archive. */
export function codePermission(runtime: Worker): Permission {
    const artifact = runtime.resource.props["agentRuntimeArtifact"];
    const uri = at(artifact, "containerConfiguration.containerUri");
    const s3 = at(artifact, "codeConfiguration.code.s3");
    if (uri !== undefined) {
        const expected = typeof uri === "string" ? repositoryArnOf(uri) : undefined;
        return {
            purpose: "code",
            actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            covers: (resource) =>
                uri === unknown ? undecidedUnlessPattern(resource) : resource === expected,
            must: `the repository of the runtime's image${expected === undefined ? "" : `, ${expected}`}`,
        };
    }
    const [bucket, key] = [at(s3, "bucket"), at(s3, "prefix")];
    const isKnown = typeof bucket === "string" && typeof key === "string";
    const partition = parseArn(String(runtime.arn))?.partition ?? "aws";
    const expected = isKnown ? `arn:${partition}:s3:::${bucket}/${key}` : undefined;
    return {
        purpose: "code",
        actions: ["s3:GetObject"],
        covers: (resource) => (isKnown ? resource === expected : undecidedUnlessPattern(resource)),
        must: `the runtime's archive${expected === undefined ? "" : `, ${expected}`}`,
    };
}

/** The repository's ARN of `<account>.dkr.ecr.<region>.amazonaws.com/<repository>@…`. */
export function repositoryArnOf(uri: string): string | undefined {
    const match =
        /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\/([^:@]+)(?:[:@].*)?$/.exec(uri);
    if (match === null) return undefined;
    const [, account = "", region = "", china, repository = ""] = match;
    const partition =
        china !== undefined ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    return `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
}

/** Invoking exact models. */
export const invokeModels: Permission = {
    purpose: "models",
    actions: Object.values(modelActions),
    covers: isModel,
    must: "the exact ARN of a model or an inference profile; a model of any region only with bedrock:InferenceProfileArn of one exact profile",
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html */
function isModel(resource: string, { conditions }: CompiledStatement): boolean {
    const arn = parseArn(resource);
    if (arn?.service !== "bedrock" || isPattern(arn.resource) || isPattern(arn.accountId)) {
        return false;
    }
    if (
        !/^(?:foundation-model|inference-profile|application-inference-profile)\/./.test(
            arn.resource,
        )
    ) {
        return false;
    }
    if (!isPattern(arn.region)) return true;
    return (
        arn.region === "*" &&
        conditions.some(
            ({ operator, key, values }) =>
                operator === "StringEquals" &&
                key.toLowerCase() === inferenceProfileArnKey.toLowerCase() &&
                values.length > 0 &&
                values.every((value) => parseArn(value) !== undefined && !isPattern(value)),
        )
    );
}

/** The actions that take no resource, each as AWS demands it; metrics only of AgentCore's namespace. */
export const unscopedPermissions: readonly Permission[] = Object.keys(runtimeUnscopedActions).map(
    (action) => ({
        purpose: action.startsWith("ecr:") ? "code" : "telemetry",
        actions: [action],
        covers: (resource, statement) => resource === "*" && hasNamespace(action, statement),
        must:
            action === "cloudwatch:PutMetricData"
                ? '* with StringEquals cloudwatch:namespace "bedrock-agentcore"'
                : "*",
    }),
);

/** https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html */
export function hasNamespace(action: string, { conditions }: CompiledStatement): boolean {
    return (
        action.toLowerCase() !== "cloudwatch:putmetricdata" ||
        conditions.some(
            ({ operator, key, values }) =>
                operator === "StringEquals" &&
                key.toLowerCase() === "cloudwatch:namespace" &&
                values.length === 1 &&
                values[0] === "bedrock-agentcore",
        )
    );
}
