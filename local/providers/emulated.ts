import {
    typeConstraints,
    type Constraint,
    type ConstrainedType,
} from "../../agentcore/constraints";
import { placesOf } from "../../agentcore/constraints/places";
import { shown } from "../../agentcore/shown";
import type { Properties } from "./resourceHandler";

/** What the local cloud models of a resource type: AWS has more, and none of it may be dropped in silence. */
export interface Emulated {
    /** Paths, as in the constraints; whatever is below a path that ends in `*` is modelled too. */
    paths: readonly string[];
    /** Where only some of AWS's values are modelled. */
    values?: Readonly<Record<string, readonly (string | boolean)[]>>;
    /** What AWS lets be left out, and the local cloud does not. */
    needed?: readonly string[];
}

const lambdaTarget = "targetConfiguration.mcp.lambda";
const mcpServerTarget = "targetConfiguration.mcp.mcpServer";
const iamProvider = "credentialProviderConfigurations[].credentialProvider.iamCredentialProvider";
const runtimeContainer = "agentRuntimeArtifact.containerConfiguration";
const runtimeCode = "agentRuntimeArtifact.codeConfiguration";
const headerAllowlist = "requestHeaderConfiguration.requestHeaderAllowlist";

/** The modelled properties of the types that the program uses. */
export const emulated: Readonly<Record<ConstrainedType, Emulated>> = {
    "aws:iam/role:Role": {
        paths: [
            ...["name", "path", "assumeRolePolicy", "description", "maxSessionDuration"],
            ...["tags", "tags{}"],
        ],
    },
    "aws:iam/rolePolicy:RolePolicy": { paths: ["name", "role", "policy"] },
    "aws:lambda/function:Function": {
        paths: [
            ...["name", "description", "role", "code", "code.*", "handler", "runtime", "timeout"],
            ...["memorySize", "architectures", "architectures[]"],
            ...["environment", "environment.variables", "environment.variables{}"],
            ...["loggingConfig", "loggingConfig.logFormat", "loggingConfig.logGroup"],
        ],
        values: {
            runtime: ["nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x", "nodejs26.x"],
            "loggingConfig.logFormat": ["JSON"],
        },
    },
    "aws:cloudwatch/logGroup:LogGroup": { paths: ["name", "retentionInDays"] },
    "aws:ecr/repository:Repository": {
        paths: [
            ...["name", "forceDelete", "imageTagMutability", "tags", "tags{}"],
            ...["imageScanningConfiguration", "imageScanningConfiguration.scanOnPush"],
        ],
        values: { imageTagMutability: ["MUTABLE", "IMMUTABLE"] },
    },
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": { paths: ["repository", "policy"] },
    "aws:s3/bucket:Bucket": { paths: ["bucket", "forceDestroy", "tags", "tags{}"] },
    "aws:s3/bucketObjectv2:BucketObjectv2": {
        paths: ["bucket", "key", "source", "source.*"],
        needed: ["source"],
    },
    "aws-native:bedrockagentcore:Runtime": {
        paths: [
            ...["agentRuntimeName", "description", "roleArn", "protocolConfiguration"],
            ...["agentRuntimeArtifact", runtimeContainer, `${runtimeContainer}.containerUri`],
            ...[runtimeCode, `${runtimeCode}.runtime`, `${runtimeCode}.entryPoint`],
            ...[`${runtimeCode}.entryPoint[]`, `${runtimeCode}.code`, `${runtimeCode}.code.s3`],
            ...[`${runtimeCode}.code.s3.bucket`, `${runtimeCode}.code.s3.prefix`],
            ...["networkConfiguration", "networkConfiguration.networkMode"],
            ...["lifecycleConfiguration", "lifecycleConfiguration.idleRuntimeSessionTimeout"],
            "lifecycleConfiguration.maxLifetime",
            ...["requestHeaderConfiguration", headerAllowlist, `${headerAllowlist}[]`],
            ...["environmentVariables", "environmentVariables{}"],
        ],
        values: {
            protocolConfiguration: ["MCP", "HTTP"],
            // The local cloud has no networks: it could not say what AWS says of subnets.
            "networkConfiguration.networkMode": ["PUBLIC"],
            [`${runtimeCode}.runtime`]: ["NODE_22"],
        },
        needed: ["networkConfiguration"],
    },
    "aws-native:bedrockagentcore:Gateway": {
        paths: [
            ...["name", "description", "roleArn", "authorizerType", "protocolType"],
            ...["protocolConfiguration", "protocolConfiguration.mcp"],
            "protocolConfiguration.mcp.supportedVersions",
            "protocolConfiguration.mcp.supportedVersions[]",
            ...["protocolConfiguration.mcp.instructions", "protocolConfiguration.mcp.searchType"],
            ...["exceptionLevel", "tags", "tags{}"],
        ],
        values: { authorizerType: ["AWS_IAM"] },
        needed: ["protocolType"],
    },
    "aws-native:bedrockagentcore:GatewayTarget": {
        paths: [
            ...["gatewayIdentifier", "name", "description"],
            ...["targetConfiguration", "targetConfiguration.mcp", lambdaTarget],
            ...[`${lambdaTarget}.lambdaArn`, `${lambdaTarget}.toolSchema`],
            `${lambdaTarget}.toolSchema.inlinePayload`,
            `${lambdaTarget}.toolSchema.inlinePayload.*`,
            ...["credentialProviderConfigurations", "credentialProviderConfigurations[]"],
            "credentialProviderConfigurations[].credentialProviderType",
            ...[
                mcpServerTarget,
                `${mcpServerTarget}.endpoint`,
                `${mcpServerTarget}.listingMode`,
                `${mcpServerTarget}.resourcePriority`,
            ],
            ...["credentialProviderConfigurations[].credentialProvider", iamProvider],
            ...[`${iamProvider}.service`, `${iamProvider}.region`],
        ],
        values: {
            "credentialProviderConfigurations[].credentialProviderType": ["GATEWAY_IAM_ROLE"],
        },
    },
    "aws-native:bedrockagentcore:ResourcePolicy": { paths: ["resourceArn", "policy"] },
    "docker-build:index:Image": {
        paths: [
            ...["push", "buildOnPreview", "context", "context.location", "network"],
            ...["dockerfile", "dockerfile.location", "dockerfile.inline"],
            ...["platforms", "platforms[]", "tags", "tags[]", "registries", "registries[]"],
            ...["registries[].address", "registries[].username", "registries[].password"],
        ],
        values: { push: [true], network: ["default"] },
        needed: ["context", "tags"],
    },
    "command:local:Command": {
        paths: [
            ...["create", "update", "delete", "dir", "stdin", "interpreter", "interpreter[]"],
            ...["environment", "environment{}", "triggers", "triggers.*"],
        ],
    },
};

/** What the local cloud does not model of these inputs, by name. */
export function notEmulatedOf(
    type: ConstrainedType,
    inputs: Properties,
    isUnknown: (value: unknown) => boolean = () => false,
): string[] {
    const { paths, values = {}, needed = [] } = emulated[type];
    const line = (path: string, got: string) =>
        `NotEmulated: ${path} of ${type}: got ${got}; the local cloud does not model it (docs/local-mode.md)`;
    const others = Object.entries(values).flatMap(([path, modelled]) =>
        placesOf(inputs, path, isUnknown)
            .filter(
                ({ value }) =>
                    takes(type, path, value) && !modelled.includes(value as string | boolean),
            )
            .map(({ path: at, value }) => line(at, shown(value))),
    );
    return [
        ...membersOf(inputs, "", paths).map((path) => line(path, "a value")),
        ...others,
        ...needed.filter((name) => inputs[name] === undefined).map((name) => line(name, "nothing")),
    ];
}

/** Whether AWS takes the value; what it refuses is named as that. */
function takes(type: ConstrainedType, path: string, value: unknown): boolean {
    return typeConstraints[type].some(({ path: at, rule }: Constraint) => {
        if (at !== path) return false;
        if (rule.kind === "oneOf") return rule.values.includes(value as string);
        return rule.kind === "type" && rule.type === "boolean" && typeof value === "boolean";
    });
}

/** The paths in a value that no modelled path stands for. */
function membersOf(value: unknown, path: string, paths: readonly string[]): string[] {
    if (paths.includes(`${path}.*`)) return [];
    if (Array.isArray(value)) {
        const items = value.flatMap((item) => membersOf(item, `${path}[]`, paths));
        return [...new Set(items)];
    }
    if (typeof value !== "object" || value === null || paths.includes(`${path}{}`)) return [];
    return Object.entries(value).flatMap(([name, member]) => {
        // The bridged providers keep the names of defaulted inputs there.
        if (name.startsWith("__")) return [];
        const at = path === "" ? name : `${path}.${name}`;
        return paths.includes(at) ? membersOf(member, at, paths) : [at];
    });
}
