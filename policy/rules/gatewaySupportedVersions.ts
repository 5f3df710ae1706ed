import { mcpRevisions, revisionWhenUnset } from "../../agentcore/mcp";
import { gatewayTypes } from "../kinds";
import { at, listOf, unknown } from "../resource";
import { example } from "./examples";
import { undecided, violation, type Rule } from "./rule";

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
        stack.ofTypes(Object.keys(gatewayTypes)).flatMap(({ urn, props }) => {
            const path = "protocolConfiguration.mcp.supportedVersions";
            const versions = at(props, path);
            if (versions === unknown) return [undecided(urn, path)];
            if (listOf(versions).length > 0) return [];
            return [
                violation(urn, path, {
                    got: "nothing",
                    must: `a list of ${mcpRevisions.join(", ")}`,
                    instead: "write those that its callers speak",
                }),
            ];
        }),
};
