import type { Statement } from "../../access/documentSchema";
import type { ExampleResource } from "./rule";

/** The things that examples speak of. */
export const hub = {
    account: "111122223333",
    gateway: "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/tools-a1b2c3d4e5",
    runtime: "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/mcp_server-a1b2c3d4e5",
    tool: "arn:aws:lambda:us-east-1:111122223333:function:echo-tool",
    serviceRole: "arn:aws:iam::111122223333:role/tools-service",
    executionRole: "arn:aws:iam::111122223333:role/mcp-server-execution",
    repository: "arn:aws:ecr:us-east-1:111122223333:repository/mcp-server-images",
    image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/mcp-server-images",
    digest: `sha256:${"0123456789abcdef".repeat(4)}`,
} as const;

/** The spoke's, in the same examples. */
export const spoke = {
    account: "444455556666",
    developer: "arn:aws:iam::444455556666:role/developer",
    admin: "arn:aws:iam::444455556666:role/AdminRole",
} as const;

const typesOf = {
    command: "command:local:Command",
    gateway: "aws-native:bedrockagentcore:Gateway",
    target: "aws-native:bedrockagentcore:GatewayTarget",
    runtime: "aws-native:bedrockagentcore:Runtime",
    resourcePolicy: "aws-native:bedrockagentcore:ResourcePolicy",
    apiKey: "aws-native:bedrockagentcore:ApiKeyCredentialProvider",
    role: "aws:iam/role:Role",
    rolePolicy: "aws:iam/rolePolicy:RolePolicy",
    attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    function: "aws:lambda/function:Function",
    functionUrl: "aws:lambda/functionUrl:FunctionUrl",
    permission: "aws:lambda/permission:Permission",
    logGroup: "aws:cloudwatch/logGroup:LogGroup",
    repository: "aws:ecr/repository:Repository",
    image: "docker-build:index:Image",
    parameter: "aws:ssm/parameter:Parameter",
    stack: "pulumi:pulumi:Stack",
    aws: "pulumi:providers:aws",
} as const;

/** A resource of an example. */
export function example(
    type: keyof typeof typesOf,
    name: string,
    props: Readonly<Record<string, unknown>>,
): ExampleResource {
    return { type: typesOf[type], name, props };
}

/** A document of an example. */
export function policy(...statements: readonly Statement[]): object {
    return { Version: "2012-10-17", Statement: statements };
}

/** A statement that allows. */
export function allow(
    action: string | string[],
    resource: string | string[],
    more: Partial<Statement> = {},
): Statement {
    return { Effect: "Allow", Action: action, Resource: resource, ...more };
}

/** A gateway's policy that grants it to principals. */
export function grants(principals: string | string[], more: Partial<Statement> = {}): object {
    return policy({
        ...allow("bedrock-agentcore:InvokeGateway", hub.gateway),
        Principal: { AWS: principals },
        ...more,
    });
}
