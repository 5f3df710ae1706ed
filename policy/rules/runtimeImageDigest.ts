import { runtimeTypes } from "../kinds";
import { at, unknown } from "../resource";
import { example, hub } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

/** What runs is what was looked at. */
export const runtimeImageDigest: Rule = {
    name: "runtime-image-digest",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-pull-ecr-image.html",
    description: "A runtime's image is named by its digest: a tag may be moved to another image.",
    example: {
        fails: [
            example("runtime", "mcp-server-runtime", {
                agentRuntimeArtifact: {
                    containerConfiguration: { containerUri: `${hub.image}:latest` },
                },
            }),
        ],
        passes: [
            example("runtime", "mcp-server-runtime", {
                agentRuntimeArtifact: {
                    containerConfiguration: { containerUri: `${hub.image}@${hub.digest}` },
                },
            }),
        ],
    },
    check: (stack) =>
        stack.ofTypes(runtimeTypes).flatMap(({ urn, props }) => {
            const path = "agentRuntimeArtifact.containerConfiguration.containerUri";
            const uri = at(props, path);
            if (uri === unknown) return [undecided(urn, path)];
            if (uri === undefined || uri === null) return [];
            if (/@sha256:[0-9a-f]{64}$/.test(shown(uri))) return [];
            return [
                violation(urn, path, {
                    got: shown(uri),
                    must: "<repository>@sha256:<64 hexadecimal digits>",
                    instead: "write the digest of the image that was built",
                }),
            ];
        }),
};
