import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Function as LambdaFunction } from "@pulumi/aws/lambda/function";
import {
    asset,
    ComponentResource,
    type ComponentResourceOptions,
    type Input,
    type Output,
} from "@pulumi/pulumi";
import { policyDocument, serviceTrust, writeLogsStatement } from "../access/statements";

/** What {@link LambdaTool} takes. */
export interface LambdaToolArgs {
    /** Folder with the bundled handler, `index.mjs`, relative to the project. */
    codeFolder: string;
    /** Seconds until the service ends an invocation, 1-900. */
    timeoutSeconds: Input<number>;
    /** Memory in MB, 128-10240. */
    memoryMb: Input<number>;
    /** Days that the function's log events are kept; one of CloudWatch's values. */
    logRetentionDays: Input<number>;
}

/** An arm64 Lambda function with its own log group, which its role can write to, and nothing else. */
export class LambdaTool extends ComponentResource {
    readonly functionArn: Output<string>;

    constructor(name: string, args: LambdaToolArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:LambdaTool", name, {}, opts);
        const logGroup = new LogGroup(
            `${name}-logs`,
            { retentionInDays: args.logRetentionDays },
            { parent: this },
        );
        const role = new Role(
            `${name}-execution`,
            {
                description: `Execution role of the Lambda tool ${name}`,
                assumeRolePolicy: JSON.stringify(
                    policyDocument([serviceTrust({ service: "lambda.amazonaws.com" })]),
                ),
            },
            { parent: this },
        );
        const writeLogs = new RolePolicy(
            `${name}-write-logs`,
            {
                role: role.name,
                policy: logGroup.arn.apply((arn) =>
                    JSON.stringify(policyDocument([writeLogsStatement(arn)])),
                ),
            },
            { parent: this },
        );
        const lambda = new LambdaFunction(
            `${name}-function`,
            {
                description: `AgentCore Gateway tools of ${name}`,
                architectures: ["arm64"],
                runtime: "nodejs24.x",
                handler: "index.handler",
                code: new asset.FileArchive(args.codeFolder),
                role: role.arn,
                timeout: args.timeoutSeconds,
                memorySize: args.memoryMb,
                loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
            },
            { parent: this, dependsOn: [writeLogs] },
        );
        this.functionArn = lambda.arn;
        this.registerOutputs({ functionArn: this.functionArn });
    }
}
