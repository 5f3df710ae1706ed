import { terraform } from "./awsActions";
import { reads, type ActionRow } from "./row";

const repository = "arn:{partition}:ecr:{region}:{account}:repository/{name}";
const repositoryOfPolicy = "arn:{partition}:ecr:{region}:{account}:repository/{repository}";
const bucket = "arn:{partition}:s3:::{bucket}";
const object = "arn:{partition}:s3:::{bucket}/{key}";

const ecrFile = { known: "inferred", source: terraform("ecr/repository.go") } as const;
const lifecycleFile = { known: "inferred", source: terraform("ecr/lifecycle_policy.go") } as const;
// Those of S3 were read in a version before 6.
const bucketFile = { known: "inferred", source: terraform("s3/bucket.go") } as const;
const objectFile = { known: "inferred", source: terraform("s3/object.go") } as const;

/** Where code is kept, ECR and S3, by resource type; as in `awsActions.ts`. */
export const awsCodeActions = {
    "aws:ecr/repository:Repository": [
        {
            actions: ["ecr:CreateRepository"],
            resources: [repository],
            operations: ["create"],
            ...ecrFile,
        },
        {
            actions: ["ecr:TagResource"],
            resources: [repository],
            operations: ["create"],
            input: "tags",
            ...ecrFile,
        },
        {
            actions: ["ecr:DescribeRepositories", "ecr:ListTagsForResource"],
            resources: [repository],
            operations: reads,
            ...ecrFile,
        },
        {
            actions: ["ecr:PutImageTagMutability"],
            resources: [repository],
            operations: ["update"],
            changed: ["imageTagMutability"],
            ...ecrFile,
        },
        {
            actions: ["ecr:PutImageScanningConfiguration"],
            resources: [repository],
            operations: ["update"],
            changed: ["imageScanningConfiguration"],
            ...ecrFile,
        },
        {
            actions: ["ecr:TagResource", "ecr:UntagResource"],
            resources: [repository],
            operations: ["update"],
            changed: ["tags"],
            ...ecrFile,
        },
        {
            // It waits until the repository is gone.
            actions: ["ecr:DeleteRepository", "ecr:DescribeRepositories"],
            resources: [repository],
            operations: ["delete"],
            ...ecrFile,
        },
    ],
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": [
        {
            actions: ["ecr:PutLifecyclePolicy"],
            resources: [repositoryOfPolicy],
            operations: ["create", "update"],
            ...lifecycleFile,
        },
        {
            actions: ["ecr:GetLifecyclePolicy"],
            resources: [repositoryOfPolicy],
            operations: reads,
            ...lifecycleFile,
        },
        {
            actions: ["ecr:DeleteLifecyclePolicy"],
            resources: [repositoryOfPolicy],
            operations: ["delete"],
            ...lifecycleFile,
        },
    ],
    "aws:s3/bucket:Bucket": [
        {
            actions: ["s3:CreateBucket"],
            resources: [bucket],
            operations: ["create"],
            ...bucketFile,
        },
        {
            // HeadBucket is s3:ListBucket; the others are the bucket's settings, which the resource has all of.
            actions: [
                "s3:ListBucket",
                "s3:GetBucketPolicy",
                "s3:GetBucketAcl",
                "s3:GetBucketCORS",
                "s3:GetBucketWebsite",
                "s3:GetBucketVersioning",
                "s3:GetAccelerateConfiguration",
                "s3:GetBucketRequestPayment",
                "s3:GetBucketLogging",
                "s3:GetLifecycleConfiguration",
                "s3:GetReplicationConfiguration",
                "s3:GetEncryptionConfiguration",
                "s3:GetBucketObjectLockConfiguration",
                "s3:GetBucketTagging",
            ],
            resources: [bucket],
            operations: reads,
            ...bucketFile,
        },
        {
            actions: ["s3:PutBucketTagging"],
            resources: [bucket],
            operations: ["create"],
            input: "tags",
            ...bucketFile,
        },
        {
            actions: ["s3:PutBucketTagging"],
            resources: [bucket],
            operations: ["update"],
            changed: ["tags"],
            ...bucketFile,
        },
        {
            // Its objects go as resources of their own; what others have put there is not the deployer's to delete.
            actions: ["s3:DeleteBucket"],
            resources: [bucket],
            operations: ["delete"],
            ...bucketFile,
        },
    ],
    "aws:s3/bucketObjectv2:BucketObjectv2": [
        {
            actions: ["s3:PutObject"],
            resources: [object],
            operations: ["create", "update"],
            ...objectFile,
        },
        {
            // HeadObject is s3:GetObject.
            actions: ["s3:GetObject", "s3:GetObjectTagging"],
            resources: [object],
            operations: reads,
            ...objectFile,
        },
        {
            actions: ["s3:DeleteObject"],
            resources: [object],
            operations: ["delete"],
            ...objectFile,
        },
    ],
} as const satisfies Readonly<Record<string, readonly ActionRow[]>>;
