import { limits } from "../../agentcore/limits";
import { statelessRevision } from "../../agentcore/mcp";
import { AwsError, notEmulated } from "../awsError";
import type {
    ListedTool,
    ListName,
    LiveRequest,
    ServerLists,
    TargetOutcome,
} from "../gateway/gatewayView";
import { McpServerFailure } from "../gateway/mcpServerFailure";
import type { McpServerTarget } from "../gateway/mcpServerTarget";
import { checkTarget, supportedVersions, type GatewayTargetInput } from "./agentcoreChecks";
import {
    newServer,
    newTargetId,
    ready,
    store,
    type GatewayTarget,
    type McpServerGatewayTarget,
    type TargetOwner,
} from "./gatewayTarget";
import type { McpServers } from "./mcpServers";
import type { TargetAccess } from "./targetAccess";
import { changedMeanwhile, debugText, refusalOf, requireSynchronizable } from "./targetRefusals";

export type { GatewayTarget, McpServerGatewayTarget, TargetOwner } from "./gatewayTarget";

/** The targets of one account's gateways. */
export class GatewayTargets {
    readonly #clients = new WeakMap<McpServerGatewayTarget, McpServerTarget>();
    readonly #synchronizations = new Set<Promise<void>>();

    constructor(
        private readonly deps: {
            access: TargetAccess;
            isSameName: (one: string, other: string) => boolean;
            findGateway: (gatewayId: string) => TargetOwner | undefined;
            now: () => number;
            /** @default none: MCP server targets are not emulated then */
            mcpServers?: McpServers;
        },
    ) {}

    /** Makes a target: a Lambda function's at once, an MCP server's once it has been asked for its tools. */
    create(
        gateway: TargetOwner,
        input: GatewayTargetInput,
    ): GatewayTarget | Promise<GatewayTarget> {
        const checked = checkTarget(gateway, input);
        const refuse = (): void => {
            this.#refuseTakenName(gateway, input.name);
            this.#refuseTooMany(gateway);
        };
        refuse();
        this.deps.access.checkTarget(gateway, checked, "create");
        const createdAt = new Date(this.deps.now());
        const state = {
            ...input,
            targetId: newTargetId(),
            ...ready,
            createdAt,
            updatedAt: createdAt,
        };
        if (checked.kind === "lambda") return store(gateway, { ...state, ...checked });
        return this.#connected(gateway, newServer(state, checked), refuse);
    }

    /** A full replacement. An MCP server is asked for its tools again; while it is, the old target stays. */
    update(
        gateway: TargetOwner,
        old: GatewayTarget,
        input: GatewayTargetInput,
    ): GatewayTarget | Promise<GatewayTarget> {
        const checked = checkTarget(gateway, input);
        const { targetId, createdAt } = old;
        const refuse = (): void => {
            this.#refuseTakenName(gateway, input.name, targetId);
        };
        refuse();
        this.deps.access.checkTarget(gateway, checked, "update");
        const updatedAt = new Date(this.deps.now());
        const state = { ...input, targetId, ...ready, createdAt, updatedAt };
        if (checked.kind === "lambda") return store(gateway, { ...state, ...checked });
        return this.#connected(gateway, newServer(state, checked), () => {
            if (gateway.targets.get(targetId) !== old) throw changedMeanwhile(gateway, targetId);
            refuse();
        });
    }

    /**
     * Begins to read an MCP server's tools anew, as SynchronizeGatewayTargets does, and gives the target as it is
     * meanwhile; its status says what came of it. {@link settled} waits for that.
     *
     * @throws AwsError for a target that keeps no server's tools, or is being synchronized.
     */
    synchronize(gateway: TargetOwner, target: GatewayTarget): GatewayTarget {
        requireSynchronizable(target);
        const running = { ...target, status: "SYNCHRONIZING" as const, statusReasons: [] };
        this.#put(gateway, running, this.#clients.get(target));
        const work = this.#synchronize(gateway, running).finally(() => {
            this.#synchronizations.delete(work);
        });
        this.#synchronizations.add(work);
        return running;
    }

    /** Resolves when no synchronization is going on. */
    async settled(): Promise<void> {
        await Promise.all(this.#synchronizations);
    }

    /** The tools of a DYNAMIC target, asked for. @throws McpServerFailure */
    async liveTools(
        gateway: TargetOwner,
        target: McpServerGatewayTarget,
    ): Promise<readonly ListedTool[]> {
        return this.#mcpServers().listTools(this.#client(gateway, target), gateway, target);
    }

    /** A list of a DYNAMIC target, asked for. @throws McpServerFailure */
    async liveList<Name extends ListName>(
        gateway: TargetOwner,
        target: McpServerGatewayTarget,
        name: Name,
    ): Promise<ServerLists[Name]> {
        return this.#mcpServers().list(this.#client(gateway, target), gateway, target, name);
    }

    /** A prompt or a resource of an MCP server; `undefined` where it has none. @throws McpServerFailure */
    async ask(
        gateway: TargetOwner,
        target: McpServerGatewayTarget,
        request: LiveRequest,
        leaving?: AbortSignal,
    ): Promise<Record<string, unknown> | undefined> {
        const client = this.#client(gateway, target);
        return this.#mcpServers().ask(client, gateway, target, request, leaving);
    }

    /** Calls a tool of an MCP server; `leaving` is aborted when who called it leaves. */
    async callTool(
        gateway: TargetOwner,
        target: McpServerGatewayTarget,
        tool: string,
        args: Readonly<Record<string, unknown>>,
        leaving?: AbortSignal,
    ): Promise<TargetOutcome> {
        try {
            const client = this.#client(gateway, target);
            const servers = this.#mcpServers();
            const toolResult = await servers.callTool(
                ...([client, gateway, target, tool, args, leaving] as const),
            );
            return { result: "answered", toolResult };
        } catch (error) {
            if (!(error instanceof McpServerFailure)) throw error;
            return { result: "error", debugText: debugText(error) };
        }
    }

    /** Asks a new target's server for its tools, and puts the target in its place if it may still be there then. */
    async #connected(
        gateway: TargetOwner,
        target: McpServerGatewayTarget,
        refuse: () => void,
    ): Promise<GatewayTarget> {
        this.#mcpServers();
        // A DYNAMIC target is not asked before it is called (marcinbelczewski/agentcore-gw-mcp2).
        if (target.listingMode === "DYNAMIC") return store(gateway, target);
        const asked = await this.#ask(gateway, target);
        refuse();
        return this.#keep(this.#gateway(gateway.gatewayId), target, asked);
    }

    async #synchronize(gateway: TargetOwner, target: McpServerGatewayTarget): Promise<void> {
        const asked = await this.#ask(gateway, target).catch((error: unknown) => error as Error);
        const current = this.deps.findGateway(gateway.gatewayId);
        // Whoever replaced or deleted the target meanwhile has the last word.
        if (current?.targets.get(target.targetId) !== target) return;
        if (!(asked instanceof Error)) this.#keep(current, target, asked);
        else {
            const statusReasons = [asked.message];
            const failed = {
                ...target,
                status: "SYNCHRONIZE_UNSUCCESSFUL" as const,
                statusReasons,
            };
            this.#put(current, failed, this.#clients.get(target));
        }
    }

    /** Shakes hands anew, so that another image's revision is seen, and lists the server's tools. */
    async #ask(gateway: TargetOwner, target: McpServerGatewayTarget): Promise<Asked> {
        const servers = this.#mcpServers();
        const client = servers.client(supportedVersions(gateway), false);
        try {
            return { client, ...(await servers.listAll(client, gateway, target)) };
        } catch (error) {
            throw error instanceof McpServerFailure ? refusalOf(error, gateway, target) : error;
        }
    }

    #keep(gateway: TargetOwner, target: McpServerGatewayTarget, asked: Asked): GatewayTarget {
        const { client, tools, lists } = asked;
        const lastSynchronizedAt = new Date(this.deps.now());
        const kept = { ...target, ...ready, tools, lists, lastSynchronizedAt };
        return this.#put(gateway, kept, client);
    }

    #put(
        gateway: TargetOwner,
        target: McpServerGatewayTarget,
        client: McpServerTarget | undefined,
    ): GatewayTarget {
        if (client !== undefined) this.#clients.set(target, client);
        return store(gateway, target);
    }

    /** The client of a target that is there: of a DYNAMIC one, made when it is first called. */
    #client(gateway: TargetOwner, target: McpServerGatewayTarget): McpServerTarget {
        const known = this.#clients.get(target);
        if (known !== undefined) return known;
        const versions = supportedVersions(gateway);
        const made = this.#mcpServers().client(versions, versions.includes(statelessRevision));
        this.#clients.set(target, made);
        return made;
    }

    /** @throws AwsError NotEmulated */
    #mcpServers(): McpServers {
        if (this.deps.mcpServers === undefined) throw notEmulated("MCP server targets here");
        return this.deps.mcpServers;
    }

    #gateway(gatewayId: string): TargetOwner {
        const gateway = this.deps.findGateway(gatewayId);
        if (gateway !== undefined) return gateway;
        const message = `Gateway ${gatewayId} was deleted while its target was being made`;
        throw new AwsError("ResourceNotFoundException", message, 404);
    }

    #refuseTakenName({ gatewayId, targets }: TargetOwner, name: string, ownId?: string): void {
        const others = [...targets.values()].filter(({ targetId }) => targetId !== ownId);
        if (!others.some((other) => this.deps.isSameName(other.name, name))) return;
        throw new AwsError(
            "ConflictException",
            `A target with the name ${name} already exists in gateway ${gatewayId}.`,
            409,
        );
    }

    #refuseTooMany({ gatewayId, targets }: TargetOwner): void {
        const { max } = limits.targetsPerGateway;
        if (targets.size < max) return;
        throw new AwsError(
            "ServiceQuotaExceededException",
            `Gateway ${gatewayId}: got ${targets.size + 1} targets; must be at most ${max}`,
            402,
        );
    }
}

/** What a server was asked for, and the client that has shaken hands with it. */
interface Asked {
    client: McpServerTarget;
    tools: readonly ListedTool[];
    lists: ServerLists;
}
