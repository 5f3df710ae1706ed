import { randomBytes } from "node:crypto";
import type { Assumptions } from "../../agentcore/openFacts";
import { refusals } from "../../agentcore/refusals";
import { AwsError, validation } from "../awsError";
import {
    checkGateway,
    dynamicWithSearch,
    hasToolSearch,
    type GatewayInput,
    type GatewayTargetInput,
    type LambdaTargetInput,
} from "./agentcoreChecks";
import { GatewayTargets, type GatewayTarget } from "./gatewayTargets";
import type { StoredPolicy } from "./iam";
import type { McpServers } from "./mcpServers";
import type { PrincipalDirectory } from "./principals";
import { refusal, refuseProblems } from "./refuse";
import { noResourcePolicy, resourcePolicyOf, unknownResource } from "./resourcePolicies";
import type { ServiceRoles } from "./serviceRoles";
import { TargetAccess } from "./targetAccess";

export { supportedVersions, type GatewayInput } from "./agentcoreChecks";
export type { GatewayTarget } from "./gatewayTargets";

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

/** The AgentCore control plane of one account: gateways, targets, resource policies. */
export class AgentcoreControl {
    readonly #gateways = new Map<string, Gateway>();
    readonly #access: TargetAccess;
    readonly targets: GatewayTargets;

    constructor(
        private readonly account: { id: string; partition: string },
        private readonly deps: {
            directory: PrincipalDirectory;
            roles: ServiceRoles;
            functionExists: (arn: string) => boolean;
            assumptions: Assumptions;
            gatewayUrl: (gatewayId: string) => string;
            now: () => number;
            /** @default none: MCP server targets are not emulated then */
            mcpServers?: McpServers;
        },
    ) {
        this.#access = new TargetAccess(account, deps);
        this.targets = new GatewayTargets({
            access: this.#access,
            isSameName: (one, other) => this.#isSameName(one, other),
            findGateway: (gatewayId) => this.findGateway(gatewayId),
            now: deps.now,
            ...(deps.mcpServers !== undefined && { mcpServers: deps.mcpServers }),
        });
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
        this.#checkSearchType(old, input);
        const user = { gatewayArn: old.gatewayArn, roleArn: input.roleArn };
        this.#access.checkGateway(user);
        if (this.deps.assumptions.targetCheckOnGatewayUpdate === "checked") {
            for (const target of old.targets.values()) {
                if (target.kind === "lambda") this.#access.checkFunction(user, target.lambdaArn);
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

    createTarget(gatewayId: string, input: LambdaTargetInput): GatewayTarget;
    createTarget(
        gatewayId: string,
        input: GatewayTargetInput,
    ): GatewayTarget | Promise<GatewayTarget>;
    createTarget(gatewayId: string, input: GatewayTargetInput) {
        return this.targets.create(this.gateway(gatewayId), input);
    }

    updateTarget(gatewayId: string, targetId: string, input: LambdaTargetInput): GatewayTarget;
    updateTarget(
        gatewayId: string,
        targetId: string,
        input: GatewayTargetInput,
    ): GatewayTarget | Promise<GatewayTarget>;
    updateTarget(gatewayId: string, targetId: string, input: GatewayTargetInput) {
        const old = this.target(gatewayId, targetId);
        return this.targets.update(this.gateway(gatewayId), old, input);
    }

    /** The target as it is while it is being synchronized; its status says what comes of it. */
    synchronizeTarget(gatewayId: string, targetId: string): GatewayTarget {
        return this.targets.synchronize(this.gateway(gatewayId), this.target(gatewayId, targetId));
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
        // As in AWS, what is wrong with the input comes before what is not there.
        const inputs = { resourceArn, policy };
        refuseProblems("aws-native:bedrockagentcore:ResourcePolicy", inputs, validation);
        const gateway = this.#byArn(resourceArn);
        const owner = { resourceArn, kind: "gateway", actions: gatewayActions };
        gateway.resourcePolicy = resourcePolicyOf(owner, policy, this.deps);
        return gateway.resourcePolicy;
    }

    resourcePolicy(resourceArn: string): StoredPolicy {
        const { resourcePolicy } = this.#byArn(resourceArn);
        if (resourcePolicy === undefined) throw noResourcePolicy(resourceArn);
        return resourcePolicy;
    }

    deleteResourcePolicy(resourceArn: string): void {
        this.resourcePolicy(resourceArn);
        delete this.#byArn(resourceArn).resourcePolicy;
    }

    #checkSearchType(old: Gateway, input: GatewayInput): void {
        if (hasToolSearch(input) === hasToolSearch(old)) return;
        if (this.deps.assumptions.searchTypeOnUpdate === "refused") {
            const { searchType = "none" } = old.protocolConfiguration?.mcp ?? {};
            throw refusal(
                refusals.gatewaySearchType,
                `protocolConfiguration.mcp.searchType: got ${input.protocolConfiguration?.mcp?.searchType ?? "none"}; must be ${searchType}, because the search is decided when a gateway is made: give the gateway another name`,
            );
        }
        if (!hasToolSearch(input)) return;
        for (const target of old.targets.values()) {
            if (target.kind === "mcpServer" && target.listingMode === "DYNAMIC") {
                throw dynamicWithSearch(target.name);
            }
        }
    }

    #byArn(resourceArn: string): Gateway {
        const gateway = this.gatewayByArn(resourceArn);
        if (gateway === undefined) throw unknownResource(resourceArn, this.account.id);
        return gateway;
    }

    #isSameName(one: string, other: string): boolean {
        if (this.deps.assumptions.namesIgnoreCase === "differ") return one === other;
        return one.toLowerCase() === other.toLowerCase();
    }
}

/** The actions that a gateway's resource policy may name (devguide, resource-based-policies; sure). */
const gatewayActions = ["bedrock-agentcore:InvokeGateway"];

function randomId(length: number): string {
    const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    return [...randomBytes(length)].map((byte) => alphabet[byte % 36]).join("");
}
