import { imageTypes } from "../kinds";
import { hasUnknown, listOf } from "../resource";
import { example } from "./examples";
import { several, undecided, violation, type Rule } from "./rule";

/** AgentCore Runtime runs arm64, and finds out when it starts. */
export const imageArm64: Rule = {
    name: "image-arm64",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-http-protocol-contract.html",
    description: "Images are built for linux/arm64, the one platform of AgentCore Runtime.",
    example: {
        fails: [example("image", "mcp-server-image", { platforms: ["linux/amd64"] })],
        passes: [example("image", "mcp-server-image", { platforms: ["linux/arm64"] })],
    },
    check: (stack) =>
        stack.ofTypes(imageTypes).flatMap(({ urn, props }) => {
            const { platforms } = props;
            if (hasUnknown(platforms)) return [undecided(urn, "platforms")];
            const list = listOf(platforms).map(String);
            if (list.length === 1 && list[0] === "linux/arm64") return [];
            return [
                violation(urn, "platforms", {
                    got: several(list, "nothing"),
                    must: "linux/arm64",
                    instead: 'write ["linux/arm64"]; a runtime with another does not start',
                }),
            ];
        }),
};
