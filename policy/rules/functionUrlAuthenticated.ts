import { functionUrlTypes } from "../kinds";
import { unknown } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

/** A function is no open door beside the gateway. */
export const functionUrlAuthenticated: Rule = {
    name: "function-url-authenticated",
    pack: "both",
    severity: "critical",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    description: "A function's URL asks for AWS_IAM: with NONE anyone in the world calls it.",
    example: {
        fails: [
            example("functionUrl", "echo-tool-url", {
                functionName: "echo-tool",
                authorizationType: "NONE",
            }),
        ],
        passes: [
            example("functionUrl", "echo-tool-url", {
                functionName: "echo-tool",
                authorizationType: "AWS_IAM",
            }),
        ],
    },
    check: (stack) =>
        stack.ofTypes(Object.keys(functionUrlTypes)).flatMap(({ urn, type, props }) => {
            const { authorization } = functionUrlTypes[type as keyof typeof functionUrlTypes];
            const value = props[authorization];
            if (value === unknown) return [undecided(urn, authorization)];
            if (value === "AWS_IAM") return [];
            return [
                violation(urn, authorization, {
                    got: shown(value),
                    must: "AWS_IAM",
                    instead: "write that",
                }),
            ];
        }),
};
