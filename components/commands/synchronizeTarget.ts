import {
    GetGatewayTargetCommand,
    SynchronizeGatewayTargetsCommand,
} from "@aws-sdk/client-bedrock-agentcore-control";
import { setTimeout } from "node:timers/promises";
import { CommandFailed, controlPlane, until, type Settings } from "./deployment";

/** How often a target that comes out FAILED is tried: its role's policies may still be on their way. */
const attempts = 5;

/**
 * Has a gateway read an MCP server's tools again, which a new image alone does not (AgentCore devguide,
 * gateway-target-MCPservers), and waits until it has.
 *
 * @param pauseMs how long to wait after the first failure; twice as long after the second, and so on.
 * @throws CommandFailed with the service's reasons.
 */
export async function synchronizeTarget(
    settings: Settings<"HUB_GATEWAY_ID" | "HUB_TARGET_ID">,
    pauseMs = 5000,
): Promise<string> {
    const control = await controlPlane(settings);
    const gatewayIdentifier = settings.HUB_GATEWAY_ID;
    // CloudFormation's id of a target has the gateway's before it.
    const targetId = settings.HUB_TARGET_ID.split("|").at(-1) ?? "";
    for (let attempt = 1; ; attempt++) {
        await control.send(
            new SynchronizeGatewayTargetsCommand({ gatewayIdentifier, targetIdList: [targetId] }),
        );
        const { status, reasons } = await until(`An end of the synchronization`, async () => {
            const target = await control.send(
                new GetGatewayTargetCommand({ gatewayIdentifier, targetId }),
            );
            const settled = /^(?:READY|FAILED|\w+_UNSUCCESSFUL)$/.test(target.status ?? "");
            return settled
                ? { status: target.status, reasons: target.statusReasons ?? [] }
                : undefined;
        });
        if (status === "READY") return `Target ${targetId} is synchronized`;
        if (attempt === attempts) {
            throw new CommandFailed(
                `target ${targetId} is ${status ?? "in no status"}: ${reasons.join("; ") || "no reason given"}`,
            );
        }
        await setTimeout(pauseMs * attempt);
    }
}
