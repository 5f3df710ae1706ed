import { limits } from "../limits";
import {
    archive,
    bytes,
    characters,
    constraints,
    createOnly,
    exactlyOneOf,
    items,
    keys,
    list,
    map,
    object,
    oneOf,
    pattern,
    range,
    required,
    sensitive,
    text,
    wholeNumber,
    type Constraint,
} from "./constraint";

const lambdaModel = "botocore model lambda 2015-03-31, CreateFunction";
const logsModel = "botocore model logs 2014-03-28, CreateLogGroup";
const pulumi = "@pulumi/aws 7.48.0 and terraform-provider-aws (ForceNew)";

/**
 * Runtimes that CreateFunction takes; those that AWS has retired for creation are left out
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html).
 */
export const lambdaRuntimes = [
    ...["nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x", "nodejs26.x"],
    ...["java8.al2", "java8.al2023", "java11", "java11.al2023", "java17", "java17.al2023"],
    ...["java21", "java25", "provided.al2", "provided.al2023"],
    ...["python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14"],
    ...["python3.15", "ruby3.2", "ruby3.3", "ruby3.4", "ruby4.0", "dotnet6", "dotnet8"],
    ...["dotnet10"],
] as const;

/**
 * Names that the runtime sets itself
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
 */
export const reservedEnvironmentNames = [
    ...["_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"],
    ...["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    ...["AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE"],
    ...["AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY"],
    ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
    ...["AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"],
] as const;

/** `aws:lambda/function:Function`. */
export const lambdaFunction: readonly Constraint[] = [
    ...constraints(lambdaModel, {
        name: [text],
        description: [text, characters(limits.functionDescriptionCharacters)],
        role: [required, text, pattern(limits.functionRoleArn)],
        code: [archive],
        handler: [
            text,
            characters(limits.functionHandlerCharacters),
            pattern(limits.functionHandler),
        ],
        runtime: [text],
        timeout: [wholeNumber],
        memorySize: [wholeNumber],
        architectures: [list, items(limits.architecturesPerFunction)],
        "architectures[]": [text, oneOf(["x86_64", "arm64"])],
        environment: [sensitive(object)],
        "environment.variables": [sensitive(map), keys(limits.environmentName)],
        "environment.variables{}": [sensitive(text)],
        loggingConfig: [object],
        "loggingConfig.logFormat": [text, oneOf(["JSON", "Text"])],
        "loggingConfig.logGroup": [text, pattern(limits.logGroupName)],
    }),
    ...constraints("Lambda developer guide, API_CreateFunction: FunctionName, and zip packages", {
        name: [pattern(limits.functionName)],
        handler: [required],
        runtime: [required],
    }),
    ...constraints("Lambda developer guide, gettingstarted-limits", {
        timeout: [range(limits.lambdaTimeoutSeconds)],
        memorySize: [range(limits.lambdaMemoryMb)],
        "environment.variables": [bytes(limits.environmentBytes)],
    }),
    ...constraints("Lambda developer guide, configuration-envvars", {
        "environment.variables": [{ kind: "reservedKeys", keys: reservedEnvironmentNames }],
    }),
    ...constraints(
        "the model's list, without those that @pulumi/aws 7.48.0 marks as deprecated",
        { runtime: [oneOf(lambdaRuntimes)] },
        "inferred",
    ),
    ...constraints(`${pulumi}, and its schema`, {
        "": [exactlyOneOf("code", "imageUri", "s3Bucket")],
        "loggingConfig.logFormat": [required],
        name: [createOnly],
    }),
];

/** `aws:cloudwatch/logGroup:LogGroup`. */
export const logGroup: readonly Constraint[] = [
    ...constraints(logsModel, { name: [text, pattern(limits.logGroupName)] }),
    ...constraints("CloudWatch Logs API, PutRetentionPolicy; 0 is @pulumi/aws's word for none", {
        retentionInDays: [wholeNumber, oneOf([0, ...limits.logRetentionDays])],
    }),
    ...constraints(pulumi, { name: [createOnly] }),
];
