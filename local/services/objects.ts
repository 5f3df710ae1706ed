import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { AwsError, validation } from "../awsError";
import { refuseProblems } from "./refuse";

/** What CreateBucket takes, as far as it is modelled. */
export interface BucketInput {
    bucket: string;
    /** Whether a bucket with objects may be deleted: the provider deletes these first. */
    forceDestroy?: boolean;
    tags?: Readonly<Record<string, string>>;
}

/** An S3 bucket of one account. */
export interface Bucket extends BucketInput {
    arn: string;
    region: string;
    objects: Map<string, StoredObject>;
}

/** An archive in a bucket; the local cloud keeps it unpacked. */
export interface StoredObject {
    bucket: string;
    key: string;
    arn: string;
    /** Folder with the archive's files. */
    folder: string;
    /** Digest of the files. */
    hash: string;
}

/** S3 of one account, as far as code packages need it: buckets, and archives in them as folders. */
export class Objects {
    readonly #buckets = new Map<string, Bucket>();

    constructor(
        private readonly account: { id: string; partition: string },
        private readonly folder: string,
    ) {}

    createBucket(input: BucketInput, region: string): Bucket {
        refuseProblems("aws:s3/bucket:Bucket", { ...input }, validation);
        if (this.#buckets.has(input.bucket)) {
            throw new AwsError(
                "BucketAlreadyOwnedByYou",
                `Your previous request to create the named bucket succeeded and you already own it: ${input.bucket}`,
                409,
            );
        }
        const bucket: Bucket = {
            ...input,
            arn: `arn:${this.account.partition}:s3:::${input.bucket}`,
            region,
            objects: new Map(),
        };
        this.#buckets.set(input.bucket, bucket);
        return bucket;
    }

    /** The settings of a bucket that can change; what is left out is reset. */
    updateBucket({ bucket, forceDestroy, tags }: BucketInput): Bucket {
        const { arn, region, objects } = this.bucket(bucket);
        const updated: Bucket = {
            bucket,
            ...(forceDestroy !== undefined && { forceDestroy }),
            ...(tags !== undefined && { tags }),
            ...{ arn, region, objects },
        };
        this.#buckets.set(bucket, updated);
        return updated;
    }

    /** @throws AwsError NoSuchBucket */
    bucket(name: string): Bucket {
        const bucket = this.findBucket(name);
        if (bucket === undefined) {
            throw new AwsError(
                "NoSuchBucket",
                `The specified bucket does not exist: ${name} in account ${this.account.id}`,
                404,
            );
        }
        return bucket;
    }

    findBucket(name: string): Bucket | undefined {
        return this.#buckets.get(name);
    }

    buckets(): Bucket[] {
        return [...this.#buckets.values()];
    }

    /** @throws AwsError BucketNotEmpty, unless its objects may go with it. */
    deleteBucket(name: string): void {
        const { objects, forceDestroy = false } = this.bucket(name);
        if (objects.size > 0 && !forceDestroy) {
            throw new AwsError(
                "BucketNotEmpty",
                `The bucket you tried to delete is not empty: ${name}`,
                409,
            );
        }
        this.#buckets.delete(name);
    }

    /** PutObject of an archive of a folder: its files as they are now. */
    putArchive(
        bucket: string,
        key: string,
        archive: { folder: string; hash: string },
    ): StoredObject {
        const { objects, arn } = this.bucket(bucket);
        const folder = join(this.folder, bucket, `${encodeURIComponent(key)}-${archive.hash}`);
        if (!existsSync(folder)) {
            mkdirSync(folder, { recursive: true });
            cpSync(archive.folder, folder, { recursive: true, dereference: true });
        }
        const object: StoredObject = {
            ...{ bucket, key, folder },
            arn: `${arn}/${key}`,
            hash: archive.hash,
        };
        objects.set(key, object);
        return object;
    }

    findObject(bucket: string, key: string): StoredObject | undefined {
        return this.findBucket(bucket)?.objects.get(key);
    }

    /** DeleteObject: as in S3, no error where there is none. What was made of its files keeps them. */
    deleteObject(bucket: string, key: string): void {
        this.bucket(bucket).objects.delete(key);
    }
}
