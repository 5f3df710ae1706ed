import { mcpRevisions, revisionWhenUnset } from "../../agentcore/mcp";
import { gatewayTypes } from "../kinds";
import { listOf } from "../resource";
import { example } from "./examples";
import { propertyFindings } from "./propertyFindings";
import type { Rule } from "./rule";

/** A gateway speaks the revisions that its callers speak. */
export const gatewaySupportedVersions: Rule = {
    name: "gateway-supported-versions",
    pack: "provider",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-using.html",
    description: `A gateway says which MCP revisions it speaks: where it does not, it speaks ${revisionWhenUnset} alone.`,
    example: {
        fails: [example("gateway", "tools-gateway", { protocolConfiguration: { mcp: {} } })],
        passes: [
            example("gateway", "tools-gateway", {
                protocolConfiguration: { mcp: { supportedVersions: [...mcpRevisions] } },
            }),
        ],
    },
    check: (stack) =>
        propertyFindings(
            stack.ofTypes(Object.keys(gatewayTypes)),
            "protocolConfiguration.mcp.supportedVersions",
            (versions) =>
                listOf(versions).length > 0
                    ? undefined
                    : {
                          got: "nothing",
                          must: `a list of ${mcpRevisions.join(", ")}`,
                          instead: `write those that its callers speak: without it, only ${revisionWhenUnset} is spoken`,
                      },
        ),
};
