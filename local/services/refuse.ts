import {
    problemsOf,
    typeConstraints,
    type ConstrainedType,
    type Rule,
} from "../../agentcore/constraints";
import type { Refusal } from "../../agentcore/refusals";
import { AwsError } from "../awsError";

/**
 * Refuses what AWS's model of an operation refuses, whoever calls it: all problems at once.
 *
 * @throws what `refuse` makes of them.
 */
export function refuseProblems(
    type: ConstrainedType,
    inputs: Readonly<Record<string, unknown>>,
    refuse: (message: string) => AwsError,
): void {
    const lines = problemsOf(typeConstraints[type], inputs)
        .filter(({ constraint }) => !ownAnswers.includes(constraint.rule.kind))
        .map(({ text }) => text);
    if (lines.length === 0) return;
    const count = `${lines.length} validation error${lines.length === 1 ? "" : "s"} detected`;
    throw refuse(`${count}: ${lines.join("; ")}`);
}

/** Malformed documents and passed quotas have codes of their own, and the services answer with them. */
const ownAnswers: readonly Rule["kind"][] = ["json", "solidCharacters"];

/** AWS's answer with its places filled in, and after it what is there and what must be. */
export function refusal(
    { code, text, httpStatus }: Refusal,
    detail: string,
    values: Readonly<Record<string, string>> = {},
): AwsError {
    const filled = text.replace(/<(\w+)>/g, (place, name: string) => values[name] ?? place);
    return new AwsError(code, `${filled} (${detail})`, httpStatus);
}
