import { createHash } from "node:crypto";
import {
    foundationModelArn,
    inferenceProfileArnKey,
    modelActions,
    modelInvocationResources,
    parseModelId,
    type ModelCall,
} from "../agentcore/bedrock";
import { runtimeActions } from "../agentcore/runtime";
import type { UnscopedAction } from "../agentcore/unscopedActions";
import type { PolicyDocument, Statement } from "./documentSchema";

/** A document of these statements. */
export function policyDocument(statements: readonly Statement[]): PolicyDocument {
    return { Version: "2012-10-17", Statement: [...statements] };
}

/** The caller's side: these gateways may be invoked. */
export function invokeGatewayStatement(gatewayArns: readonly string[]): Statement {
    return {
        Sid: "InvokeGateways",
        Effect: "Allow",
        Action: "bedrock-agentcore:InvokeGateway",
        Resource: sorted(gatewayArns),
    };
}

/** The gateway's service role: these functions may be invoked. */
export function invokeFunctionStatement(functionArns: readonly string[]): Statement {
    return {
        Sid: "InvokeTargets",
        Effect: "Allow",
        Action: "lambda:InvokeFunction",
        Resource: sorted(functionArns),
    };
}

/** The gateway's service role: these runtimes may be invoked, each with the endpoint that is called. */
export function invokeRuntimeStatement(runtimeAndEndpointArns: readonly string[]): Statement {
    return {
        Sid: "InvokeRuntimes",
        Effect: "Allow",
        Action: "bedrock-agentcore:InvokeAgentRuntime",
        Resource: sorted(runtimeAndEndpointArns),
    };
}

/** The gateway's service role: these functions may be invoked by their URL, and APIs by their method. */
export function invokeUrlStatements(args: {
    functionArns: readonly string[];
    methodArns: readonly string[];
}): Statement[] {
    const { functionArns, methodArns } = args;
    const functions: Statement = {
        Sid: "InvokeFunctionUrls",
        Effect: "Allow",
        // Both, since October 2025 (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html).
        Action: ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
        Resource: sorted(functionArns),
        Condition: { StringEqualsIfExists: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
    };
    const methods: Statement = {
        Sid: "InvokeApis",
        Effect: "Allow",
        Action: "execute-api:Invoke",
        Resource: sorted(methodArns),
    };
    return [
        ...(functionArns.length > 0 ? [functions] : []),
        ...(methodArns.length > 0 ? [methods] : []),
    ];
}

/** A runtime's execution role: its image may be pulled (AgentCore devguide, runtime-permissions). */
export function pullImageStatements(repositoryArn: string): Statement[] {
    return [
        {
            Sid: "PullImage",
            Effect: "Allow",
            Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            Resource: repositoryArn,
        },
        unscoped("LogInToRegistry", "ecr:GetAuthorizationToken"),
    ];
}

/**
 * An agent's execution role: one model, by itself or through one inference profile, whole or streamed. Where the call
 * does not say the regions behind a geographic profile, any region, still through the profile alone (Bedrock user
 * guide, geographic- and global-cross-region-inference).
 *
 * @throws Error for what names no model that can be called.
 */
export function invokeModelStatements(call: ModelCall): Statement[] {
    const reference = parseModelId(call.modelId);
    const resources = modelInvocationResources(call);
    if (reference === undefined || resources === undefined) {
        throw new Error(`Model: got ${call.modelId}; must be one that ${call.region} has`);
    }
    const allow = { Effect: "Allow", Action: Object.values(modelActions) } as const;
    const arns = resources.map(({ arn }) => arn);
    if (reference.kind === "foundationModel") {
        return [{ Sid: "InvokeModel", ...allow, Resource: sorted(arns) }];
    }
    const [profile = "", ...models] = arns;
    const anyRegion =
        reference.kind === "geographicProfile" && call.profileRegions === undefined
            ? [foundationModelArn(reference.modelId, "*", call.partition)]
            : models;
    return [
        { Sid: "InvokeProfile", ...allow, Resource: profile },
        {
            Sid: "InvokeModelThroughProfile",
            ...allow,
            Resource: sorted(anyRegion),
            Condition: { StringEquals: { [inferenceProfileArnKey]: profile } },
        },
    ];
}

/** An agent's execution role: its traces, and metrics of AgentCore's namespace (AgentCore devguide, runtime-permissions). */
export function telemetryStatements(): Statement[] {
    return [
        unscoped("WriteTraces", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]),
        {
            ...unscoped("WriteMetrics", "cloudwatch:PutMetricData"),
            Condition: { StringEquals: { "cloudwatch:namespace": "bedrock-agentcore" } },
        },
    ];
}

/** A runtime's execution role: its archive may be read. */
export function readArchiveStatement(objectArn: string): Statement {
    return { Sid: "ReadArchive", Effect: "Allow", Action: "s3:GetObject", Resource: objectArn };
}

/**
 * The policy of a runtime, or of its endpoint: nobody but its gateways' roles and its operators, whatever anyone's own
 * policy says (AgentCore devguide, resource-based-policies). It allows operators only: a gateway's role is let in by
 * its own policy, which has to name the runtime and the endpoint.
 */
export function runtimeResourcePolicy(args: {
    resourceArn: string;
    gatewayRoles: readonly string[];
    operators: readonly string[];
}): Statement[] {
    const { resourceArn } = args;
    const operators = sorted(args.operators);
    const allow: Statement = {
        Sid: "AllowOperators",
        Effect: "Allow",
        Principal: { AWS: operators },
        Action: "bedrock-agentcore:InvokeAgentRuntime",
        Resource: resourceArn,
    };
    const deny: Statement = {
        Sid: "DenyEveryoneElse",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: [...runtimeActions],
        Resource: resourceArn,
        Condition: {
            ArnNotEquals: { "aws:PrincipalArn": sorted([...args.gatewayRoles, ...operators]) },
        },
    };
    return operators.length > 0 ? [allow, deny] : [deny];
}

/**
 * A function's execution role: log events into one log group.
 *
 * @param logGroupArn without the trailing `:*`, which names the log streams.
 */
export function writeLogsStatement(logGroupArn: string): Statement {
    return {
        Sid: "WriteLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `${logGroupArn}:*`,
    };
}

/**
 * A role that a service assumes, for one resource of one account where the service says for which: so no
 * other customer's resource can borrow it (AgentCore devguide, gateway-prerequisites-permissions).
 */
export function serviceTrust(args: {
    service: string;
    source?: { accountId: string; arn: string };
}): Statement {
    return {
        Effect: "Allow",
        Principal: { Service: args.service },
        Action: "sts:AssumeRole",
        ...(args.source !== undefined && {
            Condition: {
                StringEquals: { "aws:SourceAccount": args.source.accountId },
                ArnLike: { "aws:SourceArn": args.source.arn },
            },
        }),
    };
}

/** A role that exactly these roles and users assume. */
export function callerTrust(principalArns: readonly string[]): Statement {
    return {
        Effect: "Allow",
        Principal: { AWS: sorted(principalArns) },
        Action: "sts:AssumeRole",
    };
}

/**
 * The hub's side: exactly these principals may invoke the gateway, all in one statement. AWS keeps the unique
 * id behind a role's ARN, so a digest of the ids is the Sid: a role made anew changes the document, and the
 * grant is put again.
 */
export function gatewayResourcePolicy(args: {
    gatewayArn: string;
    principals: readonly string[];
    roleIds: readonly string[];
}): Statement {
    const principals = sorted(args.principals);
    const digest = createHash("sha256")
        .update([...principals, ...sorted(args.roleIds)].join("\n"))
        .digest("hex")
        .slice(0, 8);
    return {
        Sid: `HubGrants${digest}`,
        Effect: "Allow",
        Principal: { AWS: principals },
        Action: "bedrock-agentcore:InvokeGateway",
        Resource: args.gatewayArn,
    };
}

function unscoped(sid: string, actions: UnscopedAction | UnscopedAction[]): Statement {
    return { Sid: sid, Effect: "Allow", Action: actions, Resource: "*" };
}

function sorted(values: readonly string[]): string[] {
    return [...new Set(values)].sort();
}
