import { randomBytes } from "node:crypto";
import { limits } from "../../agentcore/limits";
import { revisionWhenUnset } from "../../agentcore/mcp";
import type { Assumptions } from "../../agentcore/openFacts";
import { refusals } from "../../agentcore/refusals";
import type { ToolDefinition } from "../../agentcore/toolSchema";
import { AwsError, validation } from "../awsError";
import {
    checkGateway,
    checkResourcePolicy,
    checkTarget,
    type GatewayInput,
    type GatewayTargetInput,
} from "./agentcoreChecks";
import type { StoredPolicy } from "./iam";
import type { PrincipalDirectory } from "./principals";
import { refusal, refuseProblems } from "./refuse";
import type { ServiceRoles } from "./serviceRoles";
import { TargetAccess } from "./targetAccess";

export type { GatewayInput } from "./agentcoreChecks";

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
    readonly #access: TargetAccess;

    constructor(
        private readonly account: { id: string; partition: string },
        private readonly deps: {
            directory: PrincipalDirectory;
            roles: ServiceRoles;
            functionExists: (arn: string) => boolean;
            assumptions: Assumptions;
            gatewayUrl: (gatewayId: string) => string;
            now: () => number;
        },
    ) {
        this.#access = new TargetAccess(account, deps);
    }

    createGateway(input: GatewayInput, region: string): Gateway {
        checkGateway(input);
        if (this.gateways().some(({ name }) => this.#isSameName(name, input.name))) {
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
        this.#access.checkGateway(gateway);
        this.#gateways.set(gatewayId, gateway);
        return gateway;
    }

    /** A full replacement, as UpdateGateway is: what is left out is reset. */
    updateGateway(gatewayId: string, input: GatewayInput): Gateway {
        const old = this.gateway(gatewayId);
        if (input.name !== old.name) {
            throw refusal(
                refusals.gatewayRenamed,
                `name: got ${input.name}; must be ${old.name}, or the gateway another one: deploy it under a new resource name or with replaceOnChanges`,
            );
        }
        checkGateway(input);
        const user = { gatewayArn: old.gatewayArn, roleArn: input.roleArn };
        this.#access.checkGateway(user);
        if (this.deps.assumptions.targetCheckOnGatewayUpdate === "checked") {
            for (const { lambdaArn } of old.targets.values()) {
                this.#access.checkTarget(user, lambdaArn);
            }
        }
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
        const gateway = this.findGateway(gatewayId);
        if (gateway === undefined) {
            throw new AwsError(
                "ResourceNotFoundException",
                `Gateway ${gatewayId} was not found in account ${this.account.id}`,
                404,
            );
        }
        return gateway;
    }

    findGateway(gatewayId: string): Gateway | undefined {
        return this.#gateways.get(gatewayId);
    }

    gatewayByArn(gatewayArn: string): Gateway | undefined {
        const gateway = this.findGateway(gatewayArn.slice(gatewayArn.lastIndexOf("/") + 1));
        return gateway?.gatewayArn === gatewayArn ? gateway : undefined;
    }

    gateways(): Gateway[] {
        return [...this.#gateways.values()];
    }

    deleteGateway(gatewayId: string): void {
        const gateway = this.gateway(gatewayId);
        const { deleteGatewayWithTargets } = this.deps.assumptions;
        if (gateway.targets.size > 0 && deleteGatewayWithTargets === "refused") {
            throw validation(
                `Gateway ${gatewayId} has ${gateway.targets.size} targets associated with it. Delete all targets before deleting the gateway.`,
            );
        }
        this.#gateways.delete(gatewayId);
    }

    createTarget(gatewayId: string, input: GatewayTargetInput): GatewayTarget {
        const gateway = this.gateway(gatewayId);
        const checked = checkTarget(gatewayId, input);
        this.#refuseTakenName(gateway, input.name);
        if (gateway.targets.size >= limits.targetsPerGateway.max) {
            throw new AwsError(
                "ServiceQuotaExceededException",
                `Gateway ${gatewayId}: got ${gateway.targets.size + 1} targets; must be at most ${limits.targetsPerGateway.max}`,
                402,
            );
        }
        this.#access.checkTarget(gateway, checked.lambdaArn);
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
        const gateway = this.gateway(gatewayId);
        const old = this.target(gatewayId, targetId);
        const checked = checkTarget(gatewayId, input);
        this.#refuseTakenName(gateway, input.name, targetId);
        if (this.deps.assumptions.targetCheckOnUpdate === "checked") {
            this.#access.checkTarget(gateway, checked.lambdaArn);
        }
        const target: GatewayTarget = {
            ...input,
            ...checked,
            targetId,
            status: "READY",
            createdAt: old.createdAt,
            updatedAt: new Date(this.deps.now()),
        };
        gateway.targets.set(targetId, target);
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
        refuseProblems(
            "aws-native:bedrockagentcore:ResourcePolicy",
            { resourceArn, policy },
            validation,
        );
        const gateway = this.#byArn(resourceArn);
        checkResourcePolicy(resourceArn, policy);
        const isChecked = this.deps.assumptions.resourcePolicyPrincipals === "mustExist";
        gateway.resourcePolicy = {
            text: policy,
            principalIds: this.deps.directory.bind(policy, isChecked ? "resource" : "unchecked"),
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
        const gateway = this.gatewayByArn(resourceArn);
        if (gateway === undefined) {
            throw new AwsError(
                "ResourceNotFoundException",
                `${resourceArn} was not found in account ${this.account.id}`,
                404,
            );
        }
        return gateway;
    }

    #refuseTakenName(gateway: Gateway, name: string, ownId?: string): void {
        const others = [...gateway.targets.values()].filter(({ targetId }) => targetId !== ownId);
        if (!others.some((other) => this.#isSameName(other.name, name))) return;
        throw new AwsError(
            "ConflictException",
            `A target with the name ${name} already exists in gateway ${gateway.gatewayId}.`,
            409,
        );
    }

    #isSameName(one: string, other: string): boolean {
        if (this.deps.assumptions.namesIgnoreCase === "differ") return one === other;
        return one.toLowerCase() === other.toLowerCase();
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
