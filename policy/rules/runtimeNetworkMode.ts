import { runtimeTypes } from "../kinds";
import { at, unknown } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

/** A runtime stands in a network that is meant. */
export const runtimeNetworkMode: Rule = {
    name: "runtime-network-mode",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agentcore-vpc.html",
    description: "A runtime's network mode is one that the config allows; without config, either.",
    config: ["allowedNetworkModes"],
    example: {
        fails: [example("runtime", "mcp-server-runtime", { networkConfiguration: {} })],
        passes: [
            example("runtime", "mcp-server-runtime", {
                networkConfiguration: { networkMode: "PUBLIC" },
            }),
        ],
    },
    check: (stack, { allowedNetworkModes = ["PUBLIC", "VPC"] }) =>
        stack.ofTypes(runtimeTypes).flatMap(({ urn, props }) => {
            const path = "networkConfiguration.networkMode";
            const mode = at(props, path);
            if (mode === unknown) return [undecided(urn, path)];
            if (allowedNetworkModes.some((one) => one === mode)) return [];
            return [
                violation(urn, path, {
                    got: shown(mode ?? undefined),
                    must: allowedNetworkModes.join(" or "),
                    instead: "write that",
                }),
            ];
        }),
};
