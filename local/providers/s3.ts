import { statSync } from "node:fs";
import { resolve } from "node:path";
import { notEmulated } from "../awsError";
import type { Bucket, BucketInput, StoredObject } from "../services/objects";
import { folderArchive } from "./archive";
import { inputsAsNow } from "./asNow";
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
        isRegional: true,
        create: ({ account, region }, inputs) =>
            bucketState(account.objects.createBucket(bucketInput(inputs), region), inputs),
        read: ({ account }, id, inputs) => {
            const bucket = account.objects.findBucket(id);
            if (bucket === undefined) return undefined;
            // forceDestroy is the provider's own, and nothing that S3 knows.
            const now = inputsAsNow(inputs, { bucket: id, tags: bucket.tags });
            return { ...bucketState(bucket, now), inputs: now };
        },
        update: ({ account }, _id, inputs) =>
            bucketState(account.objects.updateBucket(bucketInput(inputs)), inputs),
        delete: ({ account }, id) => {
            account.objects.deleteBucket(id);
        },
    },
    "aws:s3/bucketObjectv2:BucketObjectv2": {
        isRegional: true,
        updatedOutputs: ["etag"],
        create: putObject,
        read: ({ account }, id, inputs) => {
            // No bucket's name has a slash.
            const [bucket = "", ...key] = id.split("/");
            const object = account.objects.findObject(bucket, key.join("/"));
            if (object === undefined) return undefined;
            const source = folderArchive(object.folder, object.hash);
            const now = inputsAsNow(inputs, { bucket, key: object.key, source });
            return { id, inputs: now, outputs: objectState(object, now).outputs };
        },
        update: (context, _id, inputs) => putObject(context, inputs),
        delete: ({ account }, _id, inputs) => {
            account.objects.deleteObject(textOf(inputs, "bucket"), textOf(inputs, "key"));
        },
    },
};

function putObject({ account, programFolder }: ResourceContext, inputs: Properties): ResourceState {
    const source = optional<{ path?: string; hash?: string }>(inputs, "source");
    const { path, hash } = source ?? {};
    const folder = path === undefined ? undefined : resolve(programFolder, path);
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
