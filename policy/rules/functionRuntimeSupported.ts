import { functionTypes } from "../kinds";
import { example } from "./examples";
import { propertyFindings } from "./propertyFindings";
import { shown, type Rule } from "./rule";

/**
 * Runtimes that AWS patches, with the day when it stops, as AWS's page had them in August 2026. Previews are left out:
 * AWS promises nothing for them (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html).
 */
const supportedUntil: Readonly<Record<string, string>> = {
    "nodejs22.x": "2027-04-30",
    "nodejs24.x": "2028-04-30",
    "python3.11": "2027-06-30",
    "python3.12": "2028-10-31",
    "python3.13": "2029-06-30",
    "python3.14": "2029-06-30",
    "java8.al2": "2027-06-30",
    java11: "2027-06-30",
    java17: "2027-06-30",
    "java8.al2023": "2029-06-30",
    "java11.al2023": "2029-06-30",
    "java17.al2023": "2029-06-30",
    java21: "2029-06-30",
    java25: "2029-06-30",
    dotnet10: "2028-11-14",
    "ruby3.3": "2027-03-31",
    "ruby3.4": "2028-03-31",
    "ruby4.0": "2029-03-31",
    "provided.al2023": "2029-06-30",
};

/** The newest of the languages that most functions are written in. */
const newest = ["nodejs24.x", "python3.14"] as const;

/** A function's runtime gets its patches. */
export const functionRuntimeSupported: Rule = {
    name: "function-runtime-supported",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    description: `A function has a runtime that AWS patches: ${Object.keys(supportedUntil).join(", ")}.`,
    example: {
        fails: [example("function", "echo-tool-function", { runtime: "nodejs18.x" })],
        passes: [example("function", "echo-tool-function", { runtime: "nodejs24.x" })],
    },
    check: (stack) =>
        propertyFindings(
            stack.ofTypes(Object.keys(functionTypes)),
            "runtime",
            (runtime, { props: { packageType } }) =>
                packageType === "Image" || Object.hasOwn(supportedUntil, String(runtime))
                    ? undefined
                    : {
                          got: shown(runtime),
                          must: "a runtime that AWS patches, and not a preview",
                          instead: `move to a newer one, such as ${newest.map((one) => `${one} (until ${supportedUntil[one] ?? ""})`).join(" or ")}`,
                      },
        ),
};
