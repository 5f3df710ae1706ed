import { reads, type ActionRow } from "./row";

/**
 * What the `aws` provider calls, which is terraform-provider-aws 6 bridged: each row from the functions of the resource
 * there. Which resources an action takes: the service authorization reference of its service. Left out is what only
 * inputs ask for that the program has not, and the local cloud does not model.
 */

const role = "arn:{partition}:iam::{account}:role{path}{name}";
const roleOfPolicy = "arn:{partition}:iam::{account}:role/{role}";
const lambda = "arn:{partition}:lambda:{region}:{account}:function:{name}";

/**
 * CloudWatch Logs names a group with `:*` in policies, but for its tags
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html).
 */
const logGroup = "arn:{partition}:logs:{region}:{account}:log-group:{name}:*";
const logGroupForTags = "arn:{partition}:logs:{region}:{account}:log-group:{name}";

/** A file of the provider behind `aws`. */
export const terraform = (file: string) => `terraform-provider-aws, internal/service/${file}`;

const roleFile = { known: "sure", source: terraform("iam/role.go") } as const;
const policyFile = { known: "sure", source: terraform("iam/role_policy.go") } as const;
const lambdaFile = { known: "sure", source: terraform("lambda/function.go") } as const;
const logsFile = { known: "sure", source: terraform("logs/group.go") } as const;

/** IAM, Lambda and CloudWatch Logs, by resource type. */
export const awsActions = {
    "aws:iam/role:Role": [
        {
            actions: ["iam:CreateRole"],
            resources: [role],
            operations: ["create"],
            ...roleFile,
        },
        {
            actions: ["iam:TagRole"],
            resources: [role],
            operations: ["create"],
            input: "tags",
            ...roleFile,
        },
        {
            // Also of its policies: the resource has them among its attributes.
            actions: ["iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
            resources: [role],
            operations: reads,
            ...roleFile,
        },
        {
            actions: ["iam:UpdateAssumeRolePolicy"],
            resources: [role],
            operations: ["update"],
            changed: ["assumeRolePolicy"],
            ...roleFile,
        },
        {
            actions: ["iam:UpdateRoleDescription"],
            resources: [role],
            operations: ["update"],
            changed: ["description"],
            ...roleFile,
        },
        {
            actions: ["iam:UpdateRole"],
            resources: [role],
            operations: ["update"],
            changed: ["maxSessionDuration"],
            ...roleFile,
        },
        {
            actions: ["iam:TagRole", "iam:UntagRole"],
            resources: [role],
            operations: ["update"],
            changed: ["tags"],
            ...roleFile,
        },
        {
            actions: ["iam:ListInstanceProfilesForRole", "iam:DeleteRole"],
            resources: [role],
            operations: ["delete"],
            ...roleFile,
        },
    ],
    "aws:iam/rolePolicy:RolePolicy": [
        {
            actions: ["iam:PutRolePolicy"],
            resources: [roleOfPolicy],
            operations: ["create", "update"],
            ...policyFile,
        },
        {
            actions: ["iam:GetRolePolicy"],
            resources: [roleOfPolicy],
            operations: reads,
            ...policyFile,
        },
        {
            actions: ["iam:DeleteRolePolicy"],
            resources: [roleOfPolicy],
            operations: ["delete"],
            ...policyFile,
        },
    ],
    "aws:lambda/function:Function": [
        {
            actions: ["lambda:CreateFunction"],
            resources: [lambda],
            operations: ["create"],
            ...lambdaFile,
        },
        {
            actions: ["iam:PassRole"],
            resources: ["{role}"],
            operations: ["create", "update"],
            changed: ["role"],
            context: { "iam:PassedToService": "lambda.amazonaws.com" },
            known: "sure",
            source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
        },
        {
            actions: [
                "lambda:GetFunction",
                "lambda:ListVersionsByFunction",
                "lambda:GetFunctionCodeSigningConfig",
            ],
            resources: [lambda],
            operations: reads,
            ...lambdaFile,
        },
        {
            actions: ["lambda:UpdateFunctionConfiguration"],
            resources: [lambda],
            operations: ["update"],
            changed: [
                ...["description", "role", "handler", "runtime", "timeout", "memorySize"],
                ...["environment", "loggingConfig"],
            ],
            ...lambdaFile,
        },
        {
            actions: ["lambda:UpdateFunctionCode"],
            resources: [lambda],
            operations: ["update"],
            changed: ["code", "architectures"],
            ...lambdaFile,
        },
        {
            // It waits until the function is gone.
            actions: ["lambda:DeleteFunction", "lambda:GetFunction"],
            resources: [lambda],
            operations: ["delete"],
            ...lambdaFile,
        },
    ],
    "aws:cloudwatch/logGroup:LogGroup": [
        {
            actions: ["logs:CreateLogGroup"],
            resources: [logGroup],
            operations: ["create"],
            ...logsFile,
        },
        {
            actions: ["logs:PutRetentionPolicy"],
            resources: [logGroup],
            operations: ["create", "update"],
            input: "retentionInDays",
            changed: ["retentionInDays"],
            ...logsFile,
        },
        {
            // By the group's name as a prefix, which IAM is not told
            // (https://github.com/hashicorp/terraform-provider-aws/issues/8804).
            actions: ["logs:DescribeLogGroups"],
            resources: ["*"],
            operations: reads,
            ...logsFile,
        },
        {
            actions: ["logs:ListTagsForResource"],
            resources: [logGroupForTags],
            operations: reads,
            ...logsFile,
        },
        {
            actions: ["logs:DeleteLogGroup"],
            resources: [logGroup],
            operations: ["delete"],
            ...logsFile,
        },
    ],
} as const satisfies Readonly<Record<string, readonly ActionRow[]>>;
