import { roleTypes } from "../kinds";
import { example } from "./examples";
import { propertyFindings } from "./propertyFindings";
import { shown, type Rule } from "./rule";

/** Credentials that leak do not work for long. */
export const callerSessionLength: Rule = {
    name: "caller-session-length",
    pack: "both",
    severity: "low",
    level: "mandatory",
    scope: "resource",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage-assume.html",
    description:
        "Sessions of a role end after an hour, or after maxSessionSeconds where the config has it.",
    config: ["maxSessionSeconds"],
    example: {
        fails: [example("role", "developer-role", { maxSessionDuration: 43200 })],
        passes: [example("role", "developer-role", { maxSessionDuration: 3600 })],
    },
    check: (stack, { maxSessionSeconds = 3600 }) =>
        propertyFindings(stack.ofTypes(Object.keys(roleTypes)), "maxSessionDuration", (seconds) =>
            // Without it AWS ends a session after an hour.
            seconds === undefined || (typeof seconds === "number" && seconds <= maxSessionSeconds)
                ? undefined
                : {
                      got: shown(seconds),
                      must: `at most ${maxSessionSeconds} seconds`,
                      instead: "write that, or raise maxSessionSeconds of this rule's config",
                  },
        ),
};
