import { GetAgentRuntimeCommand } from "@aws-sdk/client-bedrock-agentcore-control";
import { CommandFailed, controlPlane, until, type Settings } from "./deployment";

/**
 * Waits until a runtime can be called, so that the target's first handshake is with a server that is there.
 *
 * @throws CommandFailed with the service's reason when it cannot become so.
 */
export async function awaitRuntime(settings: Settings<"HUB_RUNTIME_ID">): Promise<string> {
    const control = await controlPlane(settings);
    const agentRuntimeId = settings.HUB_RUNTIME_ID;
    return until(`Status READY of runtime ${agentRuntimeId}`, async () => {
        const { status, failureReason } = await control.send(
            new GetAgentRuntimeCommand({ agentRuntimeId }),
        );
        if (status === "READY") return `Runtime ${agentRuntimeId} is READY`;
        if (status?.endsWith("_FAILED") === true) {
            throw new CommandFailed(
                `runtime ${agentRuntimeId} is ${status}: ${failureReason ?? "no reason given"}`,
            );
        }
        return undefined;
    });
}
