import { randomBytes } from "node:crypto";
import { defaultResourcePriority } from "../../agentcore/mcpServerTargets";
import type { ToolDefinition } from "../../agentcore/toolSchema";
import type { ListedTool, ServerLists } from "../gateway/gatewayView";
import { noLists } from "../gateway/serverLists";
import type { CheckedMcpServer, GatewayInput, GatewayTargetInput } from "./agentcoreChecks";
import type { CallingGateway } from "./mcpServers";

/** A target of a gateway. */
export type GatewayTarget = LambdaGatewayTarget | McpServerGatewayTarget;

/** What all targets have. */
export interface TargetState extends GatewayTargetInput {
    targetId: string;
    status: "READY" | "SYNCHRONIZING" | "SYNCHRONIZE_UNSUCCESSFUL";
    statusReasons: readonly string[];
    createdAt: Date;
    updatedAt: Date;
}

/** A target whose tools are its configuration's. */
export interface LambdaGatewayTarget extends TargetState {
    kind: "lambda";
    lambdaArn: string;
    tools: readonly ToolDefinition[];
}

/** A target whose tools are its server's: kept since it was last synchronized, or asked for where it is DYNAMIC. */
export interface McpServerGatewayTarget extends TargetState, CheckedMcpServer {
    tools: readonly ListedTool[];
    /** Its prompts and resources, kept or asked for as its tools are (gateway-target-MCPservers page, sure). */
    lists: ServerLists;
    resourcePriority: number;
    lastSynchronizedAt?: Date;
}

/** A gateway as far as its targets are about it. */
export interface TargetOwner extends CallingGateway, GatewayInput {
    gatewayId: string;
    region: string;
    targets: Map<string, GatewayTarget>;
}

/** The state of a target that can be called. */
export const ready = { status: "READY", statusReasons: [] } as const;

/** A server that has not been asked for anything. */
export function newServer(state: TargetState, checked: CheckedMcpServer): McpServerGatewayTarget {
    const { resourcePriority = defaultResourcePriority } =
        state.targetConfiguration.mcp?.mcpServer ?? {};
    return { ...state, ...checked, tools: [], lists: noLists, resourcePriority };
}

/** Puts a target in its place. */
export function store<Target extends GatewayTarget>(gateway: TargetOwner, target: Target): Target {
    gateway.targets.set(target.targetId, target);
    return target;
}

/** An id of AWS's form. */
export function newTargetId(): string {
    const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return [...randomBytes(10)].map((byte) => alphabet[byte % 36]).join("");
}
