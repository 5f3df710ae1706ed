import { allow, example, policy } from "./examples";
import { excessOfWorkers } from "./roleExcess";
import type { Rule } from "./rule";

/** A program that is taken over does what it was made for, and no more. */
export const executionRoleNothingElse: Rule = {
    name: "execution-role-nothing-else",
    pack: "both",
    severity: "high",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html",
    description:
        "The roles of runtimes and functions have only the actions that they need to start, to log, and to call gateways and models, each written out; others are named in the config.",
    config: ["allowedActions"],
    example: {
        fails: [
            example("rolePolicy", "echo-tool-write-logs", {
                policy: policy(
                    allow(
                        "logs:*",
                        "arn:aws:logs:us-east-1:111122223333:log-group:echo-tool-logs:*",
                    ),
                ),
            }),
        ],
        passes: [
            example("rolePolicy", "echo-tool-write-logs", {
                policy: policy(
                    allow(
                        ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "arn:aws:logs:us-east-1:111122223333:log-group:echo-tool-logs:*",
                    ),
                ),
            }),
        ],
    },
    check: (stack, config) => excessOfWorkers(stack, config, ["runtime", "function"], ["unlisted"]),
};
