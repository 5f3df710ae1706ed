import type { ConstrainedType } from "../agentcore/constraints";
import { awsActions } from "./awsActions";
import { awsCodeActions } from "./awsCodeActions";
import { awsNativeActions } from "./awsNativeActions";
import type { ActionRow } from "./row";

const agentcore = "arn:{partition}:bedrock-agentcore:{region}:{account}";
const pushedTo = "arn:{partition}:ecr:{registryRegion}:{registryAccount}:repository/{repository}";
const commands = "components/commands/";

/** What a deployer may have to be allowed, by resource type of the program. */
export const deployerActions: Readonly<Record<ConstrainedType, readonly ActionRow[]>> = {
    ...awsActions,
    ...awsCodeActions,
    ...awsNativeActions,
    "docker-build:index:Image": [
        {
            actions: [
                "ecr:BatchCheckLayerAvailability",
                "ecr:InitiateLayerUpload",
                "ecr:UploadLayerPart",
                "ecr:CompleteLayerUpload",
                "ecr:PutImage",
            ],
            resources: [pushedTo],
            operations: ["create", "update"],
            known: "sure",
            source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html",
        },
        {
            actions: ["ecr:BatchGetImage"],
            resources: [pushedTo],
            operations: ["create", "read", "update"],
            known: "sure",
            source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html",
        },
    ],
    // The commands call sts:GetCallerIdentity besides, which needs no permission.
    "command:local:Command": [
        {
            actions: ["bedrock-agentcore:GetAgentRuntime"],
            resources: [`${agentcore}:runtime/{awaitedRuntimeId}`],
            operations: ["create", "update"],
            known: "sure",
            source: `${commands}awaitRuntime.ts`,
        },
        {
            actions: [
                "bedrock-agentcore:SynchronizeGatewayTargets",
                "bedrock-agentcore:GetGatewayTarget",
            ],
            resources: [`${agentcore}:gateway/{synchronizedGatewayId}`],
            operations: ["update"],
            known: "sure",
            source: `${commands}synchronizeTarget.ts`,
        },
    ],
};

/** A function of a provider that a program calls. */
export interface FunctionActions {
    rows: readonly ActionRow[];
    /** The resource type that the program calls it for. */
    calledFor?: ConstrainedType;
}

const noPermission: FunctionActions = { rows: [] };

/**
 * The same for the providers' functions. GetCallerIdentity needs no permission
 * (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html), and the others ask nobody.
 */
export const functionActions: Readonly<Record<string, FunctionActions>> = {
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": {
        rows: [
            {
                actions: ["ecr:GetAuthorizationToken"],
                resources: ["*"],
                operations: ["read"],
                known: "sure",
                source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html",
            },
        ],
        calledFor: "docker-build:index:Image",
    },
    "aws:index/getCallerIdentity:getCallerIdentity": noPermission,
    "aws:index/getRegion:getRegion": noPermission,
    "aws:index/getPartition:getPartition": noPermission,
};
