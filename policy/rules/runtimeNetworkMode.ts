import { runtimeTypes } from "../kinds";
import { example } from "./examples";
import { propertyFindings } from "./propertyFindings";
import { shown, type Rule } from "./rule";

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
        propertyFindings(stack.ofTypes(runtimeTypes), "networkConfiguration.networkMode", (mode) =>
            allowedNetworkModes.some((one) => one === mode)
                ? undefined
                : {
                      got: shown(mode),
                      must: allowedNetworkModes.join(" or "),
                      instead: `write ${allowedNetworkModes.length === 1 ? "that" : "one of them"}; this rule's allowedNetworkModes says which are allowed`,
                  },
        ),
};
