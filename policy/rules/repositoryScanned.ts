import { repositoryTypes } from "../kinds";
import { at, unknown } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

/** Known holes in an image are told. */
export const repositoryScanned: Rule = {
    name: "repository-scanned",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html",
    description: "An image is scanned when it is pushed.",
    example: {
        fails: [
            example("repository", "mcp-server-images", {
                imageScanningConfiguration: { scanOnPush: false },
            }),
        ],
        passes: [
            example("repository", "mcp-server-images", {
                imageScanningConfiguration: { scanOnPush: true },
            }),
        ],
    },
    check: (stack) =>
        stack.ofTypes(repositoryTypes).flatMap(({ urn, props }) => {
            const path = "imageScanningConfiguration.scanOnPush";
            const value = at(props, path);
            if (value === unknown) return [undecided(urn, path)];
            if (value === true) return [];
            return [
                violation(urn, path, { got: shown(value), must: "true", instead: "write that" }),
            ];
        }),
};
