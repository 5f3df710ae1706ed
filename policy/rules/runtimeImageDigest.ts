import { runtimeTypes } from "../kinds";
import { example, hub } from "./examples";
import { propertyFindings } from "./propertyFindings";
import { shown, type Rule } from "./rule";

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
        propertyFindings(
            stack.ofTypes(runtimeTypes),
            "agentRuntimeArtifact.containerConfiguration.containerUri",
            (uri) =>
                uri === undefined || /@sha256:[0-9a-f]{64}$/.test(shown(uri))
                    ? undefined
                    : {
                          got: shown(uri),
                          must: "<repository>@sha256:<64 hexadecimal digits>",
                          instead: "write the digest of the image that was built, from its output",
                      },
        ),
};
