import { repositoryTypes } from "../kinds";
import { unknown } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

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
        stack.ofTypes(repositoryTypes).flatMap(({ urn, props }) => {
            const { imageTagMutability } = props;
            if (imageTagMutability === unknown) return [undecided(urn, "imageTagMutability")];
            if (imageTagMutability === "IMMUTABLE") return [];
            return [
                violation(urn, "imageTagMutability", {
                    got: shown(imageTagMutability),
                    must: "IMMUTABLE",
                    instead: "write that",
                }),
            ];
        }),
};
