import { repositoryTypes } from "../kinds";
import { example } from "./examples";
import { propertyFindings } from "./propertyFindings";
import { shown, type Rule } from "./rule";

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
        propertyFindings(
            stack.ofTypes(Object.keys(repositoryTypes)),
            "imageScanningConfiguration.scanOnPush",
            (scanned) =>
                scanned === true
                    ? undefined
                    : { got: shown(scanned), must: "true", instead: "write true" },
        ),
};
