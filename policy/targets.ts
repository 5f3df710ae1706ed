import { isRuntimeArn, runtimeOfUrl } from "../agentcore/runtime";
import { targetTypes } from "./kinds";
import { at, unknown, type StackResource } from "./resource";
import type { Worker } from "./workers";

/** A gateway's target, and what its calls are authorized on. */
export interface Target {
    resource: StackResource;
    lambdaArn: unknown;
    endpoint: unknown;
    /** The runtime and qualifier of an endpoint that is one's. */
    runtime?: { runtimeArn: string; qualifier: string };
}

/** The targets among resources. */
export function targetsIn(resources: readonly StackResource[]): Target[] {
    const types: readonly string[] = targetTypes;
    return resources
        .filter(({ type }) => types.includes(type))
        .map((resource) => {
            const mcp = at(resource.props, "targetConfiguration.mcp");
            const endpoint = at(mcp, "mcpServer.endpoint");
            const runtime = typeof endpoint === "string" ? runtimeAt(endpoint) : undefined;
            return {
                resource,
                lambdaArn: at(mcp, "lambda.lambdaArn"),
                endpoint,
                ...(runtime !== undefined && { runtime }),
            };
        });
}

/** Whether a target is a gateway's, or may be as far as is known. */
export function isTargetOf({ resource }: Target, { id, arn, resource: { urn } }: Worker): boolean {
    const { gatewayIdentifier } = resource.props;
    if (gatewayIdentifier !== unknown && id !== undefined && id !== unknown) {
        return gatewayIdentifier === id || gatewayIdentifier === arn;
    }
    return resource.madeFrom?.["gatewayIdentifier"]?.includes(urn) ?? true;
}

function runtimeAt(endpoint: string): Target["runtime"] {
    const known = URL.canParse(endpoint) ? runtimeOfUrl(endpoint) : undefined;
    return known !== undefined && isRuntimeArn(known.runtimeArn) ? known : undefined;
}
