import { logGroupTypes } from "../kinds";
import { logGroupOf } from "../logGroups";
import { unknown } from "../resource";
import { example } from "./examples";
import { undecided, violation, type Rule } from "./rule";

/** A group that the service makes by itself keeps its events for ever. */
export const logGroupPresent: Rule = {
    name: "log-group-present",
    pack: "both",
    severity: "low",
    level: "mandatory",
    scope: "stack",
    page: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html",
    description: "The stack has the log group of each of its functions and runtimes.",
    example: {
        fails: [
            example("function", "echo-tool-function", {
                loggingConfig: { logFormat: "JSON", logGroup: "somewhere-else" },
            }),
        ],
        passes: [
            example("function", "echo-tool-function", {
                loggingConfig: { logFormat: "JSON", logGroup: "echo-tool-logs" },
            }),
        ],
    },
    check: (stack) => {
        const groups = stack
            .ofTypes(Object.keys(logGroupTypes))
            .map(
                ({ type, props }) => props[logGroupTypes[type as keyof typeof logGroupTypes].name],
            );
        return [...stack.functions, ...stack.runtimes].flatMap((worker) => {
            const group = logGroupOf(worker);
            const { urn } = worker.resource;
            const path = worker.kind === "function" ? "loggingConfig.logGroup" : "log group";
            if (group === unknown) return [undecided(urn, path)];
            const own = String(group);
            const isThere = groups.some((one) =>
                worker.kind === "runtime"
                    ? typeof one === "string" && one.startsWith(own)
                    : one === own,
            );
            if (isThere) return [];
            if (groups.includes(unknown)) return [undecided(urn, path)];
            const must = "the name of a log group of this stack";
            return [
                violation(urn, path, {
                    got: own,
                    must,
                    instead: "make a log group with this name and with retentionInDays",
                }),
            ];
        });
    },
};
