import { repositoryTypes } from "../kinds";
import { example } from "./examples";
import { propertyFindings } from "./propertyFindings";
import { shown, type Rule } from "./rule";

/** A tag stays on the image that it was put on. */
export const repositoryImmutable: Rule = {
    name: "repository-immutable",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
    description: "Tags of an image repository cannot be moved to another image.",
    example: {
        fails: [example("repository", "mcp-server-images", { imageTagMutability: "MUTABLE" })],
        passes: [example("repository", "mcp-server-images", { imageTagMutability: "IMMUTABLE" })],
    },
    check: (stack) =>
        propertyFindings(
            stack.ofTypes(Object.keys(repositoryTypes)),
            "imageTagMutability",
            (mutability) =>
                mutability === "IMMUTABLE"
                    ? undefined
                    : {
                          got: shown(mutability),
                          must: "IMMUTABLE",
                          instead: "write IMMUTABLE, and give each image a tag of its own",
                      },
        ),
};
