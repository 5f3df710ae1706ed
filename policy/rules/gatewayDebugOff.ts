import { gatewayTypes } from "../kinds";
import { example } from "./examples";
import { propertyFindings } from "./propertyFindings";
import { shown, type Rule } from "./rule";

/** Callers are not told how a target failed inside. */
export const gatewayDebugOff: Rule = {
    name: "gateway-debug-off",
    pack: "provider",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-debug-messages.html",
    description:
        "A gateway tells its callers no inner errors, but in the stacks that the config names.",
    config: ["debugStacks"],
    example: {
        fails: [example("gateway", "tools-gateway", { exceptionLevel: "DEBUG" })],
        passes: [example("gateway", "tools-gateway", {})],
    },
    check: (stack, { debugStacks = [] }) =>
        debugStacks.includes(stack.stack)
            ? []
            : propertyFindings(
                  stack.ofTypes(Object.keys(gatewayTypes)),
                  "exceptionLevel",
                  (level) =>
                      level === undefined
                          ? undefined
                          : {
                                got: shown(level),
                                must: "absent",
                                instead: `take it out, or add the stack ${stack.stack} to this rule's debugStacks`,
                            },
              ),
};
