import { registryCredentials } from "../services/registryToken";
import type { Repository } from "../services/images";
import { inputsAsNow } from "./asNow";
import {
    optional,
    textOf,
    type Properties,
    type ResourceContext,
    type ResourceHandlers,
    type ResourceState,
} from "./resourceHandler";

/** ECR in the `aws` package. */
export const ecrResources: ResourceHandlers = {
    "aws:ecr/repository:Repository": {
        autoName: { property: "name", maxCharacters: 256, isLowerCase: true },
        isRegional: true,
        create: ({ account, region }, inputs) =>
            repositoryState(
                account.images.createRepository(repositoryInput(inputs), region),
                inputs,
            ),
        read: ({ account }, id, inputs) => {
            const repository = account.images.findRepository(id);
            if (repository === undefined) return undefined;
            const { name, imageTagMutability, scanOnPush, tags } = repository;
            const imageScanningConfiguration = { scanOnPush };
            const live = { name, imageTagMutability, imageScanningConfiguration, tags };
            const now = inputsAsNow(inputs, live, {
                imageTagMutability: "MUTABLE",
                imageScanningConfiguration: { scanOnPush: false },
            });
            return { ...repositoryState(repository, now), inputs: now };
        },
        update: ({ account }, _id, inputs) =>
            repositoryState(account.images.updateRepository(repositoryInput(inputs)), inputs),
        delete: ({ account }, id, inputs) => {
            account.images.deleteRepository(id, {
                force: optional<boolean>(inputs, "forceDelete") ?? false,
            });
        },
    },
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
        documents: ["policy"],
        deleteBeforeReplace: true,
        isRegional: true,
        create: putLifecyclePolicy,
        read: ({ account }, id, inputs) => {
            if (account.images.findRepository(id) === undefined) return undefined;
            const policy = account.images.getLifecyclePolicy(id);
            if (policy === undefined) return undefined;
            const now = inputsAsNow(inputs, { repository: id, policy });
            return { id, inputs: now, outputs: { ...now, registryId: account.id } };
        },
        update: (context, _id, inputs) => putLifecyclePolicy(context, inputs),
        delete: ({ account }, id) => {
            account.images.deleteLifecyclePolicy(id);
        },
    },
};

/** `getAuthorizationToken`: the registry's credentials, which {@link registryCredentials} makes. */
export function authorizationToken(
    { account, region, now }: ResourceContext,
    args: Properties,
): Properties {
    const registryId = optional<string>(args, "registryId") ?? account.id;
    const { userName, password, expiresAt } = registryCredentials(registryId, now());
    return {
        id: region,
        region,
        registryId,
        authorizationToken: Buffer.from(`${userName}:${password}`).toString("base64"),
        userName,
        password,
        expiresAt: expiresAt.toISOString(),
        proxyEndpoint: `https://${registryId}.dkr.ecr.${region}.amazonaws.com`,
    };
}

function putLifecyclePolicy({ account }: ResourceContext, inputs: Properties): ResourceState {
    const repository = textOf(inputs, "repository");
    account.images.setLifecyclePolicy(repository, textOf(inputs, "policy"));
    return { id: repository, outputs: { ...inputs, registryId: account.id } };
}

function repositoryInput(inputs: Properties) {
    const scanning = optional<{ scanOnPush: boolean }>(inputs, "imageScanningConfiguration");
    const tags = optional<Record<string, string>>(inputs, "tags");
    const mutability = optional<"MUTABLE" | "IMMUTABLE">(inputs, "imageTagMutability");
    return {
        name: textOf(inputs, "name"),
        imageTagMutability: mutability ?? "MUTABLE",
        scanOnPush: scanning?.scanOnPush ?? false,
        ...(tags !== undefined && { tags }),
    };
}

function repositoryState(repository: Repository, inputs: Properties): ResourceState {
    const { repositoryName, repositoryArn, repositoryUrl } = repository;
    return {
        id: repositoryName,
        outputs: {
            ...inputs,
            name: repositoryName,
            arn: repositoryArn,
            repositoryUrl,
            registryId: repositoryArn.split(":")[4] ?? "",
            tagsAll: optional<Record<string, string>>(inputs, "tags") ?? {},
        },
    };
}
