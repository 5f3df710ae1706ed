import { getAuthorizationTokenOutput } from "@pulumi/aws/ecr/getAuthorizationToken";
import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy";
import { Repository } from "@pulumi/aws/ecr/repository";
import { Image } from "@pulumi/docker-build/image";
import {
    ComponentResource,
    interpolate,
    type ComponentResourceOptions,
    type Output,
} from "@pulumi/pulumi";
import { folderDigest } from "./folderDigest";

/** What {@link ContainerImage} takes. */
export interface ContainerImageArgs {
    /** The registry is the account's. */
    accountId: string;
    /** Folder with the Dockerfile, relative to the project. */
    contextFolder: string;
}

/** Images that no runtime uses any more are kept for a way back, and then go. */
const keptImages = 10;

/** An ARM64 image, built from a folder and pushed to a repository of its own, referenced by its digest. */
export class ContainerImage extends ComponentResource {
    /** `<repository>@sha256:…` */
    readonly imageUri: Output<string>;
    readonly digest: Output<string>;
    readonly repositoryArn: Output<string>;

    constructor(name: string, args: ContainerImageArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:ContainerImage", name, {}, opts);
        const repository = new Repository(
            `${name}-images`,
            {
                imageTagMutability: "IMMUTABLE",
                imageScanningConfiguration: { scanOnPush: true },
                // Its images are made from the program, and can be made again.
                forceDelete: true,
            },
            { parent: this },
        );
        new LifecyclePolicy(
            `${name}-images-lifecycle`,
            { repository: repository.name, policy: JSON.stringify(lifecyclePolicy) },
            { parent: this },
        );
        const token = getAuthorizationTokenOutput({ registryId: args.accountId }, { parent: this });
        const image = new Image(
            `${name}-image`,
            {
                context: { location: args.contextFolder },
                platforms: ["linux/arm64"],
                push: true,
                // A tag of an immutable repository is pushed once, so each content has its own.
                tags: [
                    interpolate`${repository.repositoryUrl}:${folderDigest(args.contextFolder)}`,
                ],
                buildOnPreview: false,
                registries: [
                    {
                        address: repository.repositoryUrl,
                        username: token.userName,
                        password: token.password,
                    },
                ],
            },
            { parent: this },
        );
        this.digest = image.digest;
        this.imageUri = interpolate`${repository.repositoryUrl}@${image.digest}`;
        this.repositoryArn = repository.arn;
        this.registerOutputs({
            imageUri: this.imageUri,
            digest: this.digest,
            repositoryArn: this.repositoryArn,
        });
    }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html */
const lifecyclePolicy = {
    rules: [
        {
            rulePriority: 1,
            description: `Keep the last ${keptImages} images`,
            selection: {
                tagStatus: "any",
                countType: "imageCountMoreThan",
                countNumber: keptImages,
            },
            action: { type: "expire" },
        },
    ],
};
