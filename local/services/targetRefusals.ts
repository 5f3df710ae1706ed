import { refusals } from "../../agentcore/refusals";
import { AwsError } from "../awsError";
import type { McpServerFailure } from "../gateway/mcpServerFailure";
import type { GatewayTarget, McpServerGatewayTarget } from "./gatewayTargets";
import { refusal } from "./refuse";

/**
 * Lets only targets through that keep a server's tools (gateway-target-MCPservers page, sure), one at a time.
 *
 * @throws AwsError
 */
export function requireSynchronizable(
    target: GatewayTarget,
): asserts target is McpServerGatewayTarget {
    if (target.kind === "mcpServer" && target.listingMode === "DEFAULT") {
        if (target.status !== "SYNCHRONIZING") return;
        const message = `Target ${target.targetId} is being synchronized already`;
        throw new AwsError("ConflictException", message, 409);
    }
    const got =
        target.kind === "lambda" ? "a Lambda function" : "an MCP server with DYNAMIC listing";
    throw refusal(
        refusals.synchronizeTarget,
        `got ${got}; must be an MCP server with DEFAULT listing`,
        { target: target.targetId },
    );
}

/** An update that another one, or a deletion, came before. */
export function changedMeanwhile({ gatewayId }: { gatewayId: string }, targetId: string): AwsError {
    const message = `Target ${targetId} of gateway ${gatewayId} was changed while it was being updated`;
    return new AwsError("ConflictException", message, 409);
}

/** A target's status reason as the error that CloudFormation makes of it. */
export function refusalOf(
    { kind, reason, detail }: McpServerFailure,
    { roleArn }: { roleArn: string },
    { endpoint }: { endpoint: string },
): AwsError {
    if (kind === "role") {
        return refusal(refusals.gatewayRoleTrust, `roleArn: got ${roleArn}`);
    }
    if (kind === "denied") {
        const rule =
            "its policies must allow bedrock-agentcore:InvokeAgentRuntime on the runtime and on its endpoint";
        return refusal(refusals.mcpServerDenied, `roleArn: got ${roleArn}; ${rule}`, { reason });
    }
    return refusal(refusals.mcpServerHandshake, `endpoint: got ${endpoint}; ${detail}`, {
        error: reason,
    });
}

/** What callers of a gateway in DEBUG are told; an IAM denial is one sentence as it is. */
export function debugText({ kind, reason, message }: McpServerFailure): string {
    return kind === "denied" || kind === "role" ? reason : message;
}
