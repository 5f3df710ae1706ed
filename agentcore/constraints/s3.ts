import { limits } from "../limits";
import {
    archive,
    boolean,
    characters,
    constraints,
    createOnly,
    entries,
    map,
    pattern,
    required,
    text,
    type Constraint,
} from "./constraint";

const pulumi = "@pulumi/aws 7.48.0 and terraform-provider-aws (ForceNew)";

const bucketName = {
    pattern: /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    rule: "3-63 small letters, digits, single dots or hyphens, a letter or digit at both ends, and no IP address",
};

/** `aws:s3/bucket:Bucket`. */
export const bucket: readonly Constraint[] = [
    ...constraints("S3 user guide, bucketnamingrules (general purpose buckets)", {
        bucket: [text, pattern(bucketName)],
    }),
    ...constraints("S3 user guide, CostAllocTagging", {
        tags: [map, entries(limits.tagsPerResource), { kind: "reservedKeyPrefix", prefix: "aws:" }],
        "tags{}": [text],
    }),
    ...constraints(`${pulumi}, and its schema`, { forceDestroy: [boolean], bucket: [createOnly] }),
];

/** `aws:s3/bucketObjectv2:BucketObjectv2`. */
export const bucketObject: readonly Constraint[] = [
    ...constraints("botocore model s3 2006-03-01, PutObject; S3 user guide, object-keys", {
        bucket: [required, text],
        key: [required, text, characters({ min: 1, max: 1024 })],
    }),
    ...constraints(`${pulumi}, and its schema`, {
        source: [archive],
        bucket: [createOnly],
        key: [createOnly],
    }),
];
