import { allow, example, policy } from "./examples";
import { excessOfWorkers } from "./roleExcess";
import type { Rule } from "./rule";

/** One writes no other's log. */
export const executionRoleLogs: Rule = {
    name: "execution-role-logs",
    pack: "both",
    severity: "medium",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html",
    description: "The roles of runtimes and functions write to their own log groups only.",
    example: {
        fails: [
            example("rolePolicy", "echo-tool-write-logs", {
                policy: policy(
                    allow(
                        ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "arn:aws:logs:us-east-1:111122223333:*",
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
    check: (stack, config) => excessOfWorkers(stack, config, ["runtime", "function"], ["logs"]),
};
