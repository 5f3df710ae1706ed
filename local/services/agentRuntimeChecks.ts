import { accountOfArn } from "../../agentcore/arn";
import type { Assumptions } from "../../agentcore/openFacts";
import { refusals } from "../../agentcore/refusals";
import { runtimeHeaders, type RuntimeProtocol } from "../../agentcore/runtime";
import { notEmulated, validation } from "../awsError";
import type { RunnableCode } from "./agentRuntimes";
import type { Images, LocalImage } from "./images";
import type { Objects } from "./objects";
import { refusal, refuseProblems } from "./refuse";
import type { ServiceRoles } from "./serviceRoles";

/** What a runtime is made of: an image, or an archive and its entry point. */
export type RuntimeArtifact =
    | { kind: "container"; containerUri: string }
    | { kind: "code"; bucket: string; prefix: string; runtime: string; entryPoint: string[] };

/** What CreateAgentRuntime takes, and UpdateAgentRuntime. */
export interface AgentRuntimeInput {
    agentRuntimeName: string;
    description?: string;
    roleArn: string;
    artifact: RuntimeArtifact;
    protocol: RuntimeProtocol;
    networkMode: "PUBLIC" | "VPC";
    environmentVariables: Readonly<Record<string, string>>;
    /** Seconds without a call after which the process ends. */
    idleRuntimeSessionTimeout: number;
    /** Seconds after which it is replaced. */
    maxLifetime: number;
    requestHeaderAllowlist: readonly string[];
}

/** The service that assumes execution roles. */
export const runtimeService = "bedrock-agentcore.amazonaws.com";

/** What CreateAgentRuntime refuses of its input. @throws AwsError ValidationException, NotEmulated */
export function checkRuntimeInput(input: AgentRuntimeInput): void {
    refuseProblems("aws-native:bedrockagentcore:Runtime", runtimeProperties(input), validation);
    const { protocol, artifact, requestHeaderAllowlist } = input;
    // The table has every protocol of AWS.
    if (!["MCP", "HTTP"].includes(protocol)) throw notEmulated(`runtime protocol ${protocol}`);
    if (artifact.kind === "code" && !artifact.runtime.startsWith("NODE_")) {
        throw notEmulated(`runtimes of ${artifact.runtime}`);
    }
    if (artifact.kind === "code" && artifact.entryPoint.length > 1) {
        throw notEmulated(
            `a runtime's entryPoint of several parts (got ${JSON.stringify(artifact.entryPoint)})`,
        );
    }
    for (const name of requestHeaderAllowlist) {
        if (
            /^x-amzn?-/i.test(name) &&
            !name.toLowerCase().startsWith(runtimeHeaders.customPrefix)
        ) {
            throw validation(
                `requestHeaderAllowlist: got ${name}; must not start with X-Amz- or X-Amzn-, but for ${runtimeHeaders.customPrefix}*`,
            );
        }
    }
}

/** Finds the code of a runtime, as far as its execution role may read it. */
export class RuntimeCode {
    constructor(
        private readonly account: { id: string; partition: string },
        private readonly deps: {
            roles: ServiceRoles;
            images: Images;
            objects: Objects;
            assumptions: Assumptions;
        },
    ) {}

    /** @throws AwsError when CreateAgentRuntime refuses the role or the artifact. */
    codeOf({ roleArn, artifact }: AgentRuntimeInput, runtimeArn: string): RunnableCode {
        this.#checkRole(roleArn, runtimeArn);
        if (artifact.kind === "code") return this.#archive(roleArn, artifact);
        const { folder, workingDirectory, command, environment } = this.#image(
            roleArn,
            artifact.containerUri,
        );
        return { folder, workingDirectory, command, environment };
    }

    #checkRole(roleArn: string, runtimeArn: string): void {
        const result = this.deps.roles.assumability(roleArn, runtimeService, runtimeArn);
        if (result === "admitted") return;
        if (result === "otherAccount") {
            throw refusal(
                refusals.crossAccountRole,
                `roleArn: got ${roleArn}; must be a role of account ${this.account.id}`,
            );
        }
        const must =
            result === "missing"
                ? "must be a role that is there"
                : `its trust policy must admit ${runtimeService} with aws:SourceAccount ${this.account.id} and aws:SourceArn ${runtimeArn}`;
        throw refusal(refusals.runtimeRole, `roleArn: got ${roleArn}; ${must}`, { role: roleArn });
    }

    #image(roleArn: string, uri: string): LocalImage {
        const registry = /^(\d{12})\.dkr\.ecr\.([^.]+)\./.exec(uri);
        if (registry?.[1] !== this.account.id) {
            throw notEmulated(`images outside of the account's own registry (got ${uri})`);
        }
        const [, accountId, region = ""] = registry;
        const name = /\/([^@:]+)/.exec(uri)?.[1] ?? "";
        const repositoryArn = `arn:${this.account.partition}:ecr:${region}:${accountId}:repository/${name}`;
        const needed = [
            ["ecr:GetAuthorizationToken", "*"],
            ["ecr:BatchGetImage", repositoryArn],
            ["ecr:GetDownloadUrlForLayer", repositoryArn],
        ] as const;
        const lacking = needed.filter(
            ([action, resource]) => !this.#may(roleArn, action, resource),
        );
        if (lacking.length > 0) {
            throw refusal(
                refusals.runtimeImageDenied,
                `roleArn: got ${roleArn}; its policies must allow ${lacking.map(([action, resource]) => `${action} on ${resource}`).join(", ")}`,
                { uri },
            );
        }
        const image = this.deps.images.findImage(uri);
        if (image === undefined) {
            throw refusal(
                refusals.runtimeImageMissing,
                `containerUri: got ${uri}; must be an image that was pushed`,
            );
        }
        if (!image.platforms.includes("linux/arm64")) {
            throw refusal(
                refusals.runtimeImageArchitecture,
                `platforms: got ${image.platforms.join(", ")}; must have linux/arm64`,
                { uri },
            );
        }
        return image;
    }

    #archive(
        roleArn: string,
        { bucket, prefix, entryPoint }: RuntimeArtifact & { kind: "code" },
    ): RunnableCode {
        const object = this.deps.objects.findObject(bucket, prefix);
        const arn = object?.arn ?? `arn:${this.account.partition}:s3:::${bucket}/${prefix}`;
        const isChecked = this.deps.assumptions.runtimeArchiveReader === "role";
        if (isChecked && !this.#may(roleArn, "s3:GetObject", arn)) {
            throw refusal(
                refusals.runtimeArchiveDenied,
                `roleArn: got ${roleArn}; its policies must allow s3:GetObject on ${arn}`,
            );
        }
        if (object === undefined) {
            throw refusal(
                refusals.runtimeArchiveDenied,
                `code.s3: got s3://${bucket}/${prefix}; must be an object of account ${this.account.id} that is there`,
            );
        }
        return {
            folder: object.folder,
            workingDirectory: "/",
            command: ["node", ...entryPoint],
            environment: {},
        };
    }

    #may(roleArn: string, action: string, resource: string): boolean {
        const { roles } = this.deps;
        const isOwn = accountOfArn(roleArn) === this.account.id;
        return isOwn && roles.allows(roleArn, "BedrockAgentCore", action, resource);
    }
}

/** CreateAgentRuntime's input in the names of the constraints. */
function runtimeProperties(input: AgentRuntimeInput): Record<string, unknown> {
    return {
        agentRuntimeName: input.agentRuntimeName,
        ...runtimeConfiguration(input),
        protocolConfiguration: input.protocol,
    };
}

/** What the service's inputs and answers have in common of a runtime, in their names. */
export function runtimeConfiguration(input: AgentRuntimeInput) {
    const { artifact, requestHeaderAllowlist } = input;
    return {
        description: input.description,
        roleArn: input.roleArn,
        agentRuntimeArtifact:
            artifact.kind === "container"
                ? { containerConfiguration: { containerUri: artifact.containerUri } }
                : {
                      codeConfiguration: {
                          code: { s3: { bucket: artifact.bucket, prefix: artifact.prefix } },
                          runtime: artifact.runtime,
                          entryPoint: artifact.entryPoint,
                      },
                  },
        networkConfiguration: { networkMode: input.networkMode },
        lifecycleConfiguration: {
            idleRuntimeSessionTimeout: input.idleRuntimeSessionTimeout,
            maxLifetime: input.maxLifetime,
        },
        environmentVariables: input.environmentVariables,
        ...(requestHeaderAllowlist.length > 0 && {
            requestHeaderConfiguration: { requestHeaderAllowlist },
        }),
    };
}
