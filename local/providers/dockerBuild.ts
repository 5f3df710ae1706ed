import { statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { AwsError, notEmulated } from "../awsError";
import { BuildFailed, buildImage, contextHash, type BuildInput } from "../services/dockerBuild";
import { registryRefusal } from "../services/registryToken";
import { changedInputs } from "./changes";
import {
    optional,
    type Failure,
    type Properties,
    type ResourceContext,
    type ResourceHandlers,
    type ResourceState,
} from "./resourceHandler";
import { isUnknown } from "./unknown";

/** The resource types of the `docker-build` package that the program uses. */
export const dockerBuildResources: ResourceHandlers = {
    "docker-build:index:Image": {
        check: ({ programFolder }, inputs) => buildFailures(programFolder, inputs),
        // As the provider: a new password alone is no change, and a changed file of the context is one.
        changes: ({ programFolder }, { inputs: olds, outputs }, news) => {
            const changed = changedInputs(olds, news).filter(
                (name) =>
                    name !== "registries" ||
                    !isDeepStrictEqual(withoutPasswords(olds), withoutPasswords(news)),
            );
            const hash = contextHash(buildInput(programFolder, news));
            return hash === outputs["contextHash"] ? changed : [...changed, "contextHash"];
        },
        create: buildAndPush,
        read: ({ account }, id, inputs, outputs) => {
            const uri =
                /^(.*?)(?::[^:/]+)?@/.exec(optional<string>(outputs, "ref") ?? "")?.[1] ?? "";
            const isThere = account.images.findImage(`${uri}@${id}`) !== undefined;
            return isThere ? { id, inputs, outputs: { ...outputs, ...inputs } } : undefined;
        },
        updatedOutputs: ["contextHash", "digest", "ref"],
        update: (context, id, inputs) => ({ ...buildAndPush(context, inputs), id }),
        // The provider deletes what ECR lets it delete by its registry API, and no failure of that is one: here
        // images go with their repository.
        delete: () => undefined,
    },
};

function buildAndPush(context: ResourceContext, inputs: Properties): ResourceState {
    const { account, stateFolder, programFolder } = context;
    const tags = optional<string[]>(inputs, "tags") ?? [];
    if (tags.length === 0) throw new BuildFailed("tag is needed when pushing to registry");
    const places = tags.map((tag) => placeOf(context, tag));
    for (const { host, tag } of places) requireLogin(context, inputs, { host, tag });
    const image = buildImage(
        buildInput(programFolder, inputs),
        join(stateFolder, "images", account.id),
    );
    const { contextHash: hash, ...content } = image;
    const digests = places.map(
        ({ repositoryUrl, name }) =>
            account.images.push({
                ...content,
                repositoryUrl,
                ...(name !== undefined && { tag: name }),
                platforms: optional<string[]>(inputs, "platforms") ?? [hostPlatform()],
            }).digest,
    );
    const [digest = ""] = digests;
    return {
        id: digest,
        outputs: {
            ...inputs,
            contextHash: hash,
            digest,
            ref: `${tags[0] ?? ""}@${digest}`,
        },
    };
}

interface Place {
    host: string;
    repositoryUrl: string;
    /** The whole tag, and the name after its colon. */
    tag: string;
    name?: string;
}

/** Where a tag is pushed to: a repository of this account, which must be there. */
function placeOf({ account, region }: ResourceContext, tag: string): Place {
    const host = `${account.id}.dkr.ecr.${region}.amazonaws.com`;
    const [, registry, repository = "", name] = /^([^/]+)\/([^:]+)(?::(.+))?$/.exec(tag) ?? [];
    if (
        registry === undefined ||
        !/^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$/.test(registry)
    ) {
        throw notEmulated(`a push of ${tag}: the registry here is ${host}`);
    }
    const found = account.images.findRepository(repository);
    const repositoryUrl = `${registry}/${repository}`;
    if (found?.repositoryUrl !== repositoryUrl) {
        // Docker's words for ECR's answer, RepositoryNotFoundException.
        throw new AwsError(
            "RepositoryNotFoundException",
            `failed to push ${tag}: name unknown: The repository with name '${repository}' does not exist in the registry with id '${registry.slice(0, 12)}'`,
            400,
        );
    }
    return { host: registry, repositoryUrl, tag, ...(name !== undefined && { name }) };
}

interface RegistryLogin {
    address: string;
    username?: string;
    password?: string;
}

function requireLogin(
    { account, now }: ResourceContext,
    inputs: Properties,
    { host, tag }: { host: string; tag: string },
): void {
    const registries = optional<RegistryLogin[]>(inputs, "registries") ?? [];
    const login = registries.find(
        ({ address }) => address.replace(/^https?:\/\//, "").split("/")[0] === host,
    );
    const refusal = registryRefusal(account.id, login, now());
    if (refusal === undefined) return;
    throw new BuildFailed(
        `failed to push ${tag}: ${refusal} (registries: must have ${host} with the userName and password of aws.ecr.getAuthorizationToken)`,
    );
}

/** What the provider's Check refuses, and what of the Dockerfile is not modelled. */
function buildFailures(programFolder: string, inputs: Properties): Failure[] {
    const { location } = optional<{ location?: unknown }>(inputs, "context") ?? {};
    const dockerfile =
        optional<{ location?: unknown; inline?: unknown }>(inputs, "dockerfile") ?? {};
    const isReadable = (value: unknown) => typeof value === "string" && !isUnknown(value);
    if (!isReadable(location)) return [];
    for (const value of [dockerfile.location, dockerfile.inline]) {
        if (value !== undefined && !isReadable(value)) return [];
    }
    if (dockerfile.location !== undefined && dockerfile.inline !== undefined) {
        return [
            {
                property: "dockerfile",
                reason: `dockerfile: only specify "file" or "inline", not both`,
            },
        ];
    }
    const input = buildInput(programFolder, inputs);
    if (statSync(input.contextFolder, { throwIfNoEntry: false })?.isDirectory() !== true) {
        const reason = /^\w+:\/\/|^git@/.test(location as string)
            ? `NotEmulated: context.location of docker-build:index:Image: got ${location as string}; the local cloud builds folders (docs/local-mode.md)`
            : `context.location: "${location as string}": not a valid directory or URL`;
        return [{ property: "context", reason }];
    }
    return [];
}

function buildInput(programFolder: string, inputs: Properties): BuildInput {
    const { location = "." } = optional<{ location?: string }>(inputs, "context") ?? {};
    const dockerfile = optional<{ location?: string; inline?: string }>(inputs, "dockerfile");
    const pathOf = (path: string) => (isAbsolute(path) ? path : resolve(programFolder, path));
    return {
        contextFolder: pathOf(location),
        ...(dockerfile?.inline !== undefined && { dockerfile: { text: dockerfile.inline } }),
        ...(dockerfile?.location !== undefined && {
            dockerfile: { path: pathOf(dockerfile.location) },
        }),
    };
}

function withoutPasswords(inputs: Properties): unknown {
    const registries = optional<RegistryLogin[]>(inputs, "registries") ?? [];
    return registries.map(({ address, username }) => ({ address, username }));
}

/** What a build is for when it says nothing. */
function hostPlatform(): string {
    return `linux/${process.arch === "x64" ? "amd64" : process.arch}`;
}
