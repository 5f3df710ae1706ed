import { imageTypes, repositoryTypes } from "../kinds";
import { hasUnknown, listOf, textsIn, unknown, type StackResource } from "../resource";
import type { StackView } from "../stackView";
import { example, hub } from "./examples";
import { several, undecided, violation, type Finding, type Rule } from "./rule";

/** What is built stays in the account. */
export const imageOwnRepository: Rule = {
    name: "image-own-repository",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html",
    description: "An image is pushed to a repository of the stack, and nowhere else.",
    example: {
        fails: [
            example("image", "mcp-server-image", {
                tags: ["999988887777.dkr.ecr.us-east-1.amazonaws.com/mcp-server-images:1"],
            }),
        ],
        passes: [example("image", "mcp-server-image", { tags: [`${hub.image}:1`] })],
    },
    check: (stack) => stack.ofTypes(imageTypes).flatMap((image) => ofImage(stack, image)),
};

function ofImage(stack: StackView, { urn, props }: StackResource): Finding[] {
    const urls = stack
        .ofTypes(Object.keys(repositoryTypes))
        .map(({ type, props }) => props[repositoryTypes[type as keyof typeof repositoryTypes].url]);
    const given = {
        tags: props["tags"],
        "registries[].address": listOf(props["registries"]).map((one) =>
            one === unknown ? unknown : (one as { address?: unknown } | null)?.address,
        ),
    };
    return Object.entries(given).flatMap(([path, value]) => {
        const strange = textsIn(value).filter(({ text }) => !urls.some((url) => isOf(text, url)));
        // A repository that is not there yet has no URL.
        const isOpen =
            hasUnknown(value) || urls.some((url) => url === undefined || url === unknown);
        if (strange.length === 0) return hasUnknown(value) ? [undecided(urn, path)] : [];
        if (isOpen) return [undecided(urn, path)];
        return strange.map(({ text }) =>
            violation(urn, path, {
                got: text,
                must: `of a repository of this stack (${several(urls.map(String))})`,
                instead: "write the repository's URL, from its output, and a tag",
            }),
        );
    });
}

/** Whether a reference is one of a repository: the repository itself, or with a tag. */
function isOf(text: string, url: unknown): boolean {
    return (
        typeof url === "string" &&
        (text === url ||
            (/^[\w][\w.-]{0,127}$/.test(text.slice(url.length + 1)) && text.startsWith(`${url}:`)))
    );
}
