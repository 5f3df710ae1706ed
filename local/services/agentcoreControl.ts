import { randomBytes } from "node:crypto";
import { limits } from "../../agentcore/limits";
import { mcpRevisions, revisionWhenUnset } from "../../agentcore/mcp";
import type { ToolDefinition } from "../../agentcore/toolSchema";
import { AwsError, notEmulated, validation } from "../awsError";
import { checkResourcePolicy, checkTarget, type GatewayTargetInput } from "./agentcoreChecks";
import type { StoredPolicy } from "./iam";
import type { PrincipalDirectory } from "./principals";

/** What CreateGateway takes, in the service's own words. */
export interface GatewayInput {
    name: string;
    description?: string;
    roleArn: string;
    authorizerType: string;
    protocolType?: string;
    protocolConfiguration?: { mcp?: { supportedVersions?: string[]; instructions?: string } };
    exceptionLevel?: string;
}

/** A gateway of one account. */
export interface Gateway extends GatewayInput {
    gatewayId: string;
    gatewayArn: string;
    gatewayUrl: string;
    region: string;
    status: "READY";
    createdAt: Date;
    updatedAt: Date;
    targets: Map<string, GatewayTarget>;
    resourcePolicy?: StoredPolicy;
}

/** A target of a gateway. Only Lambda targets are modelled. */
export interface GatewayTarget extends GatewayTargetInput {
    targetId: string;
    lambdaArn: string;
    tools: ToolDefinition[];
    status: "READY";
    createdAt: Date;
    updatedAt: Date;
}

/** The AgentCore control plane of one account: gateways, targets, resource policies. */
export class AgentcoreControl {
    readonly #gateways = new Map<string, Gateway>();

    constructor(
        private readonly account: { id: string; partition: string },
        private readonly deps: {
            directory: PrincipalDirectory;
            roleExists: (arn: string) => boolean;
            gatewayUrl: (gatewayId: string) => string;
            now: () => number;
        },
    ) {}

    createGateway(input: GatewayInput, region: string): Gateway {
        this.#checkGateway(input);
        if (this.gateways().some(({ name }) => name.toLowerCase() === input.name.toLowerCase())) {
            throw new AwsError(
                "ConflictException",
                `A gateway with the name ${input.name} already exists.`,
                409,
            );
        }
        const gatewayId = `${input.name.toLowerCase()}-${randomId(10)}`;
        const createdAt = new Date(this.deps.now());
        const gateway: Gateway = {
            ...input,
            gatewayId,
            gatewayArn: `arn:${this.account.partition}:bedrock-agentcore:${region}:${this.account.id}:gateway/${gatewayId}`,
            gatewayUrl: this.deps.gatewayUrl(gatewayId),
            region,
            status: "READY",
            createdAt,
            updatedAt: createdAt,
            targets: new Map(),
        };
        this.#gateways.set(gatewayId, gateway);
        return gateway;
    }

    /** A full replacement, as UpdateGateway is: what is left out is reset. */
    updateGateway(gatewayId: string, input: GatewayInput): Gateway {
        const old = this.gateway(gatewayId);
        this.#checkGateway(input);
        const gateway: Gateway = {
            ...input,
            gatewayId: old.gatewayId,
            gatewayArn: old.gatewayArn,
            gatewayUrl: old.gatewayUrl,
            region: old.region,
            status: "READY",
            createdAt: old.createdAt,
            updatedAt: new Date(this.deps.now()),
            targets: old.targets,
            ...(old.resourcePolicy !== undefined && { resourcePolicy: old.resourcePolicy }),
        };
        this.#gateways.set(gatewayId, gateway);
        return gateway;
    }

    /** @throws AwsError ResourceNotFoundException */
    gateway(gatewayId: string): Gateway {
        const gateway = this.#gateways.get(gatewayId);
        if (gateway === undefined) {
            throw new AwsError(
                "ResourceNotFoundException",
                `Gateway ${gatewayId} was not found in account ${this.account.id}`,
                404,
            );
        }
        return gateway;
    }

    gateways(): Gateway[] {
        return [...this.#gateways.values()];
    }

    deleteGateway(gatewayId: string): void {
        const gateway = this.gateway(gatewayId);
        if (gateway.targets.size > 0) {
            throw validation(
                `Gateway ${gatewayId} has ${gateway.targets.size} targets associated with it. Delete all targets before deleting the gateway.`,
            );
        }
        this.#gateways.delete(gatewayId);
    }

    createTarget(gatewayId: string, input: GatewayTargetInput): GatewayTarget {
        const gateway = this.gateway(gatewayId);
        const checked = checkTarget(input);
        for (const { name } of gateway.targets.values()) {
            if (name.toLowerCase() === input.name.toLowerCase()) {
                throw new AwsError(
                    "ConflictException",
                    `A target with the name ${input.name} already exists in gateway ${gatewayId}.`,
                    409,
                );
            }
        }
        if (gateway.targets.size >= limits.targetsPerGateway.max) {
            throw new AwsError("ServiceQuotaExceededException", "100 targets per gateway", 402);
        }
        const createdAt = new Date(this.deps.now());
        const targetId = randomId(10).toUpperCase();
        const target: GatewayTarget = {
            ...input,
            ...checked,
            targetId,
            status: "READY",
            createdAt,
            updatedAt: createdAt,
        };
        gateway.targets.set(targetId, target);
        return target;
    }

    updateTarget(gatewayId: string, targetId: string, input: GatewayTargetInput): GatewayTarget {
        const old = this.target(gatewayId, targetId);
        const target: GatewayTarget = {
            ...input,
            ...checkTarget(input),
            targetId,
            status: "READY",
            createdAt: old.createdAt,
            updatedAt: new Date(this.deps.now()),
        };
        this.gateway(gatewayId).targets.set(targetId, target);
        return target;
    }

    target(gatewayId: string, targetId: string): GatewayTarget {
        const target = this.gateway(gatewayId).targets.get(targetId);
        if (target === undefined) {
            throw new AwsError(
                "ResourceNotFoundException",
                `Target ${targetId} was not found in gateway ${gatewayId}`,
                404,
            );
        }
        return target;
    }

    deleteTarget(gatewayId: string, targetId: string): void {
        this.target(gatewayId, targetId);
        this.gateway(gatewayId).targets.delete(targetId);
    }

    putResourcePolicy(resourceArn: string, policy: string): StoredPolicy {
        const gateway = this.#byArn(resourceArn);
        const { min, max } = limits.resourcePolicyCharacters;
        if (policy.length < min || policy.length > max) {
            throw validation(
                `The policy has ${policy.length} characters; it must have ${min}-${max}`,
            );
        }
        checkResourcePolicy(resourceArn, policy);
        gateway.resourcePolicy = {
            text: policy,
            principalIds: this.deps.directory.bind(policy, "resource"),
        };
        return gateway.resourcePolicy;
    }

    resourcePolicy(resourceArn: string): StoredPolicy {
        const { resourcePolicy } = this.#byArn(resourceArn);
        if (resourcePolicy === undefined) {
            throw new AwsError(
                "ResourceNotFoundException",
                `${resourceArn} has no resource policy`,
                404,
            );
        }
        return resourcePolicy;
    }

    deleteResourcePolicy(resourceArn: string): void {
        this.resourcePolicy(resourceArn);
        delete this.#byArn(resourceArn).resourcePolicy;
    }

    #byArn(resourceArn: string): Gateway {
        const gateway = this.gateways().find((candidate) => candidate.gatewayArn === resourceArn);
        if (gateway === undefined) {
            throw new AwsError(
                "ResourceNotFoundException",
                `${resourceArn} was not found in account ${this.account.id}`,
                404,
            );
        }
        return gateway;
    }

    #checkGateway(input: GatewayInput): void {
        if (!limits.gatewayName.pattern.test(input.name)) {
            throw validation(`name: got ${input.name}; must be ${limits.gatewayName.rule}`);
        }
        if (input.authorizerType !== "AWS_IAM") {
            throw notEmulated(`gateway authorizerType ${input.authorizerType}`);
        }
        if (input.protocolType !== "MCP") {
            throw notEmulated(`gateway protocolType ${input.protocolType ?? "unset"}`);
        }
        if (input.exceptionLevel !== undefined && input.exceptionLevel !== "DEBUG") {
            throw validation(`exceptionLevel: got ${input.exceptionLevel}; must be DEBUG`);
        }
        for (const version of supportedVersions(input)) {
            if (!(mcpRevisions as readonly string[]).includes(version)) {
                throw validation(`supportedVersions: got ${version}; must be an MCP revision`);
            }
        }
        if (!this.deps.roleExists(input.roleArn)) {
            throw validation(`Role ${input.roleArn} does not exist in account ${this.account.id}`);
        }
    }
}

/** The MCP revisions that a gateway accepts; one old one where its configuration names none. */
export function supportedVersions(gateway: GatewayInput): readonly string[] {
    return gateway.protocolConfiguration?.mcp?.supportedVersions ?? [revisionWhenUnset];
}

function randomId(length: number): string {
    const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    return [...randomBytes(length)].map((byte) => alphabet[byte % 36]).join("");
}
