import type { Condition } from "../../access/conditions";
import { accountOfArn, isExactPrincipalArn } from "../../agentcore/arn";
import type { PlacedStatement } from "../documents";
import { violation, type Finding } from "./rule";

/**
 * Those of a statement's principals that are not exact: a role or user by its ARN, or its account where a condition
 * holds the statement to such ARNs of that account.
 *
 * ArnEquals takes wildcards as ArnLike does, so its values are looked at
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
 */
export function inexactPrincipals(
    { document, statement, place }: PlacedStatement,
    principals: readonly string[],
): Finding[] {
    const held = statement.conditions.flatMap((condition) => exactPrincipals(condition) ?? []);
    return principals.flatMap((written) => {
        if (isExactPrincipalArn(written)) return [];
        const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(written)?.[1];
        const isHeld = held.length > 0 && held.every((arn) => accountOfArn(arn) === account);
        if (account !== undefined && isHeld) return [];
        return [
            violation(document.urn, `${place}.Principal`, {
                got: written,
                must:
                    account === undefined
                        ? "the exact ARN of a role or user"
                        : "the exact ARN of a role or user, or this account with a condition ArnEquals aws:PrincipalArn of such ARNs",
                instead: `write arn:aws:iam::${account ?? "<account>"}:role/<name> for each role that is meant`,
            }),
        ];
    });
}

/** The principals that a condition holds a statement to. */
function exactPrincipals({ operator, key, values }: Condition): readonly string[] | undefined {
    if (key.toLowerCase() !== "aws:principalarn") return undefined;
    if (operator !== "ArnEquals" && operator !== "StringEquals") return undefined;
    return values.length > 0 && values.every(isExactPrincipalArn) ? values : undefined;
}
