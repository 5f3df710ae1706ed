import { limits } from "../limits";
import {
    characters,
    constraints,
    createOnly,
    entries,
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

const model = "botocore model bedrock-agentcore-control 2023-06-05, CreateAgentRuntime";
const cloudFormation =
    "the AWS::BedrockAgentCore schemas that @pulumi/aws-native 1.79.0 is made of";
const container = "agentRuntimeArtifact.containerConfiguration";
const code = "agentRuntimeArtifact.codeConfiguration";

const containerUri = {
    pattern:
        /^(?:[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?|public\.ecr\.aws)\/(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*(?::[^:@]{1,300})?(?:@.+)?$/,
    rule: "an image in ECR: <account>.dkr.ecr.<region>.amazonaws.com/<repository>, with a tag or a digest",
};
const variableName = { pattern: /^.{1,100}$/s, rule: "1-100 characters" };
const headerName = {
    pattern: /^[A-Za-z][A-Za-z0-9_-]{0,255}$/,
    rule: "1-256 letters, digits, hyphens or underscores, a letter first",
};

/** `aws-native:bedrockagentcore:Runtime`. */
export const runtime: readonly Constraint[] = [
    ...constraints(model, {
        agentRuntimeName: [required, text, pattern(limits.runtimeName)],
        description: [text, characters({ min: 1, max: 4096 })],
        roleArn: [
            required,
            text,
            characters(limits.gatewayRoleArnCharacters),
            pattern(limits.gatewayRoleArn),
        ],
        agentRuntimeArtifact: [
            required,
            object,
            exactlyOneOf("containerConfiguration", "codeConfiguration"),
        ],
        [container]: [object],
        [`${container}.containerUri`]: [
            required,
            text,
            characters({ min: 1, max: 1024 }),
            pattern(containerUri),
        ],
        [code]: [object],
        [`${code}.runtime`]: [
            required,
            text,
            oneOf([
                ...["PYTHON_3_10", "PYTHON_3_11", "PYTHON_3_12", "PYTHON_3_13", "PYTHON_3_14"],
                "NODE_22",
            ]),
        ],
        [`${code}.entryPoint`]: [required, list, items({ min: 1, max: 2 })],
        [`${code}.entryPoint[]`]: [text, characters({ min: 1, max: 128 })],
        [`${code}.code`]: [required, object, exactlyOneOf("s3")],
        [`${code}.code.s3`]: [object],
        [`${code}.code.s3.bucket`]: [required, text],
        [`${code}.code.s3.prefix`]: [required, text],
        networkConfiguration: [object],
        "networkConfiguration.networkMode": [required, text, oneOf(["PUBLIC", "VPC"])],
        lifecycleConfiguration: [object],
        "lifecycleConfiguration.idleRuntimeSessionTimeout": [
            wholeNumber,
            range(limits.runtimeSeconds),
        ],
        "lifecycleConfiguration.maxLifetime": [wholeNumber, range(limits.runtimeSeconds)],
        requestHeaderConfiguration: [object, exactlyOneOf("requestHeaderAllowlist")],
        "requestHeaderConfiguration.requestHeaderAllowlist": [list, items({ min: 1, max: 20 })],
        "requestHeaderConfiguration.requestHeaderAllowlist[]": [text, pattern(headerName)],
        environmentVariables: [sensitive(map), entries({ max: 50 }), keys(variableName)],
        "environmentVariables{}": [sensitive(text), characters({ min: 0, max: 5000 })],
    }),
    ...constraints(`${cloudFormation}: a text in place of the API's object`, {
        protocolConfiguration: [text, oneOf(["MCP", "HTTP", "A2A", "AGUI"])],
    }),
    ...constraints(cloudFormation, { agentRuntimeName: [createOnly] }),
];
