import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Runtime } from "@pulumi/aws-native/bedrockagentcore/runtime";
import {
    ComponentResource,
    interpolate,
    output,
    type ComponentResourceOptions,
    type Input,
    type Output,
    type Resource,
} from "@pulumi/pulumi";
import type { Statement } from "../access/documentSchema";
import {
    policyDocument,
    pullImageStatements,
    readArchiveStatement,
    serviceTrust,
    writeLogsStatement,
} from "../access/statements";
import { partitionOf } from "../agentcore/limits";
import {
    defaultQualifier,
    runtimeEndpointArn,
    runtimeUrl,
    type RuntimeProtocol,
} from "../agentcore/runtime";
import type { ContainerImage } from "./containerImage";
import type { RuntimeArchive } from "./runtimeArchive";

/** What {@link AgentRuntime} takes. */
export interface AgentRuntimeArgs {
    /** The runtime's name, the start of its id; a change replaces the runtime and its ARN. */
    runtimeName: string;
    accountId: string;
    region: string;
    protocol: RuntimeProtocol;
    /** An image, or an archive with its entry point, `server.mjs`. */
    code: { image: ContainerImage } | { archive: RuntimeArchive; entryPoint: string };
    network:
        | { mode: "PUBLIC" }
        | { mode: "VPC"; subnets: readonly string[]; securityGroups: readonly string[] };
    /** Seconds without a call after which a session ends, and how long it lives at most. */
    idleTimeoutSeconds: Input<number>;
    maxLifetimeSeconds: Input<number>;
    logRetentionDays: Input<number>;
    environmentVariables?: Readonly<Record<string, Input<string>>>;
    /** The execution role's name, where others name the role. @default named by Pulumi */
    roleName?: string;
    /** What the role may do besides, a policy for each name. */
    policies?: Readonly<Record<string, readonly Statement[]>>;
}

/** A program on AgentCore Runtime with a role of its own, which may read its code, write its log, and what is named. */
export class AgentRuntime extends ComponentResource {
    readonly runtimeArn: Output<string>;
    readonly runtimeId: Output<string>;
    /** The ARN of the endpoint that is called, which is authorized beside the runtime's. */
    readonly endpointArn: Output<string>;
    /** The URL that it is invoked at, with its ARN encoded. */
    readonly runtimeArnUrlEncoded: Output<string>;
    /** Changes with the code. */
    readonly codeDigest: Output<string>;
    readonly roleArn: Output<string>;
    /** The role's unique id (`AROA…`), which changes when the role is made anew. */
    readonly roleId: Output<string>;
    /** What has to be there before it is called. */
    readonly ready: readonly Resource[];

    constructor(name: string, args: AgentRuntimeArgs, opts?: ComponentResourceOptions) {
        super("agentcore-hub:index:AgentRuntime", name, {}, opts);
        const { accountId, region, runtimeName, code, network } = args;
        const role = new Role(
            `${name}-execution`,
            {
                ...(args.roleName !== undefined && { name: args.roleName }),
                description: `Execution role of the AgentCore runtime ${runtimeName}`,
                assumeRolePolicy: JSON.stringify(
                    policyDocument([
                        serviceTrust({
                            service: "bedrock-agentcore.amazonaws.com",
                            source: {
                                accountId,
                                // The id's last ten characters are unknown before the runtime is there.
                                arn: `arn:${partitionOf(region)}:bedrock-agentcore:${region}:${accountId}:runtime/${runtimeName}-*`,
                            },
                        }),
                    ]),
                ),
            },
            { parent: this },
        );
        const readCode = new RolePolicy(
            `${name}-read-code`,
            {
                role: role.name,
                policy: ("image" in code ? code.image.repositoryArn : code.archive.objectArn).apply(
                    (arn) =>
                        JSON.stringify(
                            policyDocument(
                                "image" in code
                                    ? pullImageStatements(arn)
                                    : [readArchiveStatement(arn)],
                            ),
                        ),
                ),
            },
            { parent: this },
        );
        const named = Object.entries(args.policies ?? {}).map(
            ([policy, statements]) =>
                new RolePolicy(
                    `${name}-${policy}`,
                    { role: role.name, policy: JSON.stringify(policyDocument(statements)) },
                    { parent: this },
                ),
        );
        const runtime = new Runtime(
            `${name}-runtime`,
            {
                agentRuntimeName: runtimeName,
                agentRuntimeArtifact: artifactOf(code),
                roleArn: role.arn,
                protocolConfiguration: args.protocol,
                networkConfiguration:
                    network.mode === "PUBLIC"
                        ? { networkMode: "PUBLIC" }
                        : {
                              networkMode: "VPC",
                              networkModeConfig: {
                                  subnets: [...network.subnets],
                                  securityGroups: [...network.securityGroups],
                              },
                          },
                lifecycleConfiguration: {
                    idleRuntimeSessionTimeout: args.idleTimeoutSeconds,
                    maxLifetime: args.maxLifetimeSeconds,
                },
                ...(args.environmentVariables !== undefined && {
                    environmentVariables: { ...args.environmentVariables },
                }),
            },
            // The service checks that the role may read the code when the runtime is created.
            { parent: this, dependsOn: [readCode] },
        );
        // The group that the service writes to, made first so that the role need not make it.
        const logGroup = new LogGroup(
            `${name}-logs`,
            {
                name: interpolate`/aws/bedrock-agentcore/runtimes/${runtime.agentRuntimeId}-${defaultQualifier}`,
                retentionInDays: args.logRetentionDays,
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
        this.runtimeArn = runtime.agentRuntimeArn;
        this.runtimeId = runtime.agentRuntimeId;
        this.endpointArn = runtime.agentRuntimeArn.apply((arn) => runtimeEndpointArn(arn));
        this.runtimeArnUrlEncoded = runtime.agentRuntimeArn.apply((arn) => runtimeUrl(arn));
        this.codeDigest = "image" in code ? code.image.digest : output(code.archive.digest);
        this.roleArn = role.arn;
        this.roleId = role.uniqueId;
        this.ready = [runtime, writeLogs, ...named];
        this.registerOutputs({
            runtimeArn: this.runtimeArn,
            runtimeArnUrlEncoded: this.runtimeArnUrlEncoded,
        });
    }
}

function artifactOf(code: AgentRuntimeArgs["code"]) {
    if ("image" in code) return { containerConfiguration: { containerUri: code.image.imageUri } };
    return {
        codeConfiguration: {
            code: { s3: { bucket: code.archive.bucket, prefix: code.archive.key } },
            entryPoint: [code.entryPoint],
            runtime: "NODE_22" as const,
        },
    };
}
