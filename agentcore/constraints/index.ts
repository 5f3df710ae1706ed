import { command } from "./command";
import type { Constraint } from "./constraint";
import { image } from "./docker";
import { lifecyclePolicy, repository } from "./ecr";
import { gateway, gatewayTarget, resourcePolicy } from "./gateway";
import { role, rolePolicy } from "./iam";
import { lambdaFunction, logGroup } from "./lambda";
import { runtime } from "./runtime";
import { bucket, bucketObject } from "./s3";

export { constraintId, type Constraint, type Rule } from "./constraint";
export { lambdaRuntimes } from "./lambda";
export { problemsOf, type Problem } from "./problemsOf";

/** What AWS demands of the resource types that the program uses, by Pulumi's names of them. */
export const typeConstraints = {
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": rolePolicy,
    "aws:lambda/function:Function": lambdaFunction,
    "aws:cloudwatch/logGroup:LogGroup": logGroup,
    "aws:ecr/repository:Repository": repository,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": lifecyclePolicy,
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketObjectv2:BucketObjectv2": bucketObject,
    "aws-native:bedrockagentcore:Runtime": runtime,
    "aws-native:bedrockagentcore:Gateway": gateway,
    "aws-native:bedrockagentcore:GatewayTarget": gatewayTarget,
    "aws-native:bedrockagentcore:ResourcePolicy": resourcePolicy,
    "docker-build:index:Image": image,
    "command:local:Command": command,
} as const satisfies Record<string, readonly Constraint[]>;

/** A resource type that has a table. */
export type ConstrainedType = keyof typeof typeConstraints;

/** The properties whose change makes another resource. */
export function createOnlyProperties(type: ConstrainedType): string[] {
    return typeConstraints[type]
        .filter(({ rule }) => rule.kind === "createOnly")
        .map(({ path }) => path);
}
