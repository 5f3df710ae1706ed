import { logGroupTypes } from "../kinds";
import { unknown } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

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
        stack.ofTypes(Object.keys(logGroupTypes)).flatMap(({ urn, props }) => {
            const { retentionInDays } = props;
            if (retentionInDays === unknown) return [undecided(urn, "retentionInDays")];
            if (typeof retentionInDays === "number" && retentionInDays >= minRetentionDays)
                return [];
            return [
                violation(urn, "retentionInDays", {
                    got: shown(retentionInDays),
                    must: `at least ${minRetentionDays}`,
                    instead:
                        "write for how many days events are kept; 0 and nothing keep them for ever",
                }),
            ];
        }),
};
