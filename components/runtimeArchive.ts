import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketObjectv2 } from "@pulumi/aws/s3/bucketObjectv2";
import {
    asset,
    ComponentResource,
    interpolate,
    type ComponentResourceOptions,
    type Output,
} from "@pulumi/pulumi";
import { folderDigest } from "./folderDigest";

/** What {@link RuntimeArchive} takes. */
export interface RuntimeArchiveArgs {
    /** Folder with the bundled program, relative to the project. */
    codeFolder: string;
}

/** A runtime's program as an archive in a bucket of its own: where there is no Docker. */
export class RuntimeArchive extends ComponentResource {
    readonly bucket: Output<string>;
    readonly key: Output<string>;
    readonly objectArn: Output<string>;
    /** Changes with the content. */
    readonly digest: string;

    constructor(name: string, args: RuntimeArchiveArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:RuntimeArchive", name, {}, opts);
        this.digest = folderDigest(args.codeFolder);
        const bucket = new Bucket(`${name}-archive`, { forceDestroy: true }, { parent: this });
        const object = new BucketObjectv2(
            `${name}-code`,
            {
                bucket: bucket.bucket,
                key: `${name}-${this.digest}.zip`,
                source: new asset.FileArchive(args.codeFolder),
            },
            { parent: this },
        );
        this.bucket = bucket.bucket;
        this.key = object.key;
        this.objectArn = interpolate`${bucket.arn}/${object.key}`;
        this.registerOutputs({ bucket: this.bucket, key: this.key, objectArn: this.objectArn });
    }
}
