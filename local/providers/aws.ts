import { resolve } from "node:path";
import { limits, partitionOf } from "../../agentcore/limits";
import { notEmulated } from "../awsError";
import type { Role } from "../services/iam";
import type { FunctionInput, LambdaFunction } from "../services/lambdaFunctions";
import { folderArchive } from "./archive";
import { inputsAsNow } from "./asNow";
import { authorizationToken, ecrResources } from "./ecr";
import {
    optional,
    textOf,
    type Properties,
    type ResourceContext,
    type ResourceHandlers,
    type ResourceState,
} from "./resourceHandler";
import { s3Resources } from "./s3";

/** The resource types of the `aws` package that the program uses. */
export const awsResources: ResourceHandlers = {
    ...ecrResources,
    ...s3Resources,
    "aws:iam/role:Role": {
        autoName: { property: "name", maxCharacters: 64 },
        documents: ["assumeRolePolicy"],
        create: ({ account }, inputs) => {
            const path = optional<string>(inputs, "path");
            return roleState(
                account.iam.createRole({
                    roleName: textOf(inputs, "name"),
                    ...(path !== undefined && { path }),
                    ...roleSettings(inputs),
                }),
                inputs,
            );
        },
        read: ({ account }, id, inputs) => {
            const role = account.iam.findRole(id);
            if (role === undefined) return undefined;
            const now = inputsAsNow(inputs, liveRole(role), {
                ...{ path: "/", description: "" },
                maxSessionDuration: limits.sessionSeconds.min,
            });
            return { ...roleState(role, now), inputs: now };
        },
        update: ({ account }, id, inputs) =>
            roleState(account.iam.updateRole(id, roleSettings(inputs)), inputs),
        delete: ({ account }, id) => {
            account.iam.deleteRole(id);
        },
    },
    "aws:iam/rolePolicy:RolePolicy": {
        autoName: { property: "name", maxCharacters: 128 },
        documents: ["policy"],
        create: ({ account }, inputs) => putRolePolicy(account, inputs),
        read: ({ account }, id, inputs) => {
            const [role = "", name = ""] = id.split(":");
            const policy = account.iam.findRole(role)?.inlinePolicies.get(name);
            if (policy === undefined) return undefined;
            const now = inputsAsNow(inputs, { role, name, policy });
            return { id, inputs: now, outputs: { ...now } };
        },
        update: ({ account }, _id, inputs) => putRolePolicy(account, inputs),
        delete: ({ account }, id) => {
            const [role = "", name = ""] = id.split(":");
            account.iam.deleteRolePolicy(role, name);
        },
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        autoName: { property: "name", maxCharacters: 512 },
        isRegional: true,
        create: ({ account, region }, inputs) => {
            const { name, arn } = account.logs.createLogGroup(
                textOf(inputs, "name"),
                region,
                optional<number>(inputs, "retentionInDays") ?? 0,
            );
            return { id: name, outputs: { ...inputs, name, arn } };
        },
        read: ({ account }, id, inputs) => {
            const group = account.logs.findLogGroup(id);
            if (group === undefined) return undefined;
            const { name, arn, retentionInDays } = group;
            const now = inputsAsNow(inputs, { name, retentionInDays }, { retentionInDays: 0 });
            return { id, inputs: now, outputs: { ...now, arn, retentionInDays } };
        },
        update: ({ account }, id, inputs) => {
            const days = optional<number>(inputs, "retentionInDays") ?? 0;
            const group = account.logs.setRetention(id, days);
            return { id, outputs: { ...inputs, arn: group.arn } };
        },
        delete: ({ account }, id) => {
            account.logs.deleteLogGroup(id);
        },
    },
    "aws:lambda/function:Function": {
        autoName: { property: "name", maxCharacters: 64 },
        isRegional: true,
        updatedOutputs: ["lastModified"],
        create: (context, inputs) => {
            const { account, region } = context;
            const input = functionInput(context, inputs);
            return functionState(account.lambda.createFunction(input, region), inputs);
        },
        read: ({ account }, id, inputs) => {
            const lambda = account.lambda.findFunction(id);
            if (lambda === undefined) return undefined;
            const now = inputsAsNow(inputs, liveFunction(lambda), {
                ...{ timeout: 3, memorySize: 128, architectures: ["x86_64"] },
            });
            return { ...functionState(lambda, now), inputs: now };
        },
        update: (context, _id, inputs) => {
            const input = functionInput(context, inputs);
            return functionState(context.account.lambda.updateFunction(input), inputs);
        },
        delete: ({ account }, id) => {
            account.lambda.deleteFunction(id);
        },
    },
};

/** The functions (invokes) of the `aws` package that the program may use. */
export const awsFunctions = {
    "aws:index/getCallerIdentity:getCallerIdentity": ({
        account: { id },
        deployer,
    }: ResourceContext): Properties => ({
        accountId: id,
        id,
        arn: deployer.key.principal.sessionArn,
        userId: id,
    }),
    "aws:index/getRegion:getRegion": ({ region }: ResourceContext): Properties => ({
        id: region,
        name: region,
        region,
    }),
    "aws:index/getPartition:getPartition": ({ region }: ResourceContext): Properties => ({
        id: partitionOf(region),
        partition: partitionOf(region),
    }),
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": authorizationToken,
};

function roleSettings(inputs: Properties) {
    const description = optional<string>(inputs, "description");
    const maxSessionSeconds = optional<number>(inputs, "maxSessionDuration");
    const tags = optional<Record<string, string>>(inputs, "tags");
    return {
        ...(tags !== undefined && { tags }),
        assumeRolePolicyDocument: textOf(inputs, "assumeRolePolicy"),
        ...(description !== undefined && { description }),
        ...(maxSessionSeconds !== undefined && { maxSessionSeconds }),
    };
}

/** What GetRole tells, in the names of the inputs. */
function liveRole(role: Role): Properties {
    return {
        name: role.roleName,
        path: role.path,
        assumeRolePolicy: role.trust.text,
        description: role.description,
        maxSessionDuration: role.maxSessionSeconds,
        tags: role.tags,
    };
}

function roleState(role: Role, inputs: Properties): ResourceState {
    return {
        id: role.roleName,
        outputs: {
            ...inputs,
            name: role.roleName,
            path: role.path,
            arn: role.arn,
            uniqueId: role.roleId,
            assumeRolePolicy: role.trust.text,
            description: role.description,
            maxSessionDuration: role.maxSessionSeconds,
            createDate: role.createdAt.toISOString(),
            tagsAll: role.tags,
        },
    };
}

function putRolePolicy(
    account: { iam: { putRolePolicy(role: string, name: string, text: string): void } },
    inputs: Properties,
): ResourceState {
    const role = textOf(inputs, "role");
    const name = textOf(inputs, "name");
    account.iam.putRolePolicy(role, name, textOf(inputs, "policy"));
    return { id: `${role}:${name}`, outputs: { ...inputs } };
}

function functionInput({ programFolder }: ResourceContext, inputs: Properties): FunctionInput {
    const code = inputs["code"] as { path?: string; hash?: string } | undefined;
    if (code?.path === undefined || code.hash === undefined) {
        throw notEmulated("code that is no FileArchive of a folder");
    }
    const logging = optional<{ logGroup?: string }>(inputs, "loggingConfig");
    const environment = optional<{ variables?: Record<string, string> }>(inputs, "environment");
    const description = optional<string>(inputs, "description");
    return {
        functionName: textOf(inputs, "name"),
        ...(description !== undefined && { description }),
        runtime: textOf(inputs, "runtime"),
        handler: textOf(inputs, "handler"),
        architectures: optional<string[]>(inputs, "architectures") ?? ["x86_64"],
        role: textOf(inputs, "role"),
        timeoutSeconds: optional<number>(inputs, "timeout") ?? 3,
        memoryMb: optional<number>(inputs, "memorySize") ?? 128,
        environment: environment?.variables ?? {},
        ...(logging?.logGroup !== undefined && { logGroup: logging.logGroup }),
        codeFolder: resolve(programFolder, code.path),
        codeHash: code.hash,
    };
}

/** What GetFunction tells, in the names of the inputs; the code is what was deployed. */
function liveFunction(lambda: LambdaFunction): Properties {
    const { description, runtime, handler, architectures, role, environment, logGroup } = lambda;
    return {
        ...{ description, runtime, handler, architectures, role },
        name: lambda.functionName,
        timeout: lambda.timeoutSeconds,
        memorySize: lambda.memoryMb,
        environment: Object.keys(environment).length > 0 ? { variables: environment } : undefined,
        loggingConfig: logGroup === undefined ? undefined : { logFormat: "JSON", logGroup },
        code: folderArchive(lambda.deployedFolder, lambda.codeHash),
    };
}

function functionState(lambda: LambdaFunction, inputs: Properties): ResourceState {
    return {
        id: lambda.functionName,
        outputs: {
            ...inputs,
            name: lambda.functionName,
            arn: lambda.arn,
            lastModified: lambda.lastModified.toISOString(),
            version: "$LATEST",
        },
    };
}
