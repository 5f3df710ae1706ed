import { functionUrlTypes } from "../kinds";
import { example } from "./examples";
import { propertyFindings } from "./propertyFindings";
import { shown, type Rule } from "./rule";

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
        propertyFindings(
            stack.ofTypes(Object.keys(functionUrlTypes)),
            ({ type }) => functionUrlTypes[type as keyof typeof functionUrlTypes].authorization,
            (authorization) =>
                authorization === "AWS_IAM"
                    ? undefined
                    : {
                          got: shown(authorization),
                          must: "AWS_IAM",
                          instead: "write AWS_IAM, and let callers sign their requests",
                      },
        ),
};
