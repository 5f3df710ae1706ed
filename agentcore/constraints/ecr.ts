import { limits } from "../limits";
import {
    boolean,
    characters,
    constraints,
    createOnly,
    entries,
    json,
    map,
    object,
    oneOf,
    pattern,
    required,
    text,
    type Constraint,
} from "./constraint";

const model = "botocore model ecr 2015-09-21";
const pulumi = "@pulumi/aws 7.48.0 and terraform-provider-aws (ForceNew)";

const repositoryName = {
    pattern: /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/,
    rule: "small letters and digits, with any of ._-/ between them",
};
const repositoryNameCharacters = { min: 2, max: 256 };

/** `aws:ecr/repository:Repository`. */
export const repository: readonly Constraint[] = [
    ...constraints(`${model}, CreateRepository`, {
        name: [text, characters(repositoryNameCharacters), pattern(repositoryName)],
        imageTagMutability: [
            text,
            oneOf(["MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"]),
        ],
        imageScanningConfiguration: [object],
        tags: [map],
        "tags{}": [text],
    }),
    ...constraints("ECR user guide, ecr-using-tags", {
        tags: [entries(limits.tagsPerResource), { kind: "reservedKeyPrefix", prefix: "aws:" }],
    }),
    ...constraints(`${pulumi}, and its schema`, {
        "imageScanningConfiguration.scanOnPush": [required, boolean],
        forceDelete: [boolean],
        name: [createOnly],
    }),
];

/** `aws:ecr/lifecyclePolicy:LifecyclePolicy`. */
export const lifecyclePolicy: readonly Constraint[] = [
    ...constraints(`${model}, PutLifecyclePolicy`, {
        repository: [required, text, characters(repositoryNameCharacters), pattern(repositoryName)],
        policy: [required, text, characters({ min: 100, max: 30_720 }), json],
    }),
    ...constraints(pulumi, { repository: [createOnly], policy: [createOnly] }),
];
