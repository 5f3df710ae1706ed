import { logGroupTypes } from "../kinds";
import { example } from "./examples";
import { propertyFindings } from "./propertyFindings";
import { shown, type Rule } from "./rule";

/** Logs are kept as long as they are needed, and then go. */
export const logRetention: Rule = {
    name: "log-retention",
    pack: "both",
    severity: "low",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    description:
        "Every log group says for how many days it keeps its events; the config may ask for more.",
    config: ["minRetentionDays"],
    example: {
        fails: [example("logGroup", "echo-tool-logs", { retentionInDays: 0 })],
        passes: [example("logGroup", "echo-tool-logs", { retentionInDays: 30 })],
    },
    check: (stack, { minRetentionDays = 1 }) =>
        propertyFindings(stack.ofTypes(Object.keys(logGroupTypes)), "retentionInDays", (days) =>
            typeof days === "number" && days >= minRetentionDays
                ? undefined
                : {
                      got: shown(days),
                      must: `at least ${minRetentionDays}`,
                      instead:
                          "write for how many days events are kept; 0 and nothing keep them for ever",
                  },
        ),
};
