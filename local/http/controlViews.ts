import { runtimeConfiguration } from "../services/agentRuntimeChecks";
import type { AgentRuntime } from "../services/agentRuntimes";
import type { Gateway, GatewayTarget } from "../services/agentcoreControl";
import { defaultQualifier, runtimeEndpointArn } from "../../agentcore/runtime";

/** A gateway in a list. */
export function gatewaySummary(gateway: Gateway) {
    const { gatewayId, name, description, status, authorizerType, protocolType } = gateway;
    return {
        gatewayId,
        name,
        description,
        status,
        authorizerType,
        protocolType,
        createdAt: gateway.createdAt.toISOString(),
        updatedAt: gateway.updatedAt.toISOString(),
    };
}

/** GetGateway's answer. */
export function gatewayDetail(gateway: Gateway) {
    const { gatewayArn, gatewayUrl, roleArn, protocolConfiguration, exceptionLevel } = gateway;
    return {
        ...gatewaySummary(gateway),
        gatewayArn,
        gatewayUrl,
        roleArn,
        protocolConfiguration,
        exceptionLevel,
        statusReasons: [],
    };
}

/** A target in a list. */
export function targetSummary(target: GatewayTarget) {
    const { targetId, name, description, status } = target;
    return {
        targetId,
        name,
        description,
        status,
        createdAt: target.createdAt.toISOString(),
        updatedAt: target.updatedAt.toISOString(),
    };
}

/** GetGatewayTarget's answer. */
export function targetDetail(gatewayArn: string, target: GatewayTarget) {
    const { targetConfiguration, credentialProviderConfigurations } = target;
    return {
        ...targetSummary(target),
        gatewayArn,
        targetConfiguration,
        credentialProviderConfigurations,
        statusReasons: target.statusReasons,
        ...("lastSynchronizedAt" in target && {
            lastSynchronizedAt: target.lastSynchronizedAt.toISOString(),
        }),
    };
}

/** A runtime in a list. */
export function runtimeSummary(runtime: AgentRuntime) {
    const { agentRuntimeArn, agentRuntimeId, agentRuntimeName, agentRuntimeVersion } = runtime;
    return {
        agentRuntimeArn,
        agentRuntimeId,
        agentRuntimeName,
        agentRuntimeVersion,
        description: runtime.description ?? "",
        status: runtime.status,
        lastUpdatedAt: runtime.updatedAt.toISOString(),
    };
}

/** GetAgentRuntime's answer. */
export function runtimeDetail(runtime: AgentRuntime) {
    return {
        ...runtimeSummary(runtime),
        ...runtimeConfiguration(runtime),
        createdAt: runtime.createdAt.toISOString(),
        protocolConfiguration: { serverProtocol: runtime.protocol },
    };
}

/** The one endpoint of a runtime, which follows its newest version. */
export function endpointDetail(runtime: AgentRuntime) {
    const { agentRuntimeArn, agentRuntimeId, agentRuntimeVersion, status } = runtime;
    return {
        name: defaultQualifier,
        id: agentRuntimeId,
        liveVersion: agentRuntimeVersion,
        agentRuntimeEndpointArn: runtimeEndpointArn(agentRuntimeArn),
        agentRuntimeArn,
        status,
        createdAt: runtime.createdAt.toISOString(),
        lastUpdatedAt: runtime.updatedAt.toISOString(),
    };
}
