import type { LocalAccount } from "./account";
import { accountOfArn } from "../../agentcore/arn";
import type { StoredPolicy } from "./iam";

/** A Principal element as far as it names roles and users. */
interface PrincipalStatement {
    Principal?: string | { AWS?: string | string[] };
}

/**
 * A stored policy as AWS shows it: for a role that was deleted since, or made anew, the unique id stands where its ARN
 * was put (https://repost.aws/knowledge-center/iam-resource-policy-format; sure for trust policies, inferred for
 * AgentCore's resource policies). Otherwise the text is as it was put.
 */
export function shownPolicy(
    { text, principalIds }: StoredPolicy,
    accounts: ReadonlyMap<string, Pick<LocalAccount, "iam">>,
): string {
    const former = new Map(
        Object.entries(principalIds).filter(
            ([arn, id]) => accounts.get(accountOfArn(arn) ?? "")?.iam.roleByArn(arn)?.roleId !== id,
        ),
    );
    if (former.size === 0) return text;
    const document = JSON.parse(text) as { Statement: PrincipalStatement | PrincipalStatement[] };
    for (const { Principal } of [document.Statement].flat()) {
        if (typeof Principal !== "object" || Principal.AWS === undefined) continue;
        const shown = (name: string) => former.get(name) ?? name;
        Principal.AWS =
            typeof Principal.AWS === "string" ? shown(Principal.AWS) : Principal.AWS.map(shown);
    }
    return JSON.stringify(document);
}
