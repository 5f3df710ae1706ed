import { statSync } from "node:fs";
import { notEmulated } from "../awsError";
import type { Bucket, BucketInput, StoredObject } from "../services/objects";
import {
    optional,
    textOf,
    type Properties,
    type ResourceContext,
    type ResourceHandlers,
    type ResourceState,
} from "./resourceHandler";

/** S3 in the `aws` package, as far as code packages need it. */
export const s3Resources: ResourceHandlers = {
    "aws:s3/bucket:Bucket": {
        autoName: { property: "bucket", maxCharacters: 63, isLowerCase: true },
        create: ({ account, region }, inputs) =>
            bucketState(account.objects.createBucket(bucketInput(inputs), region), inputs),
        read: ({ account }, id, inputs) => {
            const bucket = account.objects.findBucket(id);
            return bucket && bucketState(bucket, inputs);
        },
        update: ({ account }, _id, inputs) =>
            bucketState(account.objects.updateBucket(bucketInput(inputs)), inputs),
        delete: ({ account }, id) => {
            account.objects.deleteBucket(id);
        },
    },
    "aws:s3/bucketObjectv2:BucketObjectv2": {
        create: putObject,
        read: ({ account }, id, inputs) => {
            const object = account.objects.findObject(
                textOf(inputs, "bucket"),
                textOf(inputs, "key"),
            );
            return object && { id, outputs: objectState(object, inputs).outputs };
        },
        update: (context, _id, inputs) => putObject(context, inputs),
        delete: ({ account }, _id, inputs) => {
            account.objects.deleteObject(textOf(inputs, "bucket"), textOf(inputs, "key"));
        },
    },
};

function putObject({ account }: ResourceContext, inputs: Properties): ResourceState {
    const source = optional<{ path?: string; hash?: string }>(inputs, "source");
    const { path: folder, hash } = source ?? {};
    const isFolder =
        folder !== undefined && statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
    if (!isFolder || hash === undefined) {
        throw notEmulated("an object that is no FileArchive of a folder");
    }
    const object = account.objects.putArchive(textOf(inputs, "bucket"), textOf(inputs, "key"), {
        folder,
        hash,
    });
    return objectState(object, inputs);
}

function bucketInput(inputs: Properties): BucketInput {
    const forceDestroy = optional<boolean>(inputs, "forceDestroy");
    const tags = optional<Record<string, string>>(inputs, "tags");
    return {
        bucket: textOf(inputs, "bucket"),
        ...(forceDestroy !== undefined && { forceDestroy }),
        ...(tags !== undefined && { tags }),
    };
}

function bucketState({ bucket, arn, region, tags }: Bucket, inputs: Properties): ResourceState {
    return { id: bucket, outputs: { ...inputs, bucket, arn, region, tagsAll: tags ?? {} } };
}

function objectState({ bucket, key, arn, hash }: StoredObject, inputs: Properties): ResourceState {
    return { id: `${bucket}/${key}`, outputs: { ...inputs, arn, etag: hash } };
}
