import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { refusals } from "../../agentcore/refusals";
import { AwsError } from "../awsError";
import { refusal, refuseProblems } from "./refuse";

/** What CreateRepository takes. */
export interface RepositoryInput {
    name: string;
    imageTagMutability: "MUTABLE" | "IMMUTABLE";
    scanOnPush: boolean;
    tags?: Readonly<Record<string, string>>;
}

/** An ECR repository of one account. */
export interface Repository extends RepositoryInput {
    repositoryName: string;
    repositoryArn: string;
    /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
    repositoryUrl: string;
    region: string;
    createdAt: Date;
    lifecyclePolicy?: string;
    /** By digest. */
    images: Map<string, LocalImage>;
}

/** What is pushed: files, and how a process is started in them. */
export interface PushInput {
    repositoryUrl: string;
    tag?: string;
    /** As `linux/arm64`. */
    platforms: readonly string[];
    /** Folder that stands for `/` of the image; it stays where it is. */
    folder: string;
    /** Program and arguments, in the image's own paths. */
    command: readonly string[];
    environment: Readonly<Record<string, string>>;
    /** In the image's own paths. */
    workingDirectory: string;
    /** The base image, as the Dockerfile names it. */
    base?: string;
    user?: string;
    ports?: readonly string[];
    labels?: readonly string[];
}

/** An image in a repository. */
export interface LocalImage extends Omit<PushInput, "tag"> {
    digest: string;
    repositoryArn: string;
    tags: Set<string>;
    pushedAt: Date;
}

/** ECR of one account: repositories, and the images that were pushed to them. */
export class Images {
    readonly #repositories = new Map<string, Repository>();

    constructor(
        private readonly account: { id: string; partition: string },
        private readonly now: () => number,
    ) {}

    createRepository(input: RepositoryInput, region: string): Repository {
        refuseProblems("aws:ecr/repository:Repository", repositoryProperties(input), invalid);
        const { name } = input;
        if (this.#repositories.has(name)) {
            throw new AwsError(
                "RepositoryAlreadyExistsException",
                `The repository with name '${name}' already exists in the registry with id '${this.account.id}'`,
                400,
            );
        }
        const { id, partition } = this.account;
        const suffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
        const repository: Repository = {
            ...input,
            repositoryName: name,
            repositoryArn: `arn:${partition}:ecr:${region}:${id}:repository/${name}`,
            repositoryUrl: `${id}.dkr.ecr.${region}.${suffix}/${name}`,
            region,
            createdAt: new Date(this.now()),
            images: new Map(),
        };
        this.#repositories.set(name, repository);
        return repository;
    }

    /** The settings that can change: PutImageTagMutability, PutImageScanningConfiguration, tags. */
    updateRepository(input: RepositoryInput): Repository {
        refuseProblems("aws:ecr/repository:Repository", repositoryProperties(input), invalid);
        const { tags: _old, ...repository } = this.repository(input.name);
        const updated: Repository = { ...repository, ...input };
        this.#repositories.set(input.name, updated);
        return updated;
    }

    /** @throws AwsError RepositoryNotFoundException */
    repository(name: string): Repository {
        const repository = this.findRepository(name);
        if (repository === undefined) throw this.#unknown(name);
        return repository;
    }

    findRepository(name: string): Repository | undefined {
        return this.#repositories.get(name);
    }

    repositories(): Repository[] {
        return [...this.#repositories.values()];
    }

    /** @throws AwsError RepositoryNotEmptyException, unless its images may go with it. */
    deleteRepository(name: string, { force }: { force: boolean }): void {
        const { images } = this.repository(name);
        if (images.size > 0 && !force) {
            throw new AwsError(
                "RepositoryNotEmptyException",
                `The repository with name '${name}' in registry with id '${this.account.id}' cannot be deleted because it still contains images`,
                400,
            );
        }
        this.#repositories.delete(name);
    }

    setLifecyclePolicy(name: string, policy: string): void {
        refuseProblems(
            "aws:ecr/lifecyclePolicy:LifecyclePolicy",
            { repository: name, policy },
            invalid,
        );
        let rules: unknown;
        try {
            ({ rules } = JSON.parse(policy) as { rules?: unknown });
        } catch {
            throw invalid(`policy: got ${policy}; must be JSON text`);
        }
        if (!Array.isArray(rules)) throw invalid(`policy: got no rules; must have a list of them`);
        this.repository(name).lifecyclePolicy = policy;
    }

    getLifecyclePolicy(name: string): string | undefined {
        return this.repository(name).lifecyclePolicy;
    }

    /** @throws AwsError LifecyclePolicyNotFoundException */
    deleteLifecyclePolicy(name: string): void {
        const repository = this.repository(name);
        if (repository.lifecyclePolicy === undefined) {
            throw new AwsError(
                "LifecyclePolicyNotFoundException",
                `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${this.account.id}'`,
                400,
            );
        }
        delete repository.lifecyclePolicy;
    }

    /**
     * A push, as of `docker push`: the digest is of all that the image is made of, so the same content has the same.
     *
     * @throws AwsError RepositoryNotFoundException, ImageTagAlreadyExistsException
     */
    push(input: PushInput): { digest: string } {
        const { repositoryUrl, tag, ...content } = input;
        const repository = this.#byUrl(repositoryUrl);
        const { images, repositoryArn, repositoryName, imageTagMutability } = repository;
        const digest = digestOf(content);
        const tagged = tag === undefined ? undefined : taggedImage(repository, tag);
        if (tag !== undefined && tagged !== undefined && tagged.digest !== digest) {
            if (imageTagMutability === "IMMUTABLE") {
                throw refusal(
                    refusals.imageTagTaken,
                    `tag: got ${tag}, which is ${tagged.digest}; must be one that no other image has`,
                    { tag, repository: repositoryName },
                );
            }
            tagged.tags.delete(tag);
        }
        const image = images.get(digest) ?? {
            ...content,
            repositoryUrl,
            digest,
            repositoryArn,
            tags: new Set<string>(),
            pushedAt: new Date(this.now()),
        };
        if (tag !== undefined) image.tags.add(tag);
        images.set(digest, image);
        return { digest };
    }

    /** The image of a URI with a digest or a tag; a tag beside a digest counts for nothing, as in Docker. */
    findImage(uri: string): LocalImage | undefined {
        const [, url = "", tag = "latest", digest] =
            /^([^@:]+)(?::([^@]+))?(?:@(.+))?$/.exec(uri) ?? [];
        const repository = this.repositories().find(({ repositoryUrl }) => repositoryUrl === url);
        if (repository === undefined) return undefined;
        return digest === undefined ? taggedImage(repository, tag) : repository.images.get(digest);
    }

    #byUrl(url: string): Repository {
        const repository = this.repositories().find(({ repositoryUrl }) => repositoryUrl === url);
        if (repository === undefined) throw this.#unknown(url.slice(url.indexOf("/") + 1));
        return repository;
    }

    #unknown(name: string): AwsError {
        return new AwsError(
            "RepositoryNotFoundException",
            `The repository with name '${name}' does not exist in the registry with id '${this.account.id}'`,
            400,
        );
    }
}

function taggedImage({ images }: Repository, tag: string): LocalImage | undefined {
    return [...images.values()].find(({ tags }) => tags.has(tag));
}

function invalid(message: string): AwsError {
    return new AwsError("InvalidParameterException", message, 400);
}

/** CreateRepository's input in the names of the constraints. */
function repositoryProperties(input: RepositoryInput): Record<string, unknown> {
    return {
        name: input.name,
        imageTagMutability: input.imageTagMutability,
        imageScanningConfiguration: { scanOnPush: input.scanOnPush },
        tags: input.tags,
    };
}

function digestOf(content: Omit<PushInput, "repositoryUrl" | "tag">): string {
    const { folder, platforms, environment, ports = [], ...configuration } = content;
    const { command, workingDirectory, base, user, labels = [] } = configuration;
    const hash = createHash("sha256");
    hash.update(
        JSON.stringify([
            [...platforms].sort(),
            Object.entries(environment).sort(([one], [other]) => (one < other ? -1 : 1)),
            [...ports].sort(),
            { command, workingDirectory, base, user, labels },
        ]),
    );
    for (const line of contentLines(folder, "")) hash.update(line);
    return `sha256:${hash.digest("hex")}`;
}

/** One line for each file: its path, what it is, and the digest of its content. */
function* contentLines(root: string, path: string): Generator<string> {
    const entries = readdirSync(join(root, path), { withFileTypes: true });
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    for (const entry of entries) {
        const inner = `${path}/${entry.name}`;
        const full = join(root, inner);
        if (entry.isDirectory()) {
            yield `${JSON.stringify(inner)} folder\n`;
            yield* contentLines(root, inner);
        } else if (entry.isSymbolicLink()) {
            yield `${JSON.stringify(inner)} link ${JSON.stringify(readlinkSync(full))}\n`;
        } else {
            const isExecutable = (statSync(full).mode & 0o111) !== 0;
            const digest = createHash("sha256").update(readFileSync(full)).digest("hex");
            yield `${JSON.stringify(inner)} ${isExecutable ? "program" : "file"} ${digest}\n`;
        }
    }
}
