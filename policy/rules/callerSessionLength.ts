import { roleTypes } from "../kinds";
import { unknown } from "../resource";
import { example } from "./examples";
import { shown, undecided, violation, type Rule } from "./rule";

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
        stack.ofTypes(Object.keys(roleTypes)).flatMap(({ urn, props }) => {
            const { maxSessionDuration } = props;
            if (maxSessionDuration === unknown) return [undecided(urn, "maxSessionDuration")];
            // Without it AWS ends a session after an hour.
            if (maxSessionDuration === undefined || maxSessionDuration === null) return [];
            if (typeof maxSessionDuration === "number" && maxSessionDuration <= maxSessionSeconds)
                return [];
            return [
                violation(urn, "maxSessionDuration", {
                    got: shown(maxSessionDuration),
                    must: `at most ${maxSessionSeconds} seconds`,
                    instead: "write less, or raise maxSessionSeconds with a reason",
                }),
            ];
        }),
};
