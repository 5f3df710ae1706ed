import { functionTypes } from "../kinds";
import { unknown } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

/**
 * Runtimes that AWS patches: those with a deprecation date before 2027 are left out
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html).
 */
const supportedRuntimes = [
    ...["nodejs22.x", "nodejs24.x", "nodejs26.x", "python3.11", "python3.12", "python3.13"],
    ...["python3.14", "python3.15", "java17", "java17.al2023", "java21", "java25", "dotnet10"],
    ...["java8.al2023", "java11.al2023", "ruby3.3", "ruby3.4", "ruby4.0", "provided.al2023"],
];

/** A function's runtime gets its patches. */
export const functionRuntimeSupported: Rule = {
    name: "function-runtime-supported",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    description: "A function has a runtime that AWS still patches.",
    example: {
        fails: [example("function", "echo-tool-function", { runtime: "nodejs18.x" })],
        passes: [example("function", "echo-tool-function", { runtime: "nodejs24.x" })],
    },
    check: (stack) =>
        stack.ofTypes(Object.keys(functionTypes)).flatMap(({ urn, props }) => {
            const { runtime, packageType } = props;
            if (runtime === unknown) return [undecided(urn, "runtime")];
            if (packageType === "Image" || supportedRuntimes.includes(String(runtime))) return [];
            return [
                violation(urn, "runtime", {
                    got: shown(runtime),
                    must: "one that AWS patches, such as nodejs24.x or python3.14",
                    instead: "move to a newer one",
                }),
            ];
        }),
};
