import { gatewayTypes } from "../kinds";
import { unknown } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

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
        stack.ofTypes(Object.keys(gatewayTypes)).flatMap(({ urn, props }) => {
            const { exceptionLevel } = props;
            if (exceptionLevel === undefined || exceptionLevel === null) return [];
            if (debugStacks.includes(stack.stack)) return [];
            if (exceptionLevel === unknown) return [undecided(urn, "exceptionLevel")];
            return [
                violation(urn, "exceptionLevel", {
                    got: shown(exceptionLevel),
                    must: "absent",
                    instead: `take it out, or name the stack ${stack.stack} in debugStacks`,
                }),
            ];
        }),
};
